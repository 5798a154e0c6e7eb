//! One-time codes.

use countersign_domain::time::Timestamp;

/// Time-based one-time codes (RFC 6238: SHA-1, six digits, 30 seconds).
pub trait OneTimeCodes: Send + Sync {
    /// Returns the time step in which `code` is valid for `secret`: the current one, the previous one or the next one.
    /// Returns `None` if no step matches.
    fn matching_time_step(&self, secret: &[u8], code: &str, now: Timestamp) -> Option<u64>;

    /// Returns the `otpauth` URI for enrollment in an authenticator app.
    fn enrollment_uri(&self, secret: &[u8], issuer: &str, account: &str) -> String;
}
