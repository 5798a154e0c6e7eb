//! Configuration keys of devices.

use crate::config::key::{Key, Kind};
use countersign_domain::tenant::lifetimes::Lifetimes;

pub(crate) static DEVICE_CODE: Key = Key {
    path: "lifetimes.device_code",
    kind: Kind::Seconds(60..=Lifetimes::LONGEST_DEVICE_CODE.as_secs()),
    default: Some("600"),
    doc: "Lifetime of a device code and its user code (RFC 8628). Within it, the user must type the code, sign in and allow the request.",
};
