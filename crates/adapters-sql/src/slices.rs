//! Slices of lists, by keyset.

use crate::columns::Unreadable;
use countersign_ports::Slice;

/// Number of rows to read for a slice of up to `limit` items: one more tells whether items follow.
#[must_use]
pub fn fetch(limit: u32) -> i64 {
    i64::from(limit) + 1
}

/// The slice of up to `limit` items of rows that were read with [`fetch`].
pub fn slice<Row, Item>(
    rows: Vec<Row>,
    limit: u32,
    item: impl Fn(Row) -> Result<Item, Unreadable>,
) -> Result<Slice<Item>, Unreadable> {
    let rows = Slice::of(rows, limit);
    let items = rows.items.into_iter().map(item);
    Ok(Slice {
        items: items.collect::<Result<_, _>>()?,
        has_more: rows.has_more,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(row: u8) -> Result<u8, Unreadable> {
        if row < 9 {
            Ok(row)
        } else {
            Err(Unreadable("t.c"))
        }
    }

    #[test]
    fn one_row_more_tells_that_items_follow() {
        let full = slice(vec![1, 2, 3], 2, read).unwrap();
        assert!(full.items == [1, 2] && full.has_more);
        let last = slice(vec![1, 2], 2, read).unwrap();
        assert!(last.items == [1, 2] && !last.has_more);
        assert_eq!(fetch(2), 3);
    }

    #[test]
    fn row_behind_the_slice_is_not_read() {
        assert!(slice(vec![1, 9], 1, read).is_ok());
        assert!(slice(vec![1, 9], 2, read).is_err());
    }
}
