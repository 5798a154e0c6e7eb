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
//! | [`claims`] | application roles, attributes, claims policies |
//! | [`tenant`] | issuer, settings, lifetimes |
//! | [`audit`] | audit log events, operators, permissions |
//! | [`federation`] | upstream providers: identity providers at which users sign in |
//! | [`webhook`] | webhooks, their signatures, retries and dead letters |
//!
//! The remaining modules are shared: decisions, refusals, identifiers, scopes, resources, secrets and timestamps.
//!
//! | task | start with |
//! |---|---|
//! | register a client | [`Client`](client::Client), [`Client::registered`](client::Client::registered) |
//! | authenticate a client | [`RegisteredClient::authenticate`](client::authentication::RegisteredClient::authenticate) |
//! | validate an authorization request | [`RegisteredClient::judge`](client::authentication::RegisteredClient::judge) |
//! | validate `prompt`, `max_age` and `acr_values` | [`Demands::judge`](authorize::demands::Demands::judge), with [`AcrNames`](login::authentication::AcrNames) |
//! | choose the next page: sign-in, consent, or none | [`Demands::next_step`](authorize::demands::Demands::next_step) |
//! | keep a user signed in | [`Session`](login::session::Session) |
//! | keep consent | [`Consent`](authorize::consent::Consent) |
//! | sign a user in without a browser | [`LoginStep`](login::LoginStep) |
//! | redeem an authorization code | [`AuthorizationCode::redeem`](grant::authorization_code::AuthorizationCode::redeem) |
//! | rotate a refresh token | [`Grant::refresh`](grant::Grant::refresh) |
//! | issue a client credentials token | [`Caller::client_credentials`](client::authentication::Caller::client_credentials) |
//! | exchange an access token | [`Caller::exchange_token`](client::authentication::Caller::exchange_token) |
//! | serve a custom grant type | [`CustomGrant`](grant::custom::CustomGrant) |
//! | add claims | [`CustomClaims`](token::custom_claims::CustomClaims), [`Issuance::with_claims`](token::issuance::Issuance::with_claims) |
//! | map facts about users to claims | [`ClaimsPolicy`](claims::policy::ClaimsPolicy), [`Policies::of`](claims::policies::Policies::of) |
//! | authenticate a client by a custom method | [`RegisteredClient::assume_authenticated_by`](client::authentication::RegisteredClient::assume_authenticated_by) |
//! | refuse a request by a custom rule | [`CustomRule`](refusal::CustomRule) |
//! | build the claims of a token | [`Issuance`](token::issuance::Issuance), [`AccessTokenClaims`](token::claims::AccessTokenClaims) |
//! | check a presented access token | [`AccessToken`](token::access_token::AccessToken) |
//! | map a refusal to an error response | [`Refusal`](refusal::Refusal), [`ErrorCode`](refusal::ErrorCode) |
//! | configure lifetimes | [`Lifetimes`](tenant::lifetimes::Lifetimes) |
//! | rotate signing keys | [`SigningKey`](token::signing_key::SigningKey) |
//!
//! # Restrictions
//!
//! The crate is `no_std` and uses `alloc`. It has no I/O, no async, no clock and no randomness. The caller
//! passes the time and all random values as arguments. `clippy.toml` forbids calls to clocks and random sources.
//!
//! # Features
//!
//! `serde` implements `Serialize` and `Deserialize` for the newtypes, `CustomValue` and `AttributeValue`, in their wire
//! form. It is off by default.
//!
//! # Invariants
//!
//! - The same facts, request and time always give the same decision.
//! - A [`Grant`](grant::Grant) is the only stored record of an authorization. An authorization code holds the sealed
//!   facts of a future grant. A refresh token holds a generation of a grant, usually with its authorization.
//! - A code is single-use because its grant ID is unique in the store.
//! - Tokens exist only after the caller passes on the answer of the store:
//!   [`Redemption::stored`](grant::redemption::Redemption::stored),
//!   [`Refreshed::stored`](grant::refresh::Refreshed::stored).
//! - Only a rule creates a grant or a code. `from_stored` and `from_sealed` read back values that the server wrote.
//!   Rules that take two facts, such as a token and its grant, compare their identifiers.
//! - Only [`RegisteredClient`](client::authentication::RegisteredClient) creates a
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
//! use countersign_domain::prelude::*;
//! use core::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A registered client.
//! let start = Timestamp::from_unix_seconds(1_749_000_000);
//! let mut client = Client::new(ClientId::parse("notes")?, "Notes", ClientType::Public, start);
//! client.grant_types = vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN];
//! client.scope = Scope::parse("read write")?;
//! client.redirect_uris = vec![RedirectUri::parse("https://notes.example/callback")?];
//! let client = client.registered()?;
//! let lifetimes = Lifetimes::DEFAULT;
//! let now = Timestamp::from_unix_seconds(1_750_000_000);
//!
//! // Validate the authorization request. After the user agrees, create the code, which expires in ten minutes.
//! let request = AuthorizationRequest {
//!     response_type: "code",
//!     redirect_uri: "https://notes.example/callback",
//!     scope: Some("read"),
//!     code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
//!     code_challenge_method: Some("S256"),
//!     ..AuthorizationRequest::default()
//! };
//! let owner = ResourceOwner {
//!     subject: Subject::new("jane"),
//!     authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
//!     session: None,
//!     password: None,
//! };
//! let requested = client.judge(&request, RequestPolicy::default())?;
//! let code = requested.code(GrantId::from_bytes([1; 16]), owner, &lifetimes, now);
//! assert_eq!(code.facts().expires_at, now.plus(Duration::from_secs(600)));
//!
//! // The client redeems the code. Store the grant, then issue the tokens.
//! let caller = client.authenticate(&Credential::None, now)?;
//! let exchange = CodeExchange {
//!     redirect_uri: Some("https://notes.example/callback"),
//!     code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
//!     resources: &[],
//! };
//! let Decision::Issue(redemption) = code.redeem(&exchange, &caller, &lifetimes, now) else { panic!() };
//! let mut stored = redemption.grant().clone();
//! let Decision::Issue(issuance) = redemption.stored(Insertion::Won) else { panic!() };
//! assert_eq!(issuance.expires_at, now.plus(Duration::from_secs(3600)));
//! let first = issuance.refresh_token.expect("the client may refresh").token;
//!
//! // The client refreshes. The rotation updates the stored row, which expires 30 days later.
//! let Decision::Issue(refreshed) = stored.refresh(&first, None.into(), &[], &caller, &lifetimes, now) else { panic!() };
//! let race = stored.apply(refreshed.rotation().expect("the current token rotates"));
//! let issuance = refreshed.stored(race).expect("no other request rotated the grant");
//! let second = issuance.refresh_token.expect("the client may refresh").token;
//! assert_eq!(stored.expires_at(), now.plus(Duration::from_secs(30 * 86_400)));
//!
//! // A day later an attacker replays the first token. The decision revokes the grant.
//! let later = now.plus(Duration::from_secs(86_400));
//! let decision = stored.refresh(&first, None.into(), &[], &caller, &lifetimes, later);
//! assert_eq!(decision, Decision::Revoke(stored.id(), Refusal::RefreshTokenReplayed));
//! let _ = stored.revoke(later);
//! let honest = stored.refresh(&second, None.into(), &[], &caller, &lifetimes, later);
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

mod macros;
pub(crate) use macros::{error_type, plain_name, wire_names};

pub mod administration;
pub mod audit;
pub mod authorize;
pub mod checks;
pub mod claims;
pub mod client;
pub mod decision;
pub mod evidence;
pub mod federation;
mod forms;
pub mod grant;
pub mod identifier;
pub mod later;
pub mod login;
pub(crate) mod parameter;
pub mod prelude;
pub mod refusal;
pub mod resource;
pub mod resource_server;
pub mod scope;
pub mod secret;
pub mod tenant;
pub mod time;
pub mod token;
pub mod user;
pub mod webhook;

#[cfg(test)]
mod test_facts;
