//! The rules of an OAuth 2.1 authorization server, without a server: no I/O, no clock, no randomness, no
//! serialization, `no_std`. You bring facts, a request and the time; a method on the facts answers with a
//! [`Decision`](decision::Decision).
//!
//! | you want to .. | start at .. |
//! |---|---|
//! | register a client | [`Client`](client::Client), [`ClientSecret`](client::ClientSecret), [`Client::check_registration`](client::Client::check_registration) |
//! | check who calls | [`Client::authenticate`](client::Client::authenticate) |
//! | judge an authorization request | [`Client::judge`](client::Client::judge) |
//! | lead a person through password, one-time code and consent | [`LoginStep`](login::LoginStep) |
//! | exchange a code for tokens | [`AuthorizationCode::redeem`](authorization_code::AuthorizationCode::redeem) |
//! | rotate a refresh token | [`Grant::refresh`](grant::Grant::refresh) |
//! | give a machine a token | [`Caller::client_credentials`](client_authentication::Caller::client_credentials) |
//! | write a token down | [`Issuance`](issuance::Issuance), [`AccessTokenClaims`](claims::AccessTokenClaims) |
//! | check an access token that comes back | [`AccessToken`](access_token::AccessToken) |
//! | tell a client what was wrong | [`Refusal`](refusal::Refusal), [`ErrorCode`](refusal::ErrorCode) |
//! | say how long things live | [`Lifetimes`](lifetimes::Lifetimes) |
//! | roll signing keys over | [`SigningKey`](signing_key::SigningKey), [`Takeover`](signing_key::Takeover) |
//!
//! The only thing that a server stores of an authorization is one [`Grant`](grant::Grant): a code is its
//! facts sealed before it exists, a refresh token is its unchanging facts and a generation, sealed. This is a
//! whole life of one, ending in a replay that is punished:
//!
//! ```
//! use countersign_domain::login::authentication::{Authentication, Method, Methods};
//! use countersign_domain::grant::authorization::Authorization;
//! use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeExchange};
//! use countersign_domain::authorize::AuthorizationRequest;
//! use countersign_domain::client::*;
//! use countersign_domain::client::authentication::Credential;
//! use countersign_domain::decision::Decision;
//! use countersign_domain::identifier::{GrantId, Subject};
//! use countersign_domain::later::LaterMembers;
//! use countersign_domain::tenant::lifetimes::Lifetimes;
//! use countersign_domain::client::openid_registration::OpenIdRegistration;
//! use countersign_domain::client::redirect_uri::RedirectUri;
//! use countersign_domain::grant::refresh_token::RefreshToken;
//! use countersign_domain::refusal::Refusal;
//! use countersign_domain::scope::Scope;
//! use countersign_domain::time::Timestamp;
//! use core::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Facts: a client, registered once.
//! let client = Client {
//!     id: ClientId::parse("notes")?,
//!     name: "Notes".into(),
//!     client_type: ClientType::Public,
//!     status: ClientStatus::Active,
//!     secrets: vec![],
//!     authentication_method: None,
//!     jwks: None,
//!     grant_types: vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN],
//!     scope: Scope::parse("read write")?,
//!     redirect_uris: vec![RedirectUri::parse("https://notes.example/callback")?],
//!     domains: vec![],
//!     pkce: PkcePolicy::STRICT,
//!     signing_algorithm: None,
//!     audience: None,
//!     resources: vec![],
//!     first_party: false,
//!     openid: OpenIdRegistration::default(),
//!     access_token_lifetime: None,
//!     created_at: Timestamp::from_unix_seconds(0),
//!     version: 0,
//!     later: LaterMembers::default(),
//! };
//! let lifetimes = Lifetimes::DEFAULT;
//! let now = Timestamp::from_unix_seconds(1_750_000_000);
//!
//! // The authorization request is judged, a person agrees, a code is made.
//! let requested = client.judge(&AuthorizationRequest {
//!     response_type: "code",
//!     redirect_uri: "https://notes.example/callback",
//!     scope: Some("read"),
//!     code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
//!     code_challenge_method: Some("S256"),
//!     nonce: None,
//!     ..AuthorizationRequest::default()
//! })?;
//! let code = AuthorizationCode {
//!     grant: GrantId::from_bytes([1; 16]),
//!     authorization: Authorization {
//!         access: requested.access,
//!         subject: Subject::new("jane"),
//!         authentication: Authentication::new(now, Methods::NONE.with(Method::Password)),
//!         session: None,
//!         bound_to_verifier: requested.binding.challenge.is_some(),
//!     },
//!     binding: requested.binding,
//!     password: None,
//!     expires_at: now.plus(lifetimes.authorization_code),
//! };
//!
//! // The client redeems it: store the grant, then issue.
//! let caller = client.authenticate(&Credential::None, now)?;
//! let exchange = CodeExchange {
//!     redirect_uri: "https://notes.example/callback",
//!     code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
//!     resources: &[],
//! };
//! let Decision::Issue(redemption) = code.redeem(&exchange, &caller, &lifetimes, now) else { panic!() };
//! let mut stored = redemption.grant;
//! let first = redemption.issuance.refresh_token.expect("the client may refresh").token;
//!
//! // It refreshes twice: the store moves one row on.
//! let mut token = first.clone();
//! for _ in 0..2 {
//!     let Decision::Issue(refreshed) = stored.refresh(&token, None, &[], &caller, &lifetimes, now) else { panic!() };
//!     let rotation = refreshed.rotation.expect("the current token rotates");
//!     assert!(rotation.applies_to(&stored));
//!     stored.generation = rotation.successor();
//!     stored.rotated_at = rotation.now;
//!     token = RefreshToken::of(&stored, rotation.successor());
//! }
//!
//! // Somebody kept the first token and tries it a day later: everything of this grant ends.
//! let later = now.plus(Duration::from_secs(86_400));
//! let decision = stored.refresh(&first, None, &[], &caller, &lifetimes, later);
//! assert_eq!(decision, Decision::Revoke(stored.id, Refusal::RefreshTokenReplayed));
//! stored.revoked_at = Some(later);
//! let honest = stored.refresh(&token, None, &[], &caller, &lifetimes, later);
//! assert_eq!(honest, Decision::Refuse(Refusal::GrantRevoked));
//! # Ok(())
//! # }
//! ```

#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may fail loudly"
    )
)]

extern crate alloc;

mod wire_names;
pub(crate) use wire_names::wire_names;

pub mod audit;
pub mod authorize;
pub(crate) mod checks;
pub mod client;
pub mod decision;
pub mod evidence;
pub mod grant;
pub mod identifier;
pub mod later;
pub mod login;
pub mod refusal;
pub mod resource;
pub mod scope;
pub mod secret;
pub mod tenant;
pub mod time;
pub mod token;
pub mod user;

#[cfg(test)]
mod test_facts;
