//! Signing algorithms of tokens (RFC 7518 section 3.1).

/// Algorithm that signs tokens (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256. Every client can verify it.
    Rs256,
    /// ECDSA on P-256 with SHA-256. Signs about ten times faster than RS256.
    Es256,
    /// Ed25519. Signs faster than ES256.
    EdDsa,
    /// HMAC with SHA-256, for a client that shares a key with its resource server.
    Hs256,
}
crate::wire_names!(SigningAlgorithm {
    Rs256 = "RS256",
    Es256 = "ES256",
    EdDsa = "EdDSA",
    Hs256 = "HS256",
});

impl SigningAlgorithm {
    /// Algorithms with a published public key: all except HS256.
    pub const ASYMMETRIC: &'static [Self] = &[Self::Rs256, Self::Es256, Self::EdDsa];
}
