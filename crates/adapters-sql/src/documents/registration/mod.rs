//! Members of the document of a client that registered itself, and documents of initial access tokens.

pub(super) mod initial_access_token;
pub(super) mod policy;

use super::client_parts::bytes;
use super::members::{self, Members};
use crate::columns::Unreadable;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::dynamic::initial_access_token::TokenName;
use countersign_domain::client::dynamic::{ClientLinks, DynamicRegistration};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::secret::SecretDigest;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DynamicObject {
    /// SHA-256 of the registration access token, in base64url.
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    initial_access_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logo_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tos_uri: Option<String>,
}

impl From<&DynamicRegistration> for DynamicObject {
    fn from(own: &DynamicRegistration) -> Self {
        let text = |uri: &Option<RedirectUri>| uri.as_ref().map(|uri| uri.as_str().to_owned());
        Self {
            access_token: Base64UrlUnpadded::encode_string(own.access_token.as_bytes()),
            initial_access_token: own.initial_access_token.as_ref().map(ToString::to_string),
            client_uri: text(&own.links.home),
            logo_uri: text(&own.links.logo),
            policy_uri: text(&own.links.policy),
            tos_uri: text(&own.links.terms),
        }
    }
}

/// Takes the registration of a client at its own request.
pub(super) fn dynamic_registration(
    members: &mut Members,
) -> Result<Option<DynamicRegistration>, Unreadable> {
    let object: Option<DynamicObject> = members.take(members::DYNAMIC_REGISTRATION)?;
    let own = object.map(|object| {
        let uri = |text: Option<String>| text.map(|text| RedirectUri::parse(&text)).transpose();
        let name = object
            .initial_access_token
            .map(|name| TokenName::parse(&name));
        Some(DynamicRegistration {
            access_token: SecretDigest::from_bytes(bytes(&object.access_token)?),
            initial_access_token: name.transpose().ok()?,
            links: ClientLinks {
                home: uri(object.client_uri).ok()?,
                logo: uri(object.logo_uri).ok()?,
                policy: uri(object.policy_uri).ok()?,
                terms: uri(object.tos_uri).ok()?,
            },
        })
    });
    own.map(|own| own.ok_or_else(|| members.unreadable()))
        .transpose()
}

#[cfg(test)]
mod tests;
