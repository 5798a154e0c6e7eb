//! Short digests that tell whether a value has changed.

use hmac_sha256::Hash;

/// Returns the first 8 bytes of the SHA-256 digest of the concatenated parts. They need no collision resistance: the
/// values come from this server.
pub(crate) fn of<const N: usize>(parts: [&[u8]; N]) -> [u8; 8] {
    let mut hash = Hash::new();
    for part in parts {
        hash.update(part);
    }
    let mut mark = [0; 8];
    for (to, from) in mark.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    mark
}
