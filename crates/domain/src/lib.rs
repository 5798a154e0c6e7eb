//! Rules of an OAuth 2.1 and OpenID Connect authorization server.
//!
//! A rule takes facts, a request and the current time. It returns a [`Decision`](decision::Decision), or a `Result`
//! with a [`Refusal`](refusal::Refusal). The caller carries out the decision: it writes to the store, then signs
//! tokens.
//!
//! # Contents
//!
//! Each folder holds one subject:
//!
//! | module | contents |
//! |---|---|
//! | [`grant`] | grants, authorization codes, PKCE, refresh tokens, client credentials |
//! | [`client`] | client registration, redirect URIs, client authentication |
//! | [`authorize`] | authorization requests, `prompt` and `acr`, consent, the next page to show |
//! | [`login`] | sign-in steps, sessions, second factors, password policy, rate limits |
//! | [`token`] | token responses, claims, access token checks, signing keys |
//! | [`user`] | users, email addresses, profiles, standard claims |
//! | [`tenant`] | issuer, settings, lifetimes |
//! | [`audit`] | audit log events, operators, permissions |
//!
//! The remaining modules are shared: decisions, refusals, identifiers, scopes, resources, secrets and timestamps.
//!
//! | task | start with |
//! |---|---|
//! | register a client | [`Client`](client::Client), [`Client::registered`](client::Client::registered) |
//! | authenticate a client | [`RegisteredClient::authenticate`](client::authentication::RegisteredClient::authenticate) |
//! | validate an authorization request | [`RegisteredClient::judge`](client::authentication::RegisteredClient::judge) |
//! | choose the next page of a sign-in | [`Demands::next_step`](authorize::demands::Demands::next_step) |
//! | sign a user in without a browser | [`LoginStep`](login::LoginStep) |
//! | redeem an authorization code | [`AuthorizationCode::redeem`](grant::authorization_code::AuthorizationCode::redeem) |
//! | rotate a refresh token | [`Grant::refresh`](grant::Grant::refresh) |
//! | issue a client credentials token | [`Caller::client_credentials`](client::authentication::Caller::client_credentials) |
//! | build the claims of a token | [`Issuance`](token::issuance::Issuance), [`AccessTokenClaims`](token::claims::AccessTokenClaims) |
//! | check a presented access token | [`AccessToken`](token::access_token::AccessToken) |
//! | map a refusal to an error response | [`Refusal`](refusal::Refusal), [`ErrorCode`](refusal::ErrorCode) |
//! | configure lifetimes | [`Lifetimes`](tenant::lifetimes::Lifetimes) |
//! | rotate signing keys | [`SigningKey`](token::signing_key::SigningKey) |
//!
//! # Restrictions
//!
//! The crate is `no_std` and uses `alloc`. It has no I/O, no async, no serde, no clock and no randomness. The caller
//! passes the time and all random values as arguments. `clippy.toml` forbids calls to clocks and random sources.
//!
//! # Invariants
//!
//! - The same facts, request and time always give the same decision.
//! - A [`Grant`](grant::Grant) is the only stored record of an authorization. An authorization code holds the sealed
//!   facts of a future grant. A refresh token holds a generation of a grant, usually with its authorization.
//! - A code is single-use because its grant ID is unique in the store.
//! - Tokens exist only after the caller passes on the answer of the store:
//!   [`Redemption::stored`](grant::redemption::Redemption::stored), [`Refreshed::stored`](grant::refresh::Refreshed::stored).
//! - A grant and a code have one maker each, and `from_stored` or `from_sealed` for values that the server wrote.
//!   Rules that take two facts compare their identifiers.
//! - Only [`RegisteredClient::authenticate`](client::authentication::RegisteredClient::authenticate) creates a
//!   [`Caller`](client::authentication::Caller), and only [`Assertion::check`](client::assertion::Assertion::check)
//!   creates a [`CheckedAssertion`](client::assertion::CheckedAssertion).
//! - Grant types, sign-in methods, `acr` classes, claims and audit actions are open sets. This version keeps a value
//!   from a later version and gives it no meaning. See [`later`].
//! - The `Debug` output of secrets and users contains no secret and no personal data.
//!
//! # Example
//!
//! The lifecycle of a grant, from the authorization request to the detection of a replay:
//!
//! ```
//! use countersign_domain::login::authentication::{Authentication, Method, Methods};
//! use countersign_domain::grant::authorization_code::CodeExchange;
//! use countersign_domain::authorize::{AuthorizationRequest, ResourceOwner};
//! use countersign_domain::authorize::policy::RequestPolicy;
//! use countersign_domain::client::*;
//! use countersign_domain::client::authentication::Credential;
//! use countersign_domain::decision::Decision;
//! use countersign_domain::identifier::{GrantId, Subject};
//! use countersign_domain::later::LaterMembers;
//! use countersign_domain::tenant::lifetimes::Lifetimes;
//! use countersign_domain::client::openid_registration::OpenIdRegistration;
//! use countersign_domain::client::redirect_uri::RedirectUri;
//! use countersign_domain::grant::redemption::Insertion;
//! use countersign_domain::refusal::Refusal;
//! use countersign_domain::scope::Scope;
//! use countersign_domain::time::Timestamp;
//! use core::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A registered client.
//! let client = Client {
//!     id: ClientId::parse("notes")?,
//!     name: "Notes".into(),
//!     client_type: ClientType::Public,
//!     status: ClientStatus::Active,
//!     secrets: vec![],
//!     authentication_method: None,
//!     keys: None,
//!     grant_types: vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN],
//!     scope: Scope::parse("read write")?,
//!     redirect_uris: vec![RedirectUri::parse("https://notes.example/callback")?],
//!     domains: vec![],
//!     pkce: PkcePolicy::STRICT,
//!     signing_algorithm: None,
//!     audience: None,
//!     resources: vec![],
//!     first_party: false,
//!     owner: None,
//!     openid: OpenIdRegistration::default(),
//!     access_token_lifetime: None,
//!     created_at: Timestamp::from_unix_seconds(0),
//!     version: 0,
//!     later: LaterMembers::default(),
//! };
//! let lifetimes = Lifetimes::DEFAULT;
//! let now = Timestamp::from_unix_seconds(1_750_000_000);
//!
//! // Validate the authorization request. After the user agrees, create the code.
//! let request = AuthorizationRequest {
//!     response_type: "code",
//!     redirect_uri: "https://notes.example/callback",
//!     scope: Some("read"),
//!     code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
//!     code_challenge_method: Some("S256"),
//!     nonce: None,
//!     ..AuthorizationRequest::default()
//! };
//! let registered = client.registered()?;
//! let requested = registered.judge(&request, RequestPolicy::default())?;
//! let owner = ResourceOwner {
//!     subject: Subject::new("jane"),
//!     authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
//!     session: None,
//!     password: None,
//! };
//! let code = requested.code(GrantId::from_bytes([1; 16]), owner, &lifetimes, now);
//!
//! // The client redeems the code. Store the grant, then issue the tokens.
//! let caller = registered.authenticate(&Credential::None, now)?;
//! let exchange = CodeExchange {
//!     redirect_uri: Some("https://notes.example/callback"),
//!     code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
//!     resources: &[],
//! };
//! let Decision::Issue(redemption) = code.redeem(&exchange, &caller, &lifetimes, now) else { panic!() };
//! let mut stored = redemption.grant().clone();
//! let Decision::Issue(issuance) = redemption.stored(Insertion::Won) else { panic!() };
//! let first = issuance.refresh_token.expect("the client may refresh").token;
//!
//! // The client refreshes twice. Each rotation updates the same row.
//! let mut token = first.clone();
//! for _ in 0..2 {
//!     let Decision::Issue(refreshed) = stored.refresh(&token, None.into(), &[], &caller, &lifetimes, now) else { panic!() };
//!     let race = stored.apply(refreshed.rotation().expect("the current token rotates"));
//!     let issuance = refreshed.stored(race).expect("no other request rotated the grant");
//!     token = issuance.refresh_token.expect("the client may refresh").token;
//! }
//!
//! // A day later an attacker replays the first token. The decision revokes the grant.
//! let later = now.plus(Duration::from_secs(86_400));
//! let decision = stored.refresh(&first, None.into(), &[], &caller, &lifetimes, later);
//! assert_eq!(decision, Decision::Revoke(stored.id(), Refusal::RefreshTokenReplayed));
//! let _ = stored.revoke(later);
//! let honest = stored.refresh(&token, None.into(), &[], &caller, &lifetimes, later);
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
        reason = "a failing test panics"
    )
)]

extern crate alloc;

mod wire_names;
pub(crate) use wire_names::wire_names;

pub mod administration;
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
pub(crate) mod parameter;
pub mod refusal;
pub mod resource;
pub mod resource_server;
pub mod scope;
pub mod secret;
pub mod tenant;
pub mod time;
pub mod token;
pub mod user;

#[cfg(test)]
mod test_facts;
