//! Which tokens a client may exchange, and for whom (RFC 8693).

use crate::client::ClientId;
use alloc::string::String;

/// Permission of a client to exchange the tokens of one client for tokens for one audience.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExchangeRule {
    /// Client that the access comes from: the subject token was issued to it.
    pub subject_client: ClientId,
    /// `aud` of the new token.
    pub audience: String,
    /// Whether the new token may leave out that the client acts for the subject: impersonation instead of delegation
    /// (RFC 8693 section 1.1).
    pub impersonation: bool,
}

impl ExchangeRule {
    /// Maximum number of rules of a client.
    pub const MOST: usize = 100;

    /// Returns whether the rule is about this client and this audience.
    #[must_use]
    pub fn is_about(&self, subject_client: &str, audience: &str) -> bool {
        self.subject_client.as_str() == subject_client && self.audience == audience
    }
}
