//! Slices of lists, with keyset pagination.

use crate::columns::Unreadable;
use countersign_ports::Slice;

/// Returns the number of rows to read for a slice of up to `limit` items. One extra row shows whether items follow.
#[must_use]
pub fn fetch(limit: u32) -> i64 {
    i64::from(limit) + 1
}

/// Converts rows that were read with [`fetch`] to a slice of up to `limit` items.
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
    fn extra_row_sets_has_more() {
        let full = slice(vec![1, 2, 3], 2, read).unwrap();
        assert!(full.items == [1, 2] && full.has_more);
        let last = slice(vec![1, 2], 2, read).unwrap();
        assert!(last.items == [1, 2] && !last.has_more);
        assert_eq!(fetch(2), 3);
    }

    #[test]
    fn row_after_slice_is_not_converted() {
        assert!(slice(vec![1, 9], 1, read).is_ok());
        assert!(slice(vec![1, 9], 2, read).is_err());
    }
}
