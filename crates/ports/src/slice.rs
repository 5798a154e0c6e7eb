//! Slices of lists, by keyset: the next slice begins after the last key of the one before.

/// Which slice of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub struct After<K> {
    /// Key of the last item of the slice before; `None` for the first slice.
    pub key: Option<K>,
    /// The most items.
    pub limit: u32,
}

impl<K> After<K> {
    /// The most items of a slice that fits in memory without a thought.
    pub const LIMIT: u32 = 500;

    /// The first slice.
    #[must_use]
    pub const fn start() -> Self {
        Self {
            key: None,
            limit: Self::LIMIT,
        }
    }

    /// The slice after a key.
    #[must_use]
    pub const fn key(key: K) -> Self {
        Self {
            key: Some(key),
            limit: Self::LIMIT,
        }
    }
}

/// A slice of a list, in the order of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// Items.
    pub items: Vec<T>,
    /// Whether items follow.
    pub has_more: bool,
}

impl<T> Slice<T> {
    /// Makes a slice of up to `limit` items out of a list that was read with one item more than that.
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
