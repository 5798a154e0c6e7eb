//! Checks of devices (RFC 8628) that no rule of the domain runs, as those of `steps.rs`.

use countersign_domain::checks::Check;

/// Device code: before its checks.
pub(super) const DEVICE_CODE: &[Check] = &[Check::new(
    "code_known",
    "This server issued the device code.",
    &["device_code_unknown"],
)];

/// Device code: while the user has not answered.
pub(super) const PACE: &[Check] = &[Check::new(
    "poll_in_time",
    "The device waits for the interval between polls.",
    &["slow_down"],
)];

/// Device authorization: after its checks.
pub(super) const REQUESTS_LEFT: &[Check] = &[Check::new(
    "requests_left",
    "The network has requests left.",
    &["too_many_attempts"],
)];

/// User code on the page for devices.
pub(super) const USER_CODE: &[Check] = &[
    Check::new(
        "attempts_left",
        "The network has attempts left.",
        &["too_many_attempts"],
    ),
    Check::new(
        "user_code_live",
        "A device waits for an answer to the request with this user code.",
        &["user_code_unknown", "user_code_expired", "user_code_used"],
    ),
];
