//! Snapshot of a key set at one time.

use crate::signing_keys::held_key::HeldKey;
use countersign_domain::client::ClientId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::{SigningKey, signing_key};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Parsed keys by ID.
pub(crate) type HeldKeys = HashMap<String, Arc<HeldKey>>;

/// Stored keys by algorithm and client. In each group, a newer key replaces an older one.
pub(crate) type KeysByUse = BTreeMap<(SigningAlgorithm, Option<ClientId>), Vec<SigningKey>>;

/// Keys that sign and keys that are published, valid until the next key starts signing or retires.
pub(crate) struct View {
    from: Timestamp,
    until: Option<Timestamp>,
    /// Keys of the server, one for each algorithm in use.
    own: Vec<(SigningAlgorithm, Arc<HeldKey>)>,
    /// HS256 keys shared with clients, by `client_id`.
    shared: HashMap<String, Arc<HeldKey>>,
    /// Keys that have not retired, by ID.
    in_force: HeldKeys,
    key_set: Arc<str>,
}

impl View {
    /// Creates the view at `now`.
    pub(crate) fn new(held: &HeldKeys, usable: &KeysByUse, now: Timestamp) -> Self {
        let (mut own, mut shared) = (Vec::new(), HashMap::new());
        for ((algorithm, client), keys) in usable {
            let signs = signing_key(keys, *algorithm, client.as_ref(), now);
            let Some(key) = signs.and_then(|key| held.get(&key.id)).cloned() else {
                continue;
            };
            match (client, algorithm) {
                (None, _) => own.push((*algorithm, key)),
                (Some(client), SigningAlgorithm::Hs256) => {
                    shared.insert(client.as_str().to_owned(), key);
                }
                (Some(_), _) => {}
            }
        }
        let stored = || usable.values().flatten();
        let published = stored().filter(|key| key.is_published(now));
        let in_force: Vec<_> = published
            .filter_map(|key| Some((key.id.clone(), Arc::clone(held.get(&key.id)?))))
            .collect();
        let public = in_force.iter().filter_map(|(_, key)| key.public.as_deref());
        let keys: Vec<&str> = public.collect();
        Self {
            from: now,
            until: stored()
                .flat_map(changes)
                .filter(|change| !change.has_passed(now))
                .min(),
            own,
            shared,
            key_set: format!(r#"{{"keys":[{}]}}"#, keys.join(",")).into(),
            in_force: in_force.into_iter().collect(),
        }
    }

    /// Returns whether the view is still valid. A clock that was set back also invalidates it.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.from.has_passed(now) && !self.until.is_some_and(|until| until.has_passed(now))
    }

    /// Returns the key that signs. For HS256, this is the key of the client.
    pub(crate) fn signing_key(
        &self,
        algorithm: SigningAlgorithm,
        client: &str,
    ) -> Option<Arc<HeldKey>> {
        let mut own = self.own.iter().filter(|(own, _)| *own == algorithm);
        match algorithm {
            SigningAlgorithm::Hs256 => self.shared.get(client),
            _ => own.next().map(|(_, key)| key),
        }
        .cloned()
    }

    /// Returns the JWK Set.
    pub(crate) fn key_set(&self) -> Arc<str> {
        Arc::clone(&self.key_set)
    }

    /// Returns a published key as a JWK.
    pub(crate) fn key(&self, id: &str) -> Option<Arc<str>> {
        self.in_force.get(id)?.public.clone()
    }

    /// Returns a published or shared key, if it has not retired.
    pub(crate) fn held(&self, id: &str) -> Option<Arc<HeldKey>> {
        self.in_force.get(id).cloned()
    }
}

/// Returns the times at which a key starts signing and retires.
fn changes(key: &SigningKey) -> impl Iterator<Item = Timestamp> {
    [Some(key.signs_from), key.retires_at].into_iter().flatten()
}
