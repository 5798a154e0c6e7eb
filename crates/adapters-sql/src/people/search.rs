//! Searches of users.

use countersign_domain::user::Email;
use countersign_domain::user::email_prefix::EmailPrefix;

/// Range of email addresses: the rest of those with a prefix. One lower bound, because a database that gets two may
/// use the wrong one to find its place in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailRange {
    /// Lower bound.
    pub from: String,
    /// Whether the lower bound is part of the range.
    pub includes_from: bool,
    /// Upper bound, which is not part of the range. `None` if there is none.
    pub end: Option<String>,
}

impl EmailRange {
    /// Returns the range of the addresses with a prefix, after the last one of the previous slice.
    #[must_use]
    pub fn new(prefix: &EmailPrefix, last: Option<&Email>) -> Self {
        let last = last.map(Email::as_str);
        let last = last.filter(|last| *last >= prefix.as_str());
        Self {
            from: last.unwrap_or(prefix.as_str()).to_owned(),
            includes_from: last.is_none(),
            end: prefix.end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_begins_at_prefix_or_after_last_address() {
        let prefix = EmailPrefix::parse("jo").unwrap();
        let email = |text| Email::parse(text).unwrap();
        let range = |from: &str, includes_from| EmailRange {
            from: from.into(),
            includes_from,
            end: Some("jp".into()),
        };
        assert_eq!(EmailRange::new(&prefix, None), range("jo", true));
        let joe = email("joe@a.example");
        let rest = range("joe@a.example", false);
        assert_eq!(EmailRange::new(&prefix, Some(&joe)), rest);
        let ann = email("ann@a.example");
        assert_eq!(EmailRange::new(&prefix, Some(&ann)), range("jo", true));
    }
}
