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
    kind: Kind::Destination,
    default: Some("off"),
    doc: "Where the server sends the events of the audit log, within about two seconds. `stdout` prints each as one line of JSON; the log goes to standard error. `syslog:///dev/log` (a local socket), `syslog+udp://host:514` and `syslog+tcp://host:601` send each as a message of RFC 5424 with this JSON as its text. `otlp+https://host:4318` sends log records to a collector of OpenTelemetry, to the path `/v1/logs` if the URL has none. Each server with this setting sends the events of all servers and commands, so set it for one. If the receiver does not answer, the server tries again every second; events can then arrive twice. Events that are recorded while the server is stopped are not sent: use `countersign audit export --since`.",
};
pub(crate) static WEBHOOK_RETRIES: Key = Key {
    path: "webhooks.retries",
    kind: Kind::Pauses,
    default: Some("5,300,1800,7200,18000,36000,50400,72000,86400"),
    doc: "Pauses in seconds between the attempts to deliver an event to a [webhook](webhooks.md). After the last one, the event becomes a dead letter. Each pause is lengthened by up to a fifth at random. The default is the one that the Standard Webhooks specification recommends: ten attempts within about three days.",
};
