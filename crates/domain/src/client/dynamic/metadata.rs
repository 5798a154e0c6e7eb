//! Client metadata of a registration request (RFC 7591 section 2, OpenID Connect Dynamic Client Registration section 2).

mod invalid;

use crate::client::dynamic::ClientLinks;
use crate::client::dynamic::policy::RegistrationPolicy;
use crate::client::redirect_uri::RedirectUri;
use crate::client::{AuthenticationMethod, Client, ClientType, GrantType, Jwks, KeySource};
use crate::scope::Scope;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
pub use invalid::InvalidMetadata;

/// Client metadata as requested. `None` and an empty list stand for an absent member. Other metadata is ignored, as RFC
/// 7591 section 2 requires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields have the names of the standard")]
pub struct ClientMetadata {
    pub redirect_uris: Vec<String>,
    pub token_endpoint_auth_method: Option<String>,
    pub grant_types: Vec<String>,
    pub response_types: Vec<String>,
    pub client_name: Option<String>,
    pub client_uri: Option<String>,
    pub logo_uri: Option<String>,
    pub policy_uri: Option<String>,
    pub tos_uri: Option<String>,
    pub scope: Option<String>,
    /// JWK Set as JSON.
    pub jwks: Option<String>,
    pub jwks_uri: Option<String>,
    pub application_type: Option<String>,
    pub subject_type: Option<String>,
    pub sector_identifier_uri: Option<String>,
    pub id_token_signed_response_alg: Option<String>,
    pub userinfo_signed_response_alg: Option<String>,
    pub post_logout_redirect_uris: Vec<String>,
    pub backchannel_logout_uri: Option<String>,
    pub frontchannel_logout_uri: Option<String>,
}

/// `response_type` of the authorization code grant.
const CODE: &str = "code";

impl ClientMetadata {
    /// Returns the authentication method: `client_secret_basic` unless requested otherwise (RFC 7591 section 2).
    pub fn authentication_method(&self) -> Result<AuthenticationMethod, InvalidMetadata> {
        let name = self.token_endpoint_auth_method.as_deref();
        let method = name.map_or(Some(AuthenticationMethod::ClientSecretBasic), |name| {
            AuthenticationMethod::parse(name)
        });
        let name = "token_endpoint_auth_method";
        method.ok_or(InvalidMetadata::Member(name, "is not supported"))
    }

    /// Returns the client type that the authentication method stands for.
    pub fn client_type(&self) -> Result<ClientType, InvalidMetadata> {
        Ok(match self.authentication_method()? {
            AuthenticationMethod::None => ClientType::Public,
            _ => ClientType::Confidential,
        })
    }

    /// Writes all metadata into a client that registered itself. An absent member gets its default. The client must not
    /// break the policy; rules for all clients are checked when it is stored.
    pub fn apply(
        &self,
        client: &mut Client,
        policy: &RegistrationPolicy,
    ) -> Result<(), InvalidMetadata> {
        if self.client_type()? != client.client_type {
            let rule = "cannot change from or to none; register another client";
            return Err(InvalidMetadata::Member("token_endpoint_auth_method", rule));
        }
        let method = self.authentication_method()?;
        let is_stored = client.version > 0;
        if is_stored && client.secrets.is_empty() && method.uses_secret() {
            let rule = "cannot change to a client secret; register another client";
            return Err(InvalidMetadata::Member("token_endpoint_auth_method", rule));
        }
        client.redirect_uris = self.redirect_uris(policy)?;
        client.grant_types = self.grant_types(policy)?;
        client.scope = self.scope(policy)?;
        client.authentication_method = Some(method);
        client.keys = self.keys()?;
        client.name = self.name(client);
        self.apply_openid(client, policy)?;
        if let Some(dynamic) = &mut client.dynamic {
            dynamic.links = self.links()?;
        }
        Ok(())
    }

    fn name(&self, client: &Client) -> String {
        let name = self.client_name.as_deref().unwrap_or_default().trim();
        // RFC 7591 section 2: a client without a name is shown by its identifier.
        let name = if name.is_empty() {
            client.id.as_str()
        } else {
            name
        };
        name.into()
    }

    fn redirect_uris(
        &self,
        policy: &RegistrationPolicy,
    ) -> Result<Vec<RedirectUri>, InvalidMetadata> {
        let uris = self.redirect_uris.iter().map(|uri| RedirectUri::parse(uri));
        let uris: Vec<_> = uris
            .collect::<Result<_, _>>()
            .map_err(InvalidMetadata::RedirectUri)?;
        if uris.iter().all(|uri| policy.admits(uri)) {
            Ok(uris)
        } else {
            Err(InvalidMetadata::RedirectUriNotAllowed)
        }
    }

    /// Returns the grant types: `authorization_code` unless requested otherwise. They must fit the response types
    /// (RFC 7591 section 2.1).
    fn grant_types(&self, policy: &RegistrationPolicy) -> Result<Vec<GrantType>, InvalidMetadata> {
        let mut grant_types: Vec<_> = self
            .grant_types
            .iter()
            .map(|own| GrantType::named(own))
            .collect();
        if grant_types.is_empty() {
            grant_types.push(GrantType::AUTHORIZATION_CODE);
        }
        if !grant_types
            .iter()
            .all(|own| policy.grant_types.contains(own))
        {
            let rule = "contains a grant type that this server does not allow here";
            return Err(InvalidMetadata::Member("grant_types", rule));
        }
        let uses_code = grant_types.contains(&GrantType::AUTHORIZATION_CODE);
        let mut response_types = self.response_types.iter();
        if response_types.any(|own| own != CODE || !uses_code) {
            let rule = "must be [\"code\"], together with the grant type authorization_code";
            return Err(InvalidMetadata::Member("response_types", rule));
        }
        grant_types.sort_unstable();
        grant_types.dedup();
        Ok(grant_types)
    }

    /// Returns the requested scope without what the policy does not allow, or all that it allows. RFC 7591 section 2
    /// lets the server replace values, and many clients request all scope of the discovery document.
    fn scope(&self, policy: &RegistrationPolicy) -> Result<Scope, InvalidMetadata> {
        let requested = self.scope.as_deref().map(str::trim).unwrap_or_default();
        if requested.is_empty() {
            return Ok(policy.scope.clone());
        }
        let requested = Scope::parse(requested).map_err(InvalidMetadata::Scope)?;
        let allowed = requested.intersection(&policy.scope);
        if allowed.is_empty() {
            return Err(InvalidMetadata::Member(
                "scope",
                "contains no scope that this server allows here",
            ));
        }
        Ok(allowed)
    }

    /// Returns the keys, which only `private_key_jwt` uses. Both forms at once are an error (RFC 7591 section 2).
    fn keys(&self) -> Result<Option<KeySource>, InvalidMetadata> {
        if self.jwks.is_some() && self.jwks_uri.is_some() {
            let rule = "cannot be combined with jwks_uri";
            return Err(InvalidMetadata::Member("jwks", rule));
        }
        if self.authentication_method()? != AuthenticationMethod::PrivateKeyJwt {
            return Ok(None);
        }
        let uri = page("jwks_uri", self.jwks_uri.as_deref())?.map(KeySource::Published);
        let jwks = self.jwks.as_deref();
        Ok(jwks
            .map(|jwks| KeySource::Registered(Jwks::new(jwks)))
            .or(uri))
    }

    fn apply_openid(
        &self,
        client: &mut Client,
        policy: &RegistrationPolicy,
    ) -> Result<(), InvalidMetadata> {
        if !matches!(
            self.application_type.as_deref(),
            None | Some("web" | "native")
        ) {
            return Err(InvalidMetadata::Member(
                "application_type",
                "must be web or native",
            ));
        }
        if !matches!(self.subject_type.as_deref(), None | Some("public")) {
            let rule = "must be public; an operator can create a client with pairwise subjects";
            return Err(InvalidMetadata::Member("subject_type", rule));
        }
        let id_token = self.id_token_signed_response_alg.as_deref();
        client.signing_algorithm = algorithm("id_token_signed_response_alg", id_token)?;
        let userinfo = self.userinfo_signed_response_alg.as_deref();
        let openid = &mut client.openid;
        openid.userinfo_signing_algorithm = algorithm("userinfo_signed_response_alg", userinfo)?;
        let after_logout = self.post_logout_redirect_uris.iter();
        let rule = "contains an invalid URI";
        let after_logout = after_logout.map(|uri| RedirectUri::parse(uri));
        openid.post_logout_redirect_uris = after_logout
            .collect::<Result<_, _>>()
            .map_err(|_| InvalidMetadata::Member("post_logout_redirect_uris", rule))?;
        if openid.post_logout_redirect_uris.len() > Client::MAX_ENTRIES {
            return Err(InvalidMetadata::Member(
                "post_logout_redirect_uris",
                "has too many URIs",
            ));
        }
        let mut after_logout = openid.post_logout_redirect_uris.iter();
        if !after_logout.all(|uri| policy.admits(uri)) {
            let rule = "contains a URI that this server does not allow here";
            return Err(InvalidMetadata::Member("post_logout_redirect_uris", rule));
        }
        let back = self.backchannel_logout_uri.as_deref();
        openid.backchannel_logout_uri = page("backchannel_logout_uri", back)?;
        let front = self.frontchannel_logout_uri.as_deref();
        openid.frontchannel_logout_uri = page("frontchannel_logout_uri", front)?;
        // Front-Channel Logout section 2.
        let front = openid.frontchannel_logout_uri.as_ref();
        let mut hosts = client.redirect_uris.iter().map(RedirectUri::host);
        if front.is_some_and(|front| !hosts.any(|host| host == front.host())) {
            let rule = "must be on the host of a redirect URI";
            return Err(InvalidMetadata::Member("frontchannel_logout_uri", rule));
        }
        Ok(())
    }

    fn links(&self) -> Result<ClientLinks, InvalidMetadata> {
        Ok(ClientLinks {
            home: page("client_uri", self.client_uri.as_deref())?,
            logo: page("logo_uri", self.logo_uri.as_deref())?,
            policy: page("policy_uri", self.policy_uri.as_deref())?,
            terms: page("tos_uri", self.tos_uri.as_deref())?,
        })
    }
}

/// Parses an address in the web. An empty one counts as absent.
fn page(name: &'static str, text: Option<&str>) -> Result<Option<RedirectUri>, InvalidMetadata> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let uri = RedirectUri::parse(text).ok();
    // A stranger must not make the server send requests to its own machine.
    let uri = uri.filter(|uri| uri.host().is_some() && uri.as_str().starts_with("https:"));
    let invalid = InvalidMetadata::Member(name, "must be an https URL");
    uri.ok_or(invalid).map(Some)
}

/// Parses a signing algorithm. A client that registered itself shares no HS256 key with a resource server.
fn algorithm(
    name: &'static str,
    text: Option<&str>,
) -> Result<Option<SigningAlgorithm>, InvalidMetadata> {
    let Some(text) = text else { return Ok(None) };
    let found = SigningAlgorithm::parse(text).filter(|own| *own != SigningAlgorithm::Hs256);
    let invalid = InvalidMetadata::Member(name, "is not supported");
    found.ok_or(invalid).map(Some)
}

#[cfg(test)]
mod tests;
