//! When a signing key is announced, signs, and goes (OpenID Connect Core section 10.1.1).

use crate::client::{Client, ClientId};
use crate::time::Timestamp;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// A signing key as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// `kid` (RFC 7515 section 4.1.4).
    pub id: String,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// For HS256, the client that shares it; such a key is never published.
    pub client: Option<ClientId>,
    /// The private key, encrypted under the master key.
    pub sealed_private_key: Vec<u8>,
    /// When it was made, and so announced.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// From when on nothing that it signed can be valid; `None` while it is not replaced.
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
    /// Whether tokens are checked against this key: from its announcement until its last token ended.
    #[must_use]
    pub fn is_published(&self, now: Timestamp) -> bool {
        !self
            .retires_at
            .is_some_and(|retires_at| retires_at.has_passed(now))
    }

    /// Whether the key's time to sign has come.
    #[must_use]
    pub fn may_sign(&self, now: Timestamp) -> bool {
        self.signs_from.has_passed(now) && self.is_published(now)
    }
}

/// The key that signs: of those whose time has come, the one that stays longest, and of several that stay,
/// the one that began last. A key with a date to retire never signs beside one without.
///
/// If no time has come, because the clock was set back, it is the published key that comes first: a server
/// that signs early is of more use than one that does not sign.
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

/// How a new key takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takeover {
    /// From when on the new key signs.
    pub signs_from: Timestamp,
    /// From when on the keys before it are gone.
    pub others_retire_at: Timestamp,
}

impl Takeover {
    /// How much later than planned a server may take on the new key, and a checker's clock may be slow.
    pub const MARGIN: Duration = Duration::from_secs(60);

    /// A takeover that begins now. The new key is announced for as long as a client may hold an old copy
    /// of the key set; the old ones stay until the longest-lived token that can be signed before that,
    /// whatever will be configured until then, has expired.
    #[must_use]
    pub const fn planned(now: Timestamp, announcement: Duration) -> Self {
        let signs_from = now.plus(announcement);
        let others_retire_at = signs_from
            .plus(Client::LONGEST_ACCESS_TOKEN)
            .plus(Self::MARGIN);
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
    fn a_new_key_is_announced_before_it_signs_and_the_old_one_outlives_its_tokens() {
        let takeover = Takeover::planned(NOW, Duration::from_secs(300));
        let keys = [
            key("old", NOW, Some(takeover.others_retire_at)),
            key("new", takeover.signs_from, None),
        ];
        let signs =
            |now| signing_key(&keys, SigningAlgorithm::Es256, None, now).map(|key| key.id.as_str());
        assert_eq!(signs(NOW), Some("old"));
        assert!(keys.iter().all(|key| key.is_published(NOW)));
        let switched = NOW.plus(Duration::from_secs(300));
        assert_eq!(signs(switched), Some("new"));
        let last_token_ends = switched
            .plus(Client::LONGEST_ACCESS_TOKEN)
            .plus(Takeover::MARGIN);
        assert!(keys[0].is_published(switched));
        assert!(!keys[0].is_published(last_token_ends));
    }

    #[test]
    fn of_keys_that_began_together_the_one_that_is_not_replaced_signs() {
        let takeover = Takeover::planned(NOW, Duration::ZERO);
        let old = key("old", NOW, Some(takeover.others_retire_at));
        let new = key("new", takeover.signs_from, None);
        for keys in [[old.clone(), new.clone()], [new, old]] {
            let signs = signing_key(&keys, SigningAlgorithm::Es256, None, NOW);
            assert_eq!(signs.map(|key| key.id.as_str()), Some("new"));
        }
    }

    #[test]
    fn a_replaced_key_never_signs_beside_one_that_stays() {
        let retires = Some(NOW.plus(Duration::from_secs(3600)));
        // Announced for long, then replaced in a hurry by a key that signs at once.
        let keys = [
            key("replaced", NOW.plus(Duration::from_secs(3)), retires),
            key("hurried", NOW, None),
        ];
        let later = NOW.plus(Duration::from_secs(10));
        let signs = signing_key(&keys, SigningAlgorithm::Es256, None, later);
        assert_eq!(signs.map(|key| key.id.as_str()), Some("hurried"));
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_leave_a_server_without_a_key() {
        let keys = [
            key("first", NOW, None),
            key("second", NOW.plus(Duration::from_secs(60)), None),
        ];
        let earlier = Timestamp::from_unix_seconds(NOW.as_unix_seconds() - 1000);
        let signs = signing_key(&keys, SigningAlgorithm::Es256, None, earlier);
        assert_eq!(signs.map(|key| key.id.as_str()), Some("first"));
    }

    #[test]
    fn a_key_of_a_client_signs_for_that_client_alone() {
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
