//! Grant types of the server that uses this crate.
//!
//! The server checks the credential of its grant type. [`CustomGrant`] then gives the rules that all grant types share.
//!
//! | the grant type | call |
//! |---|---|
//! | stores nothing | [`Caller::custom_token`] |
//! | exchanges an access token | [`Caller::exchanged_token`] |
//! | stores a grant, with refresh tokens | [`Caller::custom_grant`] |
//!
//! # Example
//!
//! Token exchange (RFC 8693): an API calls another API for its user. It exchanges the access token that it received for
//! one with less scope.
//!
//! ```
//! use countersign_domain::authorize::ResourceOwner;
//! use countersign_domain::client::authentication::{Caller, Credential};
//! use countersign_domain::client::{Client, ClientId, ClientSecret, ClientType, GrantType};
//! use countersign_domain::decision::Decision;
//! use countersign_domain::grant::Grant;
//! use countersign_domain::grant::custom::{CustomGrant, Parent};
//! use countersign_domain::grant::redemption::Insertion;
//! use countersign_domain::identifier::{GrantId, Subject};
//! use countersign_domain::login::authentication::{Authentication, Method, Methods};
//! use countersign_domain::refusal::{CustomRule, ErrorCode, Refusal};
//! use countersign_domain::scope::Scope;
//! use countersign_domain::secret::Secret;
//! use countersign_domain::tenant::lifetimes::Lifetimes;
//! use countersign_domain::time::Timestamp;
//! use countersign_domain::token::access_token::AccessToken;
//! use countersign_domain::token::custom_claims::CustomClaims;
//! use countersign_domain::token::issuance::Issuance;
//!
//! const EXCHANGE: GrantType = GrantType::custom("urn:ietf:params:oauth:grant-type:token-exchange");
//! const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
//! const SUBJECT_TOKEN_TYPE: CustomRule = CustomRule {
//!     name: "subject_token_type_unsupported",
//!     code: ErrorCode::InvalidRequest,
//!     description: "subject_token_type must be that of an access token",
//! };
//!
//! /// Decides a token exchange. The server has verified the signature of `token`, and read `stored`, its grant.
//! fn exchange(
//!     caller: &Caller<'_>,
//!     (token, stored): (&AccessToken, Option<Grant>),
//!     (token_type, scope): (&str, Option<&str>),
//!     now: Timestamp,
//! ) -> Result<Issuance, Refusal> {
//!     if token_type != ACCESS_TOKEN {
//!         return Err(SUBJECT_TOKEN_TYPE.refusal_of(token_type));
//!     }
//!     token.check("https://id.example", now)?;
//!     // A token that was exchanged before belongs to the grant of another client.
//!     let grant = match token.gty.as_deref() {
//!         Some("token-exchange") => token.check_root(stored, now)?,
//!         _ => token.check_grant(stored, now)?,
//!     };
//!     let request = CustomGrant { grant_type: &EXCHANGE, scope: scope.into(), resources: &[] };
//!     let parent = Parent { token, grant: &grant };
//!     match caller.exchanged_token(&request, parent, &Lifetimes::DEFAULT, now) {
//!         Decision::Issue(issuance) => Ok(issuance
//!             .with_gty("token-exchange")
//!             .with_actor(Subject::new(caller.client().id.as_str()))
//!             .with_claims(token.custom.clone())),
//!         Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal),
//!     }
//! }
//!
//! # fn client(id: &str, grant_type: &GrantType, scope: &str, now: Timestamp) -> Client {
//! #     let id = ClientId::parse(id).unwrap();
//! #     let mut client = Client::new(id, "Client", ClientType::Confidential, now);
//! #     client.grant_types = vec![grant_type.clone()];
//! #     client.scope = Scope::parse(scope).unwrap();
//! #     client.secrets = vec![ClientSecret {
//! #         name: "first".into(),
//! #         digest: Secret::new("secret").digest(),
//! #         created_at: now,
//! #         expires_at: None,
//! #         last_used_at: None,
//! #     }];
//! #     client
//! # }
//! # /// Returns the token as the server reads it back from the JWT.
//! # fn presented(issuance: &Issuance) -> AccessToken {
//! #     let claims = issuance.access_token_claims("https://id.example", [1; 12]);
//! #     AccessToken {
//! #         issuer: claims.issuer.into(),
//! #         subject: issuance.subject.clone(),
//! #         audience: issuance.audience.clone(),
//! #         client: issuance.client.clone(),
//! #         scope: issuance.scope.clone(),
//! #         issued_at: issuance.issued_at,
//! #         expires_at: issuance.expires_at,
//! #         token_id: claims.token_id,
//! #         gty: issuance.gty.map(Into::into),
//! #         actor: issuance.actor.clone(),
//! #         custom: issuance.custom.clone(),
//! #     }
//! # }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Timestamp::from_unix_seconds(1_750_000_000);
//! # const DEVICE: GrantType = GrantType::custom("urn:ietf:params:oauth:grant-type:device_code");
//! # let credential = Credential::Secret(Secret::new("secret"));
//! # let app = client("app", &DEVICE, "orders:read orders:write", now);
//! # let app = app.registered()?.authenticate(&credential, now)?;
//! # let owner = ResourceOwner {
//! #     subject: Subject::new("jane"),
//! #     authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
//! #     session: None,
//! #     password: None,
//! # };
//! # let request = CustomGrant { grant_type: &DEVICE, scope: None.into(), resources: &[] };
//! # let id = GrantId::from_bytes([1; 16]);
//! # let Decision::Issue(redemption) = app.custom_grant(&request, (id, owner), &Lifetimes::DEFAULT, now) else { panic!() };
//! # let grant = redemption.grant().clone();
//! # let Decision::Issue(issuance) = redemption.stored(Insertion::Won) else { panic!() };
//! # let mut claims = CustomClaims::none();
//! # claims.set("plan", "team")?;
//! # let token = presented(&issuance.with_claims(claims));
//! # let orders = client("orders", &EXCHANGE, "orders:read stock:read", now);
//! # let orders = orders.registered()?.authenticate(&credential, now)?;
//! // The app has a token of jane for "orders:read orders:write". The API exchanges it.
//! let asked = (ACCESS_TOKEN, Some("orders:read"));
//! let exchanged = exchange(&orders, (&token, Some(grant.clone())), asked, now)?;
//! assert_eq!(exchanged.client.as_str(), "orders");
//! assert_eq!(exchanged.subject.as_str(), "jane");
//! assert_eq!(exchanged.scope.as_str(), "orders:read");
//! assert_eq!(exchanged.grant, Some(grant.id()));
//! assert_eq!(exchanged.custom, token.custom);
//! assert_eq!(exchanged.actor.as_ref().unwrap().subject.as_str(), "orders");
//!
//! // It cannot get more than the app has, and nothing once the grant is revoked.
//! let wider = exchange(&orders, (&token, Some(grant.clone())), (ACCESS_TOKEN, Some("stock:read")), now);
//! assert_eq!(wider.unwrap_err().name(), "scope_beyond_grant");
//! let again = presented(&exchanged);
//! assert!(exchange(&orders, (&again, Some(grant.clone())), asked, now).is_ok());
//! let mut revoked = grant;
//! let _ = revoked.revoke(now);
//! for token in [token, again] {
//!     let refused = exchange(&orders, (&token, Some(revoked.clone())), asked, now);
//!     assert_eq!(refused.unwrap_err(), Refusal::AccessTokenRevoked);
//! }
//! # Ok(())
//! # }
//! ```

use crate::authorize::ResourceOwner;
use crate::authorize::claims_request::RequestedClaims;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::evidence::Evidence;
use crate::grant::Grant;
use crate::grant::authorization::{Access, Authorization};
use crate::grant::redemption::{NewGrant, Redemption};
use crate::identifier::{GrantId, Subject};
use crate::later::LaterFacts;
use crate::parameter::present;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed};
use crate::scope::{RequestedScope, Scope};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::access_token::AccessToken;
use crate::token::issuance::Issuance;
use alloc::vec::Vec;

/// Token request of a custom grant type, after the server has checked the credential of that grant type.
#[derive(Clone, Debug)]
pub struct CustomGrant<'a> {
    /// Grant type. One of [`GrantType::ALL`] is refused: it has its own rule.
    pub grant_type: &'a GrantType,
    /// `scope`. `None` means all scope that the client may get.
    pub scope: RequestedScope<'a>,
    /// All values of `resource` (RFC 8707 section 2.2). The client must be registered for them.
    pub resources: &'a [&'a str],
}

/// Access token that a client presents to get another one, and its grant (RFC 8693 section 2.1, `subject_token`).
#[derive(Clone, Copy, Debug)]
pub struct Parent<'a> {
    /// The token, after [`AccessToken::check`].
    pub token: &'a AccessToken,
    /// Result of [`AccessToken::check_grant`] or [`AccessToken::check_root`] for this token.
    pub grant: &'a Grant,
}

impl Caller<'_> {
    /// Decides a custom grant type that stores nothing. The response has an access token only.
    ///
    /// `subject` is the server's own subject. A pairwise client gets its pairwise subject. To end such a token early,
    /// the server must deny its `jti`.
    pub fn custom_token(
        &self,
        request: &CustomGrant<'_>,
        subject: &Subject,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Issuance> {
        self.check_custom(request)
            .and_then(|()| self.client().registered_scope(request.scope))
            .and_then(|scope| self.token_for(request, subject, scope, lifetimes, now))
            .into()
    }

    /// Decides a custom grant type that exchanges an access token, such as token exchange (RFC 8693). The response has an
    /// access token only, for this client, which may be another client than that of the presented token.
    ///
    /// The new token keeps the subject, the actors and the grant of the presented token: revoking the grant ends both. It has no
    /// scope beyond that of the presented token and of the client's registration, and it does not live longer. Without
    /// a `scope` parameter, it has all scope that both allow.
    pub fn exchanged_token(
        &self,
        request: &CustomGrant<'_>,
        parent: Parent<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Issuance> {
        self.judge_exchange(request, parent, lifetimes, now).into()
    }

    /// Decides a custom grant type that stores a grant, such as the device authorization grant (RFC 8628).
    ///
    /// `grant` is a new identifier, the same for every use of one credential. The grant then makes the credential
    /// single-use, as for an authorization code: pass the answer of the store to [`Redemption::stored`].
    ///
    /// After the grant is stored, read the user again. If the user was disabled, revoke the grant and issue nothing.
    pub fn custom_grant(
        &self,
        request: &CustomGrant<'_>,
        (grant, owner): (GrantId, ResourceOwner),
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Redemption> {
        self.judge_custom_grant(request, owner)
            .map(|authorization| {
                let new = NewGrant {
                    id: grant,
                    authorization: &authorization,
                    nonce: None,
                    outlives: now,
                };
                Redemption::of(new, &authorization.access.resources, self, lifetimes, now)
            })
            .into()
    }

    /// A confidential client without credentials has a code verifier instead, which only the code grant checks.
    fn check_custom(&self, request: &CustomGrant<'_>) -> Result<(), Refusal> {
        let grant_type = request.grant_type;
        if grant_type.is_known() {
            let evidence = Evidence::of(grant_type.as_str());
            return Err(Refusal::GrantTypeNotAllowed(evidence));
        }
        self.client().may_use(grant_type)?;
        if self.owes_a_verifier() {
            return Err(Refusal::SecretMissing);
        }
        Ok(())
    }

    fn judge_exchange(
        &self,
        request: &CustomGrant<'_>,
        Parent { token, grant }: Parent<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Result<Issuance, Refusal> {
        self.check_custom(request)?;
        if token.token_id.grant != Some(grant.id()) {
            return Err(Refusal::GrantMismatch);
        }
        if token.expires_at.has_passed(now) {
            return Err(Refusal::AccessTokenExpired);
        }
        if !grant.is_live(now) {
            return Err(Refusal::GrantRevoked);
        }
        let scope = token
            .scope
            .narrowed(request.scope, Refusal::ScopeBeyondGrant)?;
        let scope = match present(request.scope.text) {
            Some(_) => self.client().scope.narrowed(
                RequestedScope {
                    text: Some(scope.as_str()),
                    ..request.scope
                },
                Refusal::ScopeNotRegistered,
            )?,
            None => scope.intersection(&self.client().scope),
        };
        let owner = &grant.authorization().subject;
        let mut issuance = self.token_for(request, owner, scope, lifetimes, now)?;
        issuance.grant = Some(grant.id());
        issuance.actor = token.actor.clone();
        issuance.expires_at = issuance.expires_at.min(token.expires_at);
        Ok(issuance)
    }

    fn token_for(
        &self,
        request: &CustomGrant<'_>,
        subject: &Subject,
        scope: Scope,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Result<Issuance, Refusal> {
        let client = self.client();
        let resources = narrowed(request.resources, &client.resources)?;
        let subject = client.openid.subject_type.subject_of(subject);
        let issuance = Issuance::of_access_token(client, subject, scope, lifetimes, now);
        Ok(issuance.for_resources(&resources))
    }

    fn judge_custom_grant(
        &self,
        request: &CustomGrant<'_>,
        owner: ResourceOwner,
    ) -> Result<Authorization, Refusal> {
        self.check_custom(request)?;
        let client = self.client();
        let scope = client.registered_scope(request.scope)?;
        let resources = narrowed(request.resources, &client.resources)?;
        Ok(self.authorization(scope, resources, owner))
    }

    /// Returns the authorization of a grant that no code precedes.
    pub(crate) fn authorization(
        &self,
        scope: Scope,
        resources: Vec<Resource>,
        owner: ResourceOwner,
    ) -> Authorization {
        Authorization {
            access: Access {
                client: self.client().id.clone(),
                scope,
                resources,
                claims: RequestedClaims::default(),
                later: LaterFacts::none(),
            },
            subject: owner.subject,
            authentication: owner.authentication,
            session: owner.session,
            bound_to_verifier: false,
        }
    }
}

#[cfg(test)]
mod tests;
