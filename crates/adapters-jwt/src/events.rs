//! Event encoder.

use aws_lc_rs::digest::{Context, SHA256};
use countersign_codec::encode_event;
use countersign_domain::audit::event::Event;
use countersign_domain::tenant::TenantId;
use countersign_ports::{EventCodec, EventRecord};

/// Encodes events. Needs no key, so that commands that seal nothing can record events without a master key.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventEncoder;

impl EventCodec for EventEncoder {
    fn record(&self, tenant: TenantId, event: Event, salt: [u8; 16]) -> EventRecord {
        let content = encode_event(tenant, &event);
        let mut hash = Context::new(&SHA256);
        hash.update(&salt);
        hash.update(&content);
        let mut digest = [0; 32];
        digest.copy_from_slice(hash.finish().as_ref());
        EventRecord {
            event,
            content,
            salt,
            digest,
            reply: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::digest::digest;
    use countersign_domain::audit::event::{Action, EventContext, EventId, Party};
    use countersign_domain::identifier::NodeId;
    use countersign_domain::time::Timestamp;

    const TENANT: TenantId = TenantId::SINGLE;

    #[test]
    fn digest_of_event_is_sha_256_of_salt_and_content() {
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
        let record = EventEncoder.record(TENANT, event.clone(), [5; 16]);
        assert_eq!(record.salt, [5; 16]);
        assert_eq!(record.content, encode_event(TENANT, &event));
        assert_eq!(record.event, event);
        let hashed = [&[5; 16], &record.content[..]].concat();
        let digest = digest(&SHA256, &hashed);
        assert_eq!(record.digest, digest.as_ref());
    }
}
