//! Tokens that were seen before.

use aws_lc_rs::digest::{SHA256, digest};
use std::sync::{Mutex, PoisonError};

/// What stands for a token: nobody finds another of the same digest.
type Digest = [u8; 32];

/// The tokens that a key is known to have signed, so that it is not computed again: a resource server asks about the same
/// token for as long as it lives, and a browser shows the same session at each visit. Whether a token is still good is
/// another question, asked each time.
///
/// A public-key signature takes 20 to 65 microseconds to check, a digest half of one. The memory of a key is 512 KiB
/// at most: of two tokens with the same place, the last one has it.
pub(crate) struct SeenTokens {
    places: Mutex<Vec<Digest>>,
}

impl SeenTokens {
    /// A power of two.
    const PLACES: usize = 16_384;

    pub(crate) fn new() -> Self {
        Self {
            // Zeroes come from the system untouched: what is never written takes no memory.
            places: Mutex::new(vec![Digest::default(); Self::PLACES]),
        }
    }

    /// Whether a token is good, as `check` finds unless it found so before.
    pub(crate) fn check(&self, token: &str, check: impl FnOnce() -> Option<()>) -> Option<()> {
        let mut found = Digest::default();
        found.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        let [first, second, ..] = found;
        let place = usize::from(u16::from_be_bytes([first, second])) % Self::PLACES;
        let places = || self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places().get(place) == Some(&found) {
            return Some(());
        }
        check()?;
        if let Some(place) = places().get_mut(place) {
            *place = found;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: fn() -> Option<()> = || Some(());

    fn not_asked() -> Option<()> {
        panic!("it was found good before")
    }

    #[test]
    fn what_was_found_good_once_is_not_checked_again() {
        let seen = SeenTokens::new();
        assert_eq!(seen.check("a.b.c", GOOD), Some(()));
        assert_eq!(seen.check("a.b.c", not_asked), Some(()));
    }

    #[test]
    fn what_was_found_bad_is_checked_each_time() {
        let seen = SeenTokens::new();
        assert_eq!(seen.check("a.b.c", || None), None);
        assert_eq!(seen.check("a.b.c", || None), None);
        assert_eq!(seen.check("a.b.c", GOOD), Some(()));
    }

    #[test]
    fn a_token_that_differs_anywhere_is_checked() {
        let seen = SeenTokens::new();
        assert_eq!(seen.check("a.b.c", GOOD), Some(()));
        for other in ["A.b.c", "a.B.c", "a.b.C", "a.b.", "a.b", ""] {
            assert_eq!(seen.check(other, || None), None, "{other}");
        }
    }
}
