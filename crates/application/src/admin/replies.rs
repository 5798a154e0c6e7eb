//! Replies of commands that a client may retry: `Idempotency-Key`.
//!
//! A key belongs to its operator. The key is stored before the command runs. A command that creates something stores the
//! reply in the transaction of its change; another reply is stored after the command. The stored reply is sealed for
//! the operator and the key, because it can contain a new secret.

use crate::current_request::{CurrentRequest, ReplyWithEvent};
use crate::failure::Failure;
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::ClientId;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    Clock, Ephemeral, EphemeralKey, EphemeralKind, EventRecord, KeptReply, Race, Store, Vault,
};
use sha2::{Digest as _, Sha256};
use std::any::Any;
use std::sync::Arc;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Keeps the replies of commands for 24 to 48 hours.
pub struct Replies<S> {
    /// Stored replies.
    pub store: Arc<S>,
    /// Seals replies.
    pub vault: Arc<dyn Vault>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

/// Place for the reply of a command that runs now.
pub struct Slot {
    key: EphemeralKey,
    context: String,
}

/// Adds the reply for the outcome of a command to its event, if the request of this task has an idempotency key.
pub(super) fn with_reply(event: EventRecord, outcome: &dyn Any) -> EventRecord {
    let request = CurrentRequest::get().and_then(|request| request.reply);
    let reply = request.and_then(|own| {
        let (key, value) = (own.key, (own.seal)(outcome)?);
        Some(KeptReply { key, value })
    });
    EventRecord { reply, ..event }
}

/// State of the earlier request with the same key.
pub enum Earlier {
    /// No earlier request used the key. The command may run.
    None(Slot),
    /// The command has not finished, or the server failed before it stored the reply.
    Unfinished,
    /// The command finished with this reply.
    Reply(Vec<u8>),
}

impl<S: Store> Replies<S> {
    /// Claims a key for a command, unless it was used before. If the result of the command depends on the objects that
    /// the operator owns (`depends_on_owner`), the key also belongs to the client and the permissions of the access
    /// token.
    pub async fn begin(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &str,
        depends_on_owner: bool,
    ) -> Result<Earlier, Failure> {
        let now = self.clock.now();
        let context = context(operator, name, depends_on_owner);
        let [today, yesterday] = keys(&context, now);
        for key in [&today, &yesterday] {
            if let Some(stored) = self.store.get(tenant.id, key, now).await? {
                return self.opened(tenant, &context, &stored);
            }
        }
        match self.store.insert(tenant.id, &today, &[], now).await? {
            Race::Won => Ok(Earlier::None(Slot {
                key: today,
                context,
            })),
            Race::Lost => Ok(Earlier::Unfinished),
        }
    }

    fn opened(
        &self,
        tenant: &Tenant,
        context: &str,
        stored: &Ephemeral,
    ) -> Result<Earlier, Failure> {
        if stored.value.is_empty() {
            return Ok(Earlier::Unfinished);
        }
        let reply = self.vault.unseal(tenant.id, context, &stored.value);
        reply.map(Earlier::Reply).ok_or(Failure::Unsealing)
    }

    /// Makes the command of this task store its reply with its event. `render` returns the reply for an outcome; `None`
    /// for an outcome that it does not know.
    pub fn keep_with_event(
        &self,
        tenant: &Tenant,
        slot: &Slot,
        render: impl Fn(&dyn Any) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) {
        let (vault, tenant, context) = (self.vault.clone(), tenant.id, slot.context.clone());
        let seal = move |outcome: &dyn Any| Some(vault.seal(tenant, &context, &render(outcome)?));
        CurrentRequest::note_reply(ReplyWithEvent {
            key: slot.key,
            seal: Arc::new(seal),
        });
    }

    /// Stores the reply of a finished command. It can contain more than the reply that the command stored with its
    /// event, such as a key that was created after the change.
    pub async fn finish(&self, tenant: &Tenant, slot: &Slot, reply: &[u8]) -> Result<(), Failure> {
        let now = self.clock.now();
        let sealed = self.vault.seal(tenant.id, &slot.context, reply);
        let (store, key) = (&self.store, &slot.key);
        // The command itself stores version 2. If this race is lost too, the key has expired.
        if store.replace(tenant.id, key, 1, &sealed, now).await? == Race::Lost {
            let _ = store.replace(tenant.id, key, 2, &sealed, now).await?;
        }
        Ok(())
    }

    /// Releases the key of a command that was refused and changed nothing.
    pub async fn abandon(&self, tenant: &Tenant, slot: &Slot) -> Result<(), Failure> {
        let now = self.clock.now();
        self.store.take(tenant.id, &slot.key, now).await?;
        Ok(())
    }
}

/// Returns the context of a key. None of its parts contains a line break.
fn context(operator: &Operator, name: &str, depends_on_owner: bool) -> String {
    let Operator {
        identity,
        permissions,
        client,
        ..
    } = operator;
    let (kind, id) = (&identity.kind, &identity.id);
    if depends_on_owner {
        let client = client.as_ref().map_or("", ClientId::as_str);
        format!("reply\n{kind}\n{id}\n{client}\n{permissions}\n{name}")
    } else {
        format!("reply\n{kind}\n{id}\n{name}")
    }
}

/// Returns two store keys: that of a reply stored today, and that of a reply stored yesterday.
fn keys(context: &str, now: Timestamp) -> [EphemeralKey; 2] {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(Sha256::digest(context.as_bytes())) {
        *to = from;
    }
    let day = now.as_unix_seconds() / DAY;
    [day + 2, day + 1].map(|end| EphemeralKey {
        expires_at: Timestamp::from_unix_seconds(end * DAY),
        kind: EphemeralKind::CommandReply,
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::audit::operator::Permission;

    #[test]
    fn key_of_own_object_belongs_to_client_and_permissions() {
        let web = Operator {
            client: ClientId::parse("web").ok(),
            ..Operator::command_line("jane")
        };
        let other = Operator {
            client: ClientId::parse("other").ok(),
            ..web.clone()
        };
        let reader = Operator {
            permissions: [Permission::ClientsRead].into(),
            ..web.clone()
        };
        for different in [other, reader] {
            let [one, two] = [&web, &different].map(|own| context(own, "key", true));
            assert_ne!(one, two);
            let [one, two] = [&web, &different].map(|own| context(own, "key", false));
            assert_eq!(one, two);
        }
    }

    #[test]
    fn reply_is_found_for_at_least_a_day() {
        let at = |seconds| keys("context", Timestamp::from_unix_seconds(seconds));
        let stored = at(10 * DAY)[0];
        assert_eq!(at(11 * DAY - 1)[0], stored);
        assert_eq!(at(11 * DAY)[1], stored);
        assert_eq!(at(12 * DAY - 1)[1], stored);
        assert_eq!(stored.expires_at, Timestamp::from_unix_seconds(12 * DAY));
        let hex = format!("{:032x}", u128::from_be_bytes(stored.id));
        assert_eq!(hex, "ea7792a26f405e2ae9c6f49ca93bbe60");
    }
}
