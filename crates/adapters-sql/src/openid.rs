//! What a client is registered with for OpenID Connect, as a JSON object. What is not registered is not there.

use crate::columns::{Failure, Unreadable};
use countersign_domain::openid_registration::{OpenIdRegistration, Sector, SubjectType};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Registration {
    #[serde(skip_serializing_if = "Option::is_none")]
    sector: Option<SectorObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_signing_algorithm: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    scope_claims_in_id_token: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frontchannel_logout_uri: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SectorObject {
    host: String,
    salt: [u8; 32],
}

/// The text of a registration.
pub(crate) fn write(registration: &OpenIdRegistration) -> Result<String, Failure> {
    let uri = |uri: &RedirectUri| uri.as_str().to_owned();
    let sector = match &registration.subject_type {
        SubjectType::Public => None,
        SubjectType::Pairwise(Sector { host, salt }) => Some(SectorObject {
            host: host.clone(),
            salt: *salt,
        }),
    };
    let object = Registration {
        sector,
        userinfo_signing_algorithm: registration
            .userinfo_signing_algorithm
            .map(|algorithm| algorithm.as_str().into()),
        scope_claims_in_id_token: registration.scope_claims_in_id_token,
        post_logout_redirect_uris: registration
            .post_logout_redirect_uris
            .iter()
            .map(uri)
            .collect(),
        backchannel_logout_uri: registration.backchannel_logout_uri.as_ref().map(uri),
        frontchannel_logout_uri: registration.frontchannel_logout_uri.as_ref().map(uri),
    };
    Ok(serde_json::to_string(&object)?)
}

/// The registration of a text.
pub(crate) fn read(column: &'static str, text: &str) -> Result<OpenIdRegistration, Unreadable> {
    let unreadable = || Unreadable(column);
    let uri = |text: String| RedirectUri::parse(&text).map_err(|_| unreadable());
    let object: Registration = serde_json::from_str(text).map_err(|_| unreadable())?;
    let subject_type = object.sector.map_or(SubjectType::Public, |sector| {
        SubjectType::Pairwise(Sector {
            host: sector.host,
            salt: sector.salt,
        })
    });
    Ok(OpenIdRegistration {
        subject_type,
        userinfo_signing_algorithm: object
            .userinfo_signing_algorithm
            .map(|name| SigningAlgorithm::parse(&name).ok_or_else(unreadable))
            .transpose()?,
        scope_claims_in_id_token: object.scope_claims_in_id_token,
        post_logout_redirect_uris: object
            .post_logout_redirect_uris
            .into_iter()
            .map(uri)
            .collect::<Result<_, _>>()?,
        backchannel_logout_uri: object.backchannel_logout_uri.map(uri).transpose()?,
        frontchannel_logout_uri: object.frontchannel_logout_uri.map(uri).transpose()?,
    })
}
