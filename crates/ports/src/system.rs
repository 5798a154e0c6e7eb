//! Readings of the machine.

use countersign_domain::time::Timestamp;

/// The time.
pub trait Clock: Send + Sync {
    /// Now. A use case reads it once.
    fn now(&self) -> Timestamp;
}

/// Randomness fit for keys.
pub trait Entropy: Send + Sync {
    /// Fills a buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// A fresh UUIDv7 (RFC 9562 section 5.7): later ones sort after earlier ones.
    fn time_ordered_id(&self) -> [u8; 16];
}

/// One-time codes by time (RFC 6238: SHA-1, six digits, 30 seconds).
pub trait OneTimeCodes: Send + Sync {
    /// The time step for which `code` is right under `secret`: the present one, the one before or the one
    /// after. `None` if it is right for none of them.
    fn matching_time_step(&self, secret: &[u8], code: &str, now: Timestamp) -> Option<u64>;

    /// A URI that an authenticator app enrolls from (the `otpauth` scheme).
    fn enrollment_uri(&self, secret: &[u8], issuer: &str, account: &str) -> String;
}
