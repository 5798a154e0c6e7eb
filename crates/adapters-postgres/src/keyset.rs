//! Start of a slice of a list.

use countersign_adapters_sql::id::Id;

/// Returns the first identifier of the slice after `key`, or `None` if none can follow.
pub(crate) fn from(key: Option<impl Into<Id>>) -> Option<Id> {
    let Some(key) = key else {
        return Some(Id([0; 16]));
    };
    let key = key.into();
    (key != Id([u8::MAX; 16])).then(|| key.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slice_begins_after_its_key() {
        assert_eq!(from(None::<Id>), Some(Id([0; 16])));
        assert_eq!(from(Some(Id([7; 16]))), Some(Id([7; 16]).next()));
        assert_eq!(from(Some(Id([u8::MAX; 16]))), None);
    }
}
