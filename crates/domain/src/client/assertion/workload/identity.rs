//! Registered workload identities.

use super::subject::SubjectPattern;
use crate::client::KeySource;
use alloc::string::String;
use alloc::vec::Vec;

/// Program that a platform identifies, and that may authenticate as a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadIdentity {
    /// `iss` of its tokens.
    pub issuer: String,
    /// `sub` of its tokens.
    pub subject: SubjectPattern,
    /// `aud` of its tokens; `None` for the issuer of this server or the URL of the endpoint.
    pub audience: Option<String>,
    /// Other claims that its tokens must have: names and texts.
    pub claims: Vec<(String, String)>,
    /// Public keys of the platform. They identify it: two platforms can have the same issuer.
    pub keys: KeySource,
}
