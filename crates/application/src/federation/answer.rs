//! Authorization response of a provider.

/// Authorization response of a provider (RFC 6749 section 4.1.2).
#[derive(Clone, Default)]
pub struct UpstreamAnswer {
    /// Name of the provider at whose redirect URI the response arrived.
    pub provider: String,
    /// `code`.
    pub code: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// `iss` (RFC 9207 section 2).
    pub issuer: Option<String>,
}

/// Omits the code.
impl std::fmt::Debug for UpstreamAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpstreamAnswer")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
