//! List slices with keyset pagination: the next slice starts after the last key of the previous one.

/// Position and size of a slice to read.
#[derive(Clone, Copy, Debug)]
pub struct After<K> {
    /// Key of the last item of the previous slice; `None` for the first slice.
    pub key: Option<K>,
    /// Maximum number of items.
    pub limit: u32,
}

impl<K> After<K> {
    /// Default maximum number of items. A slice of this size fits in memory easily.
    pub const LIMIT: u32 = 500;

    /// Returns the position of the first slice.
    #[must_use]
    pub const fn start() -> Self {
        Self {
            key: None,
            limit: Self::LIMIT,
        }
    }

    /// Returns the position after a key.
    #[must_use]
    pub const fn key(key: K) -> Self {
        Self {
            key: Some(key),
            limit: Self::LIMIT,
        }
    }
}

/// A slice of a list, ordered by key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// Items.
    pub items: Vec<T>,
    /// Whether more items follow.
    pub has_more: bool,
}

impl<T> Slice<T> {
    /// Creates a slice of up to `limit` items from a list that was read with `limit + 1`.
    #[must_use]
    pub fn of(mut items: Vec<T>, limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        Self { items, has_more }
    }
}

impl<T> Default for Slice<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            has_more: false,
        }
    }
}
