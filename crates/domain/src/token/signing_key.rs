//! Rotation of signing keys: publish, sign, retire (OpenID Connect Core section 10.1.1).

use crate::client::{Client, ClientId};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// Stored signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// `kid` (RFC 7515 section 4.1.4).
    pub id: String,
    /// Signing algorithm.
    pub algorithm: SigningAlgorithm,
    /// Client that shares the key, for HS256 only. A shared key is never published.
    pub client: Option<ClientId>,
    /// Private key, encrypted with the master key.
    pub sealed_private_key: Vec<u8>,
    /// Creation time. The key is published from this time on.
    pub created_at: Timestamp,
    /// Time from which the key may sign.
    pub signs_from: Timestamp,
    /// Time from which no token signed with this key can still be valid; `None` until the key is replaced.
    pub retires_at: Option<Timestamp>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .field("signs_from", &self.signs_from)
            .field("retires_at", &self.retires_at)
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Returns whether tokens may be verified with this key: from its creation until its last token has expired.
    #[must_use]
    pub fn is_published(&self, now: Timestamp) -> bool {
        !self
            .retires_at
            .is_some_and(|retires_at| retires_at.has_passed(now))
    }

    /// Returns whether the key may sign at `now`.
    #[must_use]
    pub fn may_sign(&self, now: Timestamp) -> bool {
        self.signs_from.has_passed(now) && self.is_published(now)
    }
}

/// Returns the key that signs at `now`.
///
/// Of the keys that may sign, this is the key that retires last; a key without a retirement time wins. Ties go to the
/// latest `signs_from`, then to the latest `created_at`.
///
/// If no published key may sign yet, because the clock was set back, the key with the earliest `signs_from` signs.
/// Signing early is better than not signing at all.
#[must_use]
pub fn signing_key<'a>(
    keys: &'a [SigningKey],
    algorithm: SigningAlgorithm,
    client: Option<&ClientId>,
    now: Timestamp,
) -> Option<&'a SigningKey> {
    let published = || {
        keys.iter().filter(|key| {
            key.algorithm == algorithm && key.client.as_ref() == client && key.is_published(now)
        })
    };
    let stays_until =
        |key: &SigningKey| key.retires_at.map_or(u64::MAX, Timestamp::as_unix_seconds);
    published()
        .filter(|key| key.may_sign(now))
        .max_by_key(|key| (stays_until(key), key.signs_from, key.created_at))
        .or_else(|| published().min_by_key(|key| (key.signs_from, key.created_at)))
}

impl Client {
    /// Returns the algorithms with a published key that sign tokens and documents of this client. The tenant's default
    /// algorithm signs the others.
    pub fn published_algorithms(&self) -> impl Iterator<Item = SigningAlgorithm> + use<> {
        let own = [
            self.signing_algorithm,
            self.openid.userinfo_signing_algorithm,
        ];
        let own = own.into_iter().flatten();
        own.filter(|algorithm| *algorithm != SigningAlgorithm::Hs256)
    }
}

/// Schedule for the replacement of signing keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRollover {
    /// Time from which the new key signs.
    pub signs_from: Timestamp,
    /// Time at which the previous keys retire.
    pub others_retire_at: Timestamp,
}

impl KeyRollover {
    /// Margin for a node that starts to use the new key late, and for slow clocks of verifiers.
    pub const MARGIN: Duration = Duration::from_secs(60);

    /// Plans a replacement that begins at `now`.
    ///
    /// `announcement` is the time between publication and first use of the new key. It must be at least as long as
    /// clients cache the key set. The previous keys retire [`Lifetimes::LONGEST_TOKEN`] and [`Self::MARGIN`] after
    /// that. The longest lifetime counts, because an operator may raise the configured lifetime in the meantime.
    #[must_use]
    pub const fn planned(now: Timestamp, announcement: Duration) -> Self {
        let signs_from = now.plus(announcement);
        let others_retire_at = signs_from.plus(Lifetimes::LONGEST_TOKEN).plus(Self::MARGIN);
        Self {
            signs_from,
            others_retire_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::NOW;

    fn key(id: &str, signs_from: Timestamp, retires_at: Option<Timestamp>) -> SigningKey {
        SigningKey {
            id: id.into(),
            algorithm: SigningAlgorithm::Es256,
            client: None,
            sealed_private_key: Vec::new(),
            created_at: NOW,
            signs_from,
            retires_at,
        }
    }

    #[test]
    fn new_key_signs_after_announcement_and_old_key_outlives_tokens() {
        let rollover = KeyRollover::planned(NOW, Duration::from_secs(300));
        let keys = [
            key("old", NOW, Some(rollover.others_retire_at)),
            key("new", rollover.signs_from, None),
        ];
        let signs =
            |now| signing_key(&keys, SigningAlgorithm::Es256, None, now).map(|key| key.id.as_str());
        assert_eq!(signs(NOW), Some("old"));
        assert!(keys.iter().all(|key| key.is_published(NOW)));
        let switched = NOW.plus(Duration::from_secs(300));
        assert_eq!(signs(switched), Some("new"));
        let last_token_ends = switched
            .plus(Lifetimes::LONGEST_TOKEN)
            .plus(KeyRollover::MARGIN);
        assert!(keys[0].is_published(switched));
        assert!(!keys[0].is_published(last_token_ends));
    }

    #[test]
    fn key_that_does_not_retire_wins_over_retiring_key() {
        let rollover = KeyRollover::planned(NOW, Duration::ZERO);
        let old = key("old", NOW, Some(rollover.others_retire_at));
        let new = key("new", rollover.signs_from, None);
        for keys in [[old.clone(), new.clone()], [new, old]] {
            let signs = signing_key(&keys, SigningAlgorithm::Es256, None, NOW);
            assert_eq!(signs.map(|key| key.id.as_str()), Some("new"));
        }
    }

    #[test]
    fn replaced_key_with_later_start_never_signs() {
        let retires = Some(NOW.plus(Duration::from_secs(3600)));
        // A key with a future `signs_from` was replaced by a key that signs immediately.
        let keys = [
            key("replaced", NOW.plus(Duration::from_secs(3)), retires),
            key("hurried", NOW, None),
        ];
        let later = NOW.plus(Duration::from_secs(10));
        let signs = signing_key(&keys, SigningAlgorithm::Es256, None, later);
        assert_eq!(signs.map(|key| key.id.as_str()), Some("hurried"));
    }

    #[test]
    fn clock_set_back_still_leaves_a_signing_key() {
        let keys = [
            key("first", NOW, None),
            key("second", NOW.plus(Duration::from_secs(60)), None),
        ];
        let earlier = Timestamp::from_unix_seconds(NOW.as_unix_seconds() - 1000);
        let signs = signing_key(&keys, SigningAlgorithm::Es256, None, earlier);
        assert_eq!(signs.map(|key| key.id.as_str()), Some("first"));
    }

    #[test]
    fn client_key_signs_only_for_its_client() {
        let client = ClientId::parse("app").unwrap();
        let own = SigningKey {
            client: Some(client.clone()),
            algorithm: SigningAlgorithm::Hs256,
            ..key("hs", NOW, None)
        };
        let keys = [own];
        assert!(signing_key(&keys, SigningAlgorithm::Hs256, Some(&client), NOW).is_some());
        assert!(signing_key(&keys, SigningAlgorithm::Hs256, None, NOW).is_none());
        let other = ClientId::parse("other").unwrap();
        assert!(signing_key(&keys, SigningAlgorithm::Hs256, Some(&other), NOW).is_none());
    }
}
