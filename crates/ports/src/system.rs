//! Clock, randomness and one-time codes.

use countersign_domain::time::Timestamp;

/// Clock.
pub trait Clock: Send + Sync {
    /// Returns the current time. A use case reads it once.
    fn now(&self) -> Timestamp;
}

/// Cryptographically secure randomness.
pub trait Entropy: Send + Sync {
    /// Fills a buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// Returns a new UUIDv7 (RFC 9562 section 5.7). Later IDs sort after earlier ones.
    fn time_ordered_id(&self) -> [u8; 16];
}
