//! Events and refusals of a request.

use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::identifier::{SessionId, UserId};

/// Event of a request that is no command.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) action: Action,
    /// User who did it; `None` if the requester proved no identity.
    pub(crate) user: Option<UserId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) client: Option<String>,
    pub(crate) target: Party,
    pub(crate) facts: Vec<FieldChange>,
    pub(crate) refusal: Option<&'static str>,
}

/// Refused request.
pub struct Refused<'a> {
    /// Path of the endpoint.
    pub endpoint: &'static str,
    /// Name of the rule.
    pub rule: &'static str,
    /// Error code of the response.
    pub error: &'static str,
    /// Client of the request. It may not have authenticated.
    pub client: Option<&'a str>,
    /// Offending value.
    pub evidence: Option<&'a str>,
}
