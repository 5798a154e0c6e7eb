//! JSON form of workload identities.

use crate::api::problem::Problem;
use crate::api::shape::PLAIN_TEXT;
use countersign_domain::client::assertion::workload::{SubjectPattern, WorkloadIdentity};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Jwks, KeySource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Field with the workload identities.
const FIELD: &str = "workload_identities";

/// Program that authenticates as the client with a token of its platform (RFC 7521 section 4.2).
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "WorkloadIdentity", inline)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkloadBody {
    /// `iss` of its tokens.
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    issuer: String,
    /// `sub` of its tokens. `*` stands for a whole last segment, after `:` or `/`.
    #[schemars(
        length(min = 1, max = 512),
        regex(pattern = "^([!-)+-~]+|[!-)+-~]+[:/][*])$")
    )]
    subject: String,
    /// `aud` of its tokens. If absent, the issuer of this server or the URL of the endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    audience: Option<String>,
    /// Other claims that its tokens must have, as texts. GitHub Actions needs `repository_id`.
    #[serde(default)]
    claims: BTreeMap<String, String>,
    /// Public keys of the platform, as a JWK Set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks: Option<Value>,
    /// URL of the public keys of the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
}

impl From<&WorkloadIdentity> for WorkloadBody {
    fn from(own: &WorkloadIdentity) -> Self {
        let jwks = own.keys.registered().map(Jwks::as_str);
        Self {
            issuer: own.issuer.clone(),
            subject: own.subject.to_string(),
            audience: own.audience.clone(),
            claims: own.claims.iter().cloned().collect(),
            jwks: jwks.and_then(|jwks| serde_json::from_str(jwks).ok()),
            jwks_uri: own.keys.uri().map(|uri| uri.as_str().to_owned()),
        }
    }
}

impl WorkloadBody {
    pub(super) fn identity(&self) -> Result<WorkloadIdentity, Problem> {
        let subject = SubjectPattern::parse(&self.subject);
        let keys = match (&self.jwks, &self.jwks_uri) {
            (Some(jwks), None) => KeySource::Registered(Jwks::new(jwks.to_string())),
            (None, Some(uri)) => {
                let uri = RedirectUri::parse(uri);
                KeySource::Published(uri.map_err(|error| Problem::field(FIELD, error))?)
            }
            _ => return Err(Problem::field(FIELD, "needs either jwks or jwks_uri")),
        };
        Ok(WorkloadIdentity {
            issuer: self.issuer.clone(),
            subject: subject.map_err(|error| Problem::field(FIELD, error))?,
            audience: self.audience.clone(),
            claims: self.claims.clone().into_iter().collect(),
            keys,
        })
    }
}
