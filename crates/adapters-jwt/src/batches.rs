//! Sealed batches of audit events.

use crate::sealing::codecs::Codecs;
use crate::sealing::master_key::MasterKeys;
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::hmac;
use countersign_codec::{decode_batch, decode_event, encode_batch};
use countersign_domain::audit::batch::Batch;
use countersign_domain::audit::event::{Action, Event};
use countersign_domain::audit::filter::EventPosition;
use countersign_domain::tenant::TenantId;
use countersign_ports::{BatchCodec, OpenedBatch, SealedBatch, SealedBy, StoredEvent};

/// Prefix of a leaf (RFC 6962 section 2.1). A leaf can therefore not be taken for an inner node.
const LEAF: &[u8] = &[0];
/// Prefix of an inner node.
const NODE: &[u8] = &[1];

fn sha_256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        hash.update(part);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.finish().as_ref());
    digest
}

/// Returns whether the columns of an event repeat its content.
fn agree(tenant: TenantId, stored: &StoredEvent, content: &[u8]) -> bool {
    let Ok((of, event)) = decode_event(content) else {
        return false;
    };
    let Event {
        action,
        operator,
        target,
        ..
    } = &event;
    of == tenant
        && EventPosition::from(&event) == stored.position
        && action.as_str() == stored.action
        && stored.operator.as_deref() == Some(&StoredEvent::party(operator))
        && stored.target.as_deref() == Some(&StoredEvent::party(target))
}

fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => sha_256(&[]),
        [leaf] => *leaf,
        _ => {
            // The left subtree is full: its size is the largest power of two that is less than the number of leaves.
            let size = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(size);
            sha_256(&[NODE, &root(left), &root(right)])
        }
    }
}

impl MasterKeys {
    /// Returns the position of the key that sealed a batch; `None` if it is none of these keys, or the batch was
    /// altered.
    #[must_use]
    pub fn batch_sealer(&self, SealedBatch { content, mac, .. }: &SealedBatch) -> Option<usize> {
        self.all()
            .position(|keys| hmac::verify(&keys.batches, content, mac).is_ok())
    }
}

impl BatchCodec for Codecs {
    fn leaf(&self, tenant: TenantId, event: &StoredEvent) -> Option<[u8; 32]> {
        let is_intact = match (&event.salt, &event.content) {
            (Some(salt), Some(content)) => {
                sha_256(&[salt, content]) == *event.digest && agree(tenant, event, content)
            }
            // The leaf shows where the digest ends only if the digest has its length.
            (None, None) => {
                event.digest.len() == 32 && event.operator.is_none() && event.target.is_none()
            }
            _ => false,
        };
        let EventPosition { at, id } = event.position;
        is_intact.then(|| {
            sha_256(&[
                LEAF,
                id.node.as_bytes(),
                &id.number.to_be_bytes(),
                &at.as_unix_seconds().to_be_bytes(),
                &event.digest,
                event.action.as_bytes(),
            ])
        })
    }

    fn erased_events(&self, event: &StoredEvent) -> u64 {
        let content = event.content.as_deref().map(decode_event);
        let Some(Ok((_, event))) = content else {
            return 0;
        };
        if event.action != Action::EVENTS_ERASED {
            return 0;
        }
        let counts = event.changes.iter().filter_map(|own| own.before.as_ref());
        counts.filter_map(|count| count.parse::<u64>().ok()).sum()
    }

    fn root(&self, leaves: &[[u8; 32]]) -> [u8; 32] {
        root(leaves)
    }

    fn seal(&self, tenant: TenantId, batch: &Batch) -> SealedBatch {
        let content = encode_batch(tenant, batch);
        let mac = hmac::sign(&self.master_keys().current().batches, &content);
        SealedBatch {
            number: batch.number,
            mac: mac.as_ref().to_vec(),
            content,
        }
    }

    fn open(&self, tenant: TenantId, sealed: &SealedBatch) -> OpenedBatch {
        let sealed_by = match self.master_keys().batch_sealer(sealed) {
            Some(0) => SealedBy::Current,
            Some(_) => SealedBy::Previous,
            None => SealedBy::Unknown,
        };
        let SealedBatch {
            number,
            content,
            mac,
        } = sealed;
        let decoded = decode_batch(content).ok();
        let own = decoded.filter(|(of, batch)| *of == tenant && batch.number == *number);
        OpenedBatch {
            batch: own.map(|(_, batch)| batch),
            sealed_by,
            link: sha_256(&[content, mac]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::EventEncoder;
    use countersign_domain::audit::event::{EventContext, EventId, Party};
    use countersign_domain::identifier::NodeId;
    use countersign_domain::time::Timestamp;
    use countersign_ports::EventCodec as _;

    const TENANT: TenantId = TenantId::SINGLE;

    fn codecs() -> Codecs {
        Codecs::new(&MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap())
    }

    fn stored() -> StoredEvent {
        let event = Event {
            id: EventId {
                node: NodeId::from_bytes([8; 16]),
                number: 1,
            },
            at: Timestamp::from_unix_seconds(1_790_000_000),
            action: Action::CLIENT_CREATED,
            operator: Party::new("command_line", "root"),
            target: Party::new("client", "notes"),
            changes: vec![],
            address: None,
            request: None,
            context: EventContext::default(),
        };
        StoredEvent::from(&EventEncoder.record(TENANT, event, [5; 16]))
    }

    fn erased() -> StoredEvent {
        StoredEvent {
            operator: None,
            target: None,
            salt: None,
            content: None,
            ..stored()
        }
    }

    #[test]
    fn erased_event_keeps_its_leaf() {
        let codecs = codecs();
        let leaf = codecs.leaf(TENANT, &stored());
        assert!(leaf.is_some());
        assert_eq!(codecs.leaf(TENANT, &erased()), leaf);
    }

    #[test]
    fn altered_event_has_no_leaf_or_another_one() {
        let codecs = codecs();
        let changes: [fn(&mut StoredEvent); 8] = [
            |event| event.position.at = Timestamp::from_unix_seconds(1),
            |event| event.position.id.number = 2,
            |event| event.action = "client.deleted".into(),
            |event| event.operator = Some("user:joe".into()),
            |event| event.target = None,
            |event| event.salt = None,
            |event| event.content.as_mut().unwrap()[10] ^= 1,
            |event| event.digest[0] ^= 1,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut event = stored();
            change(&mut event);
            assert_eq!(codecs.leaf(TENANT, &event), None, "{number}");
        }
        let leaf = codecs.leaf(TENANT, &erased());
        for change in &changes_of_erased() {
            let mut event = erased();
            change(&mut event);
            let other = codecs.leaf(TENANT, &event);
            assert!(other.is_some() && other != leaf);
        }
        let mut moved = erased();
        let first = moved.action.remove(0);
        moved.digest.push(u8::try_from(first).unwrap());
        assert_eq!(codecs.leaf(TENANT, &moved), None);
        let other = TenantId::from_number(2).unwrap();
        assert_eq!(codecs.leaf(other, &stored()), None);
    }

    fn changes_of_erased() -> [fn(&mut StoredEvent); 4] {
        [
            |event| event.position.at = Timestamp::from_unix_seconds(1),
            |event| event.position.id.number = 2,
            |event| event.action = "client.deleted".into(),
            |event| event.digest[0] ^= 1,
        ]
    }

    #[test]
    fn root_is_that_of_rfc_6962_tree() {
        let [a, b, c] = [[1; 32], [2; 32], [3; 32]];
        let node = |left: [u8; 32], right: [u8; 32]| sha_256(&[&[1], &left, &right]);
        assert_eq!(root(&[a]), a);
        assert_eq!(root(&[a, b]), node(a, b));
        assert_eq!(root(&[a, b, c]), node(node(a, b), c));
        let five = node(node(node(a, b), node(c, a)), b);
        assert_eq!(root(&[a, b, c, a, b]), five);
        assert_ne!(root(&[a, b]), root(&[b, a]));
    }

    #[test]
    fn batch_opens_only_for_its_tenant_number_and_keys() {
        let [old, new] = [(); 2].map(|()| MasterKeys::generate().unwrap());
        let of = |text: &str| Codecs::new(&MasterKeys::parse(text).unwrap());
        let batch = Batch {
            number: 3,
            node: NodeId::from_bytes([8; 16]),
            at: Timestamp::from_unix_seconds(1),
            count: 2,
            root: [1; 32],
            previous: Some([2; 32]),
            is_adopted: false,
        };
        let sealed = of(&old).seal(TENANT, &batch);
        let opened = of(&old).open(TENANT, &sealed);
        assert_eq!(opened.batch, Some(batch.clone()));
        assert_eq!(opened.sealed_by, SealedBy::Current);
        let after_rotation = of(&format!("{new}\n{old}")).open(TENANT, &sealed);
        assert_eq!(after_rotation.sealed_by, SealedBy::Previous);
        assert_eq!(of(&new).open(TENANT, &sealed).sealed_by, SealedBy::Unknown);
        let other = TenantId::from_number(2).unwrap();
        assert_eq!(of(&old).open(other, &sealed).batch, None);
        let moved = SealedBatch {
            number: 4,
            ..sealed.clone()
        };
        assert_eq!(of(&old).open(TENANT, &moved).batch, None);
        for change in [
            |sealed: &mut SealedBatch| sealed.content[5] ^= 1,
            |sealed: &mut SealedBatch| sealed.mac[5] ^= 1,
        ] {
            let mut altered = sealed.clone();
            change(&mut altered);
            let altered = of(&old).open(TENANT, &altered);
            assert_eq!(altered.sealed_by, SealedBy::Unknown);
            assert_ne!(altered.link, opened.link);
        }
    }
}
