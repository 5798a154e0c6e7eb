//! The way to a provider: the authorization request.

use super::{Federation, redirect_uri, with_evidence};
use crate::app::App;
use crate::attempts;
use crate::ephemera::upstream_sign_in;
use crate::failure::Failure;
use crate::refusals;
use crate::tenants::room;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::attempts::Target;
use countersign_domain::login::interaction::UpstreamLogin;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::prelude::*;
use countersign_ports::{EphemeralKind, Race};
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;
use std::time::Duration;

/// What the request of a client says about the sign-in, for the provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpstreamHints<'a> {
    /// `login_hint`.
    pub login_hint: Option<&'a str>,
    /// `ui_locales`.
    pub ui_locales: Option<&'a str>,
    /// `acr_values`.
    pub acr_values: Option<&'a str>,
    /// `max_age`, in seconds.
    pub max_age: Option<u64>,
    /// Whether the user must enter credentials again: `prompt=login`.
    pub sign_in_again: bool,
    /// Whether the user must choose an account: `prompt=select_account`.
    pub select_account: bool,
}

impl UpstreamHints<'_> {
    /// Returns `max_age` of the request to the provider. A browser can drop `prompt` on the way, so only `auth_time` in
    /// the ID token proves that the user signed in again.
    fn max_age(self) -> Option<u64> {
        if self.sign_in_again {
            Some(0)
        } else {
            self.max_age
        }
    }
}

/// Authorization request to a provider.
pub struct Departure {
    /// Authorization endpoint.
    pub endpoint: String,
    /// Parameters to add to its query.
    pub parameters: Vec<(&'static str, String)>,
    /// What the interaction of the browser waits for.
    pub login: UpstreamLogin,
    state: [u8; STATE],
}

/// Length of `state`: 256 random bits and the expiry time.
const STATE: usize = 40;

impl<A: App> Federation<A> {
    /// Time that a user has at the provider.
    const LIFETIME: Duration = Duration::from_secs(600);

    /// Creates an authorization request to a provider. `links` is the signed-in user who links an identity, with the
    /// session. `address` is the network address of the browser. Pass the sealed interaction to [`Federation::keep`] before the browser leaves.
    pub async fn depart(
        &self,
        tenant: &Tenant,
        name: &str,
        hints: UpstreamHints<'_>,
        (links, address): (Option<(UserId, SessionId)>, Option<IpAddr>),
    ) -> Result<Departure, Failure> {
        let now = self.clock.now();
        let expires_at = now.plus(Self::LIFETIME);
        let provider = self.provider(tenant, name).await?;
        // A sign-in that never ends counts as a failed one: each costs the store a value.
        let targets = targets(address);
        attempts::take(&*self.store, tenant, &targets, (&[], None), now).await?;
        let endpoints = self.endpoints(tenant, &provider).await?;
        let login = UpstreamLogin {
            provider: provider.name.clone(),
            nonce: self.random_text(),
            verifier: self.random_text(),
            max_age: hints.max_age().filter(|_| endpoints.metadata.is_some()),
            links,
            expires_at,
        };
        let state = self.state(expires_at);
        let mut parameters = request(tenant, &provider, &login, &state);
        if endpoints.metadata.is_some() {
            parameters.push(("nonce", login.nonce.clone()));
            parameters.extend(passed_on(hints));
        } else if let Some(hint) = hints.login_hint {
            parameters.push(("login_hint", hint.to_owned()));
        }
        Ok(Departure {
            endpoint: endpoints.authorization.as_str().to_owned(),
            parameters,
            login,
            state,
        })
    }

    /// Keeps the sealed interaction of a browser that leaves for a provider.
    pub async fn keep(
        &self,
        tenant: &Tenant,
        departure: &Departure,
        sealed: &str,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        room::for_value(&*self.store, tenant, EphemeralKind::UpstreamSignIn, now).await?;
        let key = upstream_sign_in(&departure.state, departure.login.expires_at);
        let kept = self.store.insert(tenant.id, &key, sealed.as_bytes(), now);
        match kept.await? {
            Race::Won => Ok(()),
            Race::Lost => Err(Failure::Contended),
        }
    }

    /// Takes the sealed interaction for the `state` of a response. It works once.
    pub async fn take(&self, tenant: &Tenant, state: &str) -> Result<String, Failure> {
        let unknown = || Failure::from(refusals::UPSTREAM_STATE_UNKNOWN);
        let mut bytes = [0; STATE];
        let decoded = Base64UrlUnpadded::decode(state, &mut bytes).map_err(|_| unknown())?;
        let expires_at = decoded.last_chunk().filter(|_| decoded.len() == STATE);
        let expires_at = u64::from_be_bytes(*expires_at.ok_or_else(unknown)?);
        let now = self.clock.now();
        // A forged expiry time must not be one that a store cannot hold.
        let expires_at = Timestamp::from_unix_seconds(expires_at);
        if expires_at.has_passed(now) || expires_at > now.plus(Self::LIFETIME) {
            return Err(unknown());
        }
        let key = upstream_sign_in(decoded, expires_at);
        let taken = self.store.take(tenant.id, &key, now).await?;
        let sealed = taken.and_then(|taken| String::from_utf8(taken.value).ok());
        sealed.ok_or_else(unknown)
    }

    /// Returns when the browser left for the provider.
    pub(super) const fn asked_at(login: &UpstreamLogin) -> Timestamp {
        let lifetime = Self::LIFETIME.as_secs();
        Timestamp::from_unix_seconds(login.expires_at.as_unix_seconds().saturating_sub(lifetime))
    }

    fn state(&self, expires_at: Timestamp) -> [u8; STATE] {
        let mut state = [0; STATE];
        let (random, time) = state.split_at_mut(32);
        self.entropy.fill(random);
        time.copy_from_slice(&expires_at.as_unix_seconds().to_be_bytes());
        state
    }
}

/// Returns what a sign-in at a provider counts against.
pub(super) fn targets(address: Option<IpAddr>) -> Vec<Target<'static>> {
    address.map(Target::Address).into_iter().collect()
}

/// Checks that a response belongs to the provider that the browser left for.
pub(super) fn check_provider(login: &UpstreamLogin, name: &str) -> Result<(), Refusal> {
    if login.provider.as_str() == name {
        Ok(())
    } else {
        let refusal = &refusals::UPSTREAM_STATE_UNKNOWN;
        Err(with_evidence(
            refusal,
            &login.provider,
            "the response came for another provider",
        ))
    }
}

fn request(
    tenant: &Tenant,
    provider: &UpstreamProvider,
    login: &UpstreamLogin,
    state: &[u8],
) -> Vec<(&'static str, String)> {
    let challenge = Sha256::digest(&login.verifier);
    let mut parameters = vec![
        ("response_type", "code".to_owned()),
        ("client_id", provider.client_id.clone()),
        ("redirect_uri", redirect_uri(tenant, provider)),
        ("scope", provider.scope.to_string()),
        ("state", Base64UrlUnpadded::encode_string(state)),
        (
            "code_challenge",
            Base64UrlUnpadded::encode_string(&challenge),
        ),
        ("code_challenge_method", "S256".to_owned()),
    ];
    let mode = provider.preset.and_then(Preset::response_mode);
    parameters.extend(mode.map(|mode| ("response_mode", mode.to_owned())));
    parameters
}

fn passed_on(hints: UpstreamHints<'_>) -> impl Iterator<Item = (&'static str, String)> {
    let prompt = match (hints.sign_in_again, hints.select_account) {
        (true, true) => Some("login select_account"),
        (true, false) => Some("login"),
        (false, true) => Some("select_account"),
        (false, false) => None,
    };
    let all = [
        ("login_hint", hints.login_hint.map(str::to_owned)),
        ("ui_locales", hints.ui_locales.map(str::to_owned)),
        ("acr_values", hints.acr_values.map(str::to_owned)),
        ("max_age", hints.max_age().map(|age| age.to_string())),
        ("prompt", prompt.map(str::to_owned)),
    ];
    let given = all.into_iter();
    given.filter_map(|(name, value)| Some((name, value?)))
}

/// Omits `state`, `nonce` and the code verifier.
impl std::fmt::Debug for Departure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Departure")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
