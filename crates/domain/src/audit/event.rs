//! Events: the record of what an operator changed. An event is stored in the same statement as its change.

use crate::identifier::NodeId;
use crate::time::Timestamp;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// Identifier of an event: the node that wrote it, and the number that the node gave it. Numbers of one node rise; a
/// number whose change was rolled back is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// Node, a process of the server or of the command line.
    pub node: NodeId,
    /// Number, from 1.
    pub number: u64,
}

/// What happened: `subject.verb` in the past tense, such as `client.created`. An open set: a node shows the actions of a
/// later version by their names.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Action(Cow<'static, str>);

impl Action {
    /// A client was registered.
    pub const CLIENT_CREATED: Self = Self(Cow::Borrowed("client.created"));
    /// The metadata of a client changed.
    pub const CLIENT_UPDATED: Self = Self(Cow::Borrowed("client.updated"));
    /// A client was deleted, with its grants, consents and keys.
    pub const CLIENT_DELETED: Self = Self(Cow::Borrowed("client.deleted"));
    /// A user was created.
    pub const USER_CREATED: Self = Self(Cow::Borrowed("user.created"));
    /// The claims or the status of a user changed.
    pub const USER_UPDATED: Self = Self(Cow::Borrowed("user.updated"));
    /// An operator set a user's password.
    pub const USER_PASSWORD_SET: Self = Self(Cow::Borrowed("user.password_set"));
    /// An operator set or removed a user's authenticator app.
    pub const USER_TOTP_SET: Self = Self(Cow::Borrowed("user.totp_set"));
    /// The set of signing keys changed.
    pub const SIGNING_KEYS_CHANGED: Self = Self(Cow::Borrowed("signing_keys.changed"));

    /// The action of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self(Cow::Owned(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an event is about, or who caused it: a kind and an identifier, such as `client` and `notes`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Party {
    /// Kind: `client`, `user`, `signing_key`, `command_line`.
    pub kind: Cow<'static, str>,
    /// Identifier within the kind.
    pub id: String,
}

impl Party {
    /// A party of this kind.
    pub fn new(kind: &'static str, id: impl Into<String>) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            id: id.into(),
        }
    }
}

/// A field that changed. Secrets are never part of it: their values read `..`.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Name of the field, as in the stored document.
    pub field: Cow<'static, str>,
    /// Value before; `None` if there was none.
    pub before: Option<String>,
    /// Value after; `None` if it was removed.
    pub after: Option<String>,
}

/// The values may be personal.
impl fmt::Debug for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldChange({})", self.field)
    }
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Identifier.
    pub id: EventId,
    /// Time of the command.
    pub at: Timestamp,
    /// What happened.
    pub action: Action,
    /// Operator who ran the command.
    pub operator: Party,
    /// What was changed.
    pub target: Party,
    /// Fields that changed.
    pub changes: Vec<FieldChange>,
    /// Network address that the command came from; `None` for a local command.
    pub address: Option<IpAddr>,
    /// Request ID, where the command was a request.
    pub request: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn action_of_a_later_version_keeps_its_name() {
        assert_eq!(Action::named("client.created"), Action::CLIENT_CREATED);
        let later = Action::named("client.moved");
        assert_eq!(later.as_str(), "client.moved");
        assert_ne!(later, Action::CLIENT_UPDATED);
    }

    #[test]
    fn events_sort_by_node_then_by_number() {
        let id = |node, number| EventId {
            node: NodeId::from_bytes([node; 16]),
            number,
        };
        assert!(id(1, 9) < id(2, 1) && id(1, 2) < id(1, 10));
    }

    #[test]
    fn changed_field_prints_without_its_values() {
        let change = FieldChange {
            field: Cow::Borrowed("email"),
            before: Some("jane@example.com".into()),
            after: None,
        };
        assert_eq!(format!("{change:?}"), "FieldChange(email)");
    }
}
