//! Workload identities in the document of a client.

use crate::columns::{Failure, Unreadable};
use crate::documents::members::{self, Members};
use countersign_domain::client::assertion::workload::{SubjectPattern, WorkloadIdentity};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Jwks, KeySource};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Workload identity. A later version that adds a member also adds a name to `requires`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::documents) struct WorkloadObject {
    issuer: String,
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    claims: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
}

/// Returns the workload identities, for a document.
pub(in crate::documents) fn workloads(
    all: &[WorkloadIdentity],
) -> Result<Vec<WorkloadObject>, Failure> {
    let write = |own: &WorkloadIdentity| {
        let jwks = own.keys.registered().map(Jwks::as_str);
        Ok(WorkloadObject {
            issuer: own.issuer.clone(),
            subject: own.subject.to_string(),
            audience: own.audience.clone(),
            claims: own.claims.iter().cloned().collect(),
            jwks: jwks.map(members::raw).transpose()?,
            jwks_uri: own.keys.uri().map(|uri| uri.as_str().to_owned()),
        })
    };
    all.iter().map(write).collect()
}

/// Takes the workload identities. A client of an earlier version has none.
pub(in crate::documents) fn take_workloads(
    members: &mut Members,
) -> Result<Vec<WorkloadIdentity>, Unreadable> {
    let objects: Option<Vec<WorkloadObject>> = members.take("workload_identities")?;
    let read = |object: WorkloadObject| {
        let keys = match (object.jwks, object.jwks_uri) {
            (Some(jwks), None) => KeySource::Registered(Jwks::new(jwks.get())),
            (None, Some(uri)) => KeySource::Published(RedirectUri::parse(&uri).ok()?),
            _ => return None,
        };
        Some(WorkloadIdentity {
            issuer: object.issuer,
            subject: SubjectPattern::parse(&object.subject).ok()?,
            audience: object.audience,
            claims: object.claims.into_iter().collect(),
            keys,
        })
    };
    let all = objects.into_iter().flatten().map(read);
    all.collect::<Option<_>>()
        .ok_or_else(|| members.unreadable())
}
