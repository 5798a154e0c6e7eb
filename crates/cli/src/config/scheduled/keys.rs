//! Keys of what a server does on a schedule.

use crate::config::key::{Key, Kind};

pub(crate) static ROTATE_EVERY: Key = Key {
    path: "keys.rotate_every",
    kind: Kind::Seconds(3600..=31_536_000),
    default: None,
    doc: "Age at which the server replaces its signing keys, as `countersign keys rotate` does, without a restart. If several servers share a database, only one of them does so. The previous keys stay published for a day after the new ones start to sign, longer than any token is valid. If not set, only `countersign keys rotate` replaces keys.",
};

pub(crate) static AUDIT_RETENTION: Key = Key {
    path: "audit.retention",
    kind: Kind::Seconds(86_400..=3_153_600_000),
    default: None,
    doc: "How long the audit log keeps events. A server with `store.housekeeping` removes older ones once an hour, in whole batches, and records this in the audit log. The proof then starts with the first batch that is kept. Keep the head of `countersign audit verify` up to date: a head that is older than the retention proves nothing. If not set, events are kept forever.",
};
pub(crate) static AUDIT_FORWARD: Key = Key {
    path: "audit.forward",
    kind: Kind::OneOf(&["off", "stdout"]),
    default: Some("off"),
    doc: "Where the server sends the events of the audit log, within about two seconds: `stdout` prints each as one line of JSON. The log goes to standard error. Each server with this setting prints the events of all servers and commands, so set it for one. Events that are recorded while it is stopped are not printed: use `countersign audit export --since`.",
};
