//! Members of the document of a client that have a form of their own.

mod workloads;

pub(super) use workloads::{WorkloadObject, take_workloads, workloads};

use super::members::Members;
use crate::columns::Unreadable;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::openid_registration::{ScopeClaims, Sector, SubjectType};
use countersign_domain::client::{ApiKey, ClientId, ExchangeRule, PkceRequirement};
use countersign_domain::scope::Scope;
use countersign_domain::secret::SecretDigest;
use countersign_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) const PUBLIC: &str = "public";
pub(super) const PAIRWISE: &str = "pairwise";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectorObject {
    pub(super) host: String,
    /// 32 bytes, in base64url.
    pub(super) salt: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiKeyObject {
    /// SHA-256 of the secret part, in base64url.
    digest: String,
    /// Seconds since the Unix epoch.
    created_at: u64,
    /// Seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
}

impl From<&ApiKey> for ApiKeyObject {
    fn from(key: &ApiKey) -> Self {
        Self {
            digest: Base64UrlUnpadded::encode_string(key.digest.as_bytes()),
            created_at: key.created_at.as_unix_seconds(),
            expires_at: key.expires_at.map(Timestamp::as_unix_seconds),
        }
    }
}

/// Rule for token exchange. A later version that adds a member also adds a name to `requires`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeRuleObject {
    subject_client: String,
    audience: String,
    #[serde(default, skip_serializing_if = "is_false")]
    impersonation: bool,
}

impl From<&ExchangeRule> for ExchangeRuleObject {
    fn from(rule: &ExchangeRule) -> Self {
        Self {
            subject_client: rule.subject_client.as_str().to_owned(),
            audience: rule.audience.clone(),
            impersonation: rule.impersonation,
        }
    }
}

/// Takes the rules for token exchange. A client of an earlier version has none.
pub(super) fn exchange_rules(members: &mut Members) -> Result<Vec<ExchangeRule>, Unreadable> {
    let objects: Option<Vec<ExchangeRuleObject>> = members.take("token_exchange")?;
    let rule = |object: ExchangeRuleObject| {
        Ok(ExchangeRule {
            subject_client: ClientId::parse(&object.subject_client)
                .map_err(|_| members.unreadable())?,
            audience: object.audience,
            impersonation: object.impersonation,
        })
    };
    objects.into_iter().flatten().map(rule).collect()
}

/// Takes the secret keys. A client of an earlier version has none.
pub(super) fn api_keys(members: &mut Members) -> Result<Vec<ApiKey>, Unreadable> {
    let objects: Option<Vec<ApiKeyObject>> = members.take("api_keys")?;
    let keys = objects.iter().flatten().map(|object| {
        Some(ApiKey {
            digest: SecretDigest::from_bytes(bytes(&object.digest)?),
            created_at: Timestamp::from_unix_seconds(object.created_at),
            expires_at: object.expires_at.map(Timestamp::from_unix_seconds),
        })
    });
    keys.collect::<Option<_>>()
        .ok_or_else(|| members.unreadable())
}

/// Decodes 32 bytes.
pub(super) fn bytes(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let decoded = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
    (decoded.len() == 32).then_some(bytes)
}

pub(super) fn pkce_requirement(members: &mut Members) -> Result<PkceRequirement, Unreadable> {
    let required: bool = members.require("require_pkce")?;
    let nonce_replaces: Option<bool> = members.take("nonce_replaces_pkce")?;
    Ok(match (required, nonce_replaces) {
        (true, Some(true)) => PkceRequirement::UnlessNonce,
        (true, _) => PkceRequirement::Always,
        (false, _) => PkceRequirement::Never,
    })
}

pub(super) fn scope_claims(members: &mut Members) -> Result<ScopeClaims, Unreadable> {
    let all: bool = members.require("scope_claims_in_id_token")?;
    let basic: Option<bool> = members.take("profile_and_email_in_id_token")?;
    Ok(match (all, basic) {
        (true, _) => ScopeClaims::All,
        (false, Some(true)) => ScopeClaims::ProfileAndEmail,
        (false, _) => ScopeClaims::None,
    })
}

pub(super) fn scope(text: &str) -> Option<Scope> {
    if text.is_empty() {
        return Some(Scope::none());
    }
    Scope::parse(text).ok()
}

pub(super) fn subject_type(members: &mut Members) -> Result<SubjectType, Unreadable> {
    let kind: String = members.require("subject_type")?;
    let sector: Option<SectorObject> = members.take("sector")?;
    match (kind.as_str(), sector) {
        (PUBLIC, None) => Ok(SubjectType::Public),
        (PAIRWISE, Some(SectorObject { host, salt })) => {
            let salt = bytes(&salt).ok_or_else(|| members.unreadable())?;
            Ok(SubjectType::Pairwise(Sector { host, salt }))
        }
        _ => Err(members.unreadable()),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(super) const fn is_false(member: &bool) -> bool {
    !*member
}
