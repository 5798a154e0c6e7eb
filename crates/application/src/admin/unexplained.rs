//! Why a request cannot be explained.

use countersign_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Time until an event is stored.
const STORED: Duration = Duration::from_secs(3);

/// Maximum number of rules in a text.
const MOST_RULES: usize = 10;

/// Reason why a request cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unexplained {
    /// The text is no request ID of this server.
    NoRequestId,
    /// The request is so new that its event may not be stored yet.
    TooNew,
    /// The minute of the request has not ended. Refusals that were only counted are known afterwards.
    MinuteOpen,
    /// The server refused more requests in that minute than it stores: their numbers by rule.
    Counted(BTreeMap<String, u64>),
    /// No refused request has this ID.
    Unknown,
}

impl Unexplained {
    /// Returns the reason for a request that arrived at this time. `counts` are the refusals of its minute that were only
    /// counted; they are stored after its end.
    pub(super) fn of(
        arrived: Timestamp,
        now: Timestamp,
        (minute_end, counts): (Timestamp, BTreeMap<String, u64>),
    ) -> Self {
        if arrived > now.plus(STORED) {
            // A time in the future: random text, or an ID of another server.
            Self::NoRequestId
        } else if !arrived.plus(STORED).has_passed(now) {
            Self::TooNew
        } else if counts.is_empty() && !minute_end.plus(STORED).has_passed(now) {
            Self::MinuteOpen
        } else if counts.is_empty() {
            Self::Unknown
        } else {
            Self::Counted(counts)
        }
    }
}

impl fmt::Display for Unexplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRequestId => f.write_str(
                "this is not a request ID of this server; an ID has 20 letters and digits, as in the header Request-Id",
            ),
            Self::TooNew => f.write_str(
                "no refusal of this request is stored yet; refusals are stored within two seconds, so try again",
            ),
            Self::MinuteOpen => f.write_str(
                "no refusal with this ID is stored. If the servers refused too many requests in this minute, they count \
                 the rest and store the counts when the minute ends; try again in a minute",
            ),
            Self::Unknown => f.write_str(
                "no refusal with this ID is stored: the request was accepted, its ID is incomplete, or its events \
                 are older than audit.retention",
            ),
            Self::Counted(counts) => {
                f.write_str(
                    "no refusal with this ID is stored. In that minute, the servers refused too many requests to store \
                     each one. They counted: ",
                )?;
                let mut counts: Vec<_> = counts.iter().collect();
                counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
                for (position, (rule, count)) in counts.iter().take(MOST_RULES).enumerate() {
                    let comma = if position == 0 { "" } else { ", " };
                    write!(f, "{comma}{count} by {rule}")?;
                }
                if let Some(more) = counts.len().checked_sub(MOST_RULES).filter(|more| *more > 0) {
                    write!(f, ", and those of {more} more rules")?;
                }
                f.write_str(". The log has a line for each of them")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_depends_on_time_and_counts_of_minute() {
        let at = Timestamp::from_unix_seconds;
        let counts = BTreeMap::from([
            ("secret_wrong".to_owned(), 2),
            ("client_unknown".to_owned(), 7),
        ]);
        let of = |arrived, counts: &BTreeMap<_, _>| {
            let minute_end = at((arrived / 60 + 1) * 60);
            Unexplained::of(at(arrived), at(1000), (minute_end, counts.clone()))
        };
        assert_eq!(of(5000, &counts), Unexplained::NoRequestId);
        assert_eq!(of(999, &counts), Unexplained::TooNew);
        assert_eq!(of(990, &BTreeMap::new()), Unexplained::MinuteOpen);
        assert_eq!(of(900, &BTreeMap::new()), Unexplained::Unknown);
        let counted = of(900, &counts).to_string();
        assert!(
            counted.contains("7 by client_unknown, 2 by secret_wrong."),
            "{counted}"
        );
    }
}
