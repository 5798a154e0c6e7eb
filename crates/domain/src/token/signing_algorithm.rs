//! What signs tokens (RFC 7518 section 3.1).

/// The algorithms that sign tokens (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: every client can check it.
    Rs256,
    /// ECDSA on P-256 with SHA-256: some ten times faster to sign.
    Es256,
    /// Ed25519: faster still.
    EdDsa,
    /// HMAC with SHA-256, for a client that shares a secret with its resource server.
    Hs256,
}
crate::wire_names!(SigningAlgorithm {
    Rs256 = "RS256",
    Es256 = "ES256",
    EdDsa = "EdDSA",
    Hs256 = "HS256",
});

impl SigningAlgorithm {
    /// Those whose public key is published: all but HS256.
    pub const ASYMMETRIC: &'static [Self] = &[Self::Rs256, Self::Es256, Self::EdDsa];
}
