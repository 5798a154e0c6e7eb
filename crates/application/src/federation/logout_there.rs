//! Logout at a provider: a logout here ends the session there, too (OpenID Connect RP-Initiated Logout).

use super::Federation;
use super::arrival::Arrival;
use crate::app::App;
use crate::ephemera::{arrived_id_token, id_token_of, of_session, provider_of};
use crate::failure::Failure;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::interaction::UpstreamSignIn;
use countersign_domain::login::methods::Method;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::prelude::*;
use std::sync::Arc;

/// Logout request to a provider.
pub struct LogoutThere {
    /// End session endpoint.
    pub endpoint: String,
    /// Parameters to add to its query. The caller adds `state`.
    pub parameters: Vec<(&'static str, String)>,
}

impl LogoutThere {
    /// Path to which providers send the browser after the logout.
    pub const RETURN: &str = "/rp/logout";
}

impl<A: App> Federation<A> {
    /// Maximum length of an ID token that a request can contain: it is a part of a URL.
    const LONGEST_HINT: usize = 6 * 1024;

    /// Keeps the ID token of a provider that ends sessions with ours, until the sign-in is complete.
    pub(crate) async fn keep_id_token(
        &self,
        tenant: &Tenant,
        arrival: &Arrival,
    ) -> Result<(), Failure> {
        let id_token = arrival.id_token.as_deref();
        let usable = id_token.filter(|token| token.len() <= Self::LONGEST_HINT);
        let Some(id_token) = usable.filter(|_| arrival.provider.rp_initiated_logout) else {
            return Ok(());
        };
        let (now, user) = (self.clock.now(), &arrival.user);
        let session = arrival.session.as_deref();
        let key = arrived_id_token(&user.issuer, &user.subject, session, now);
        let sealed = self.vault.seal(tenant.id, ARRIVED, id_token.as_bytes());
        self.put(tenant, &key, &sealed, now).await
    }

    /// Keeps the ID token of a completed sign-in as long as its session.
    pub(super) async fn remember_id_token(
        &self,
        tenant: &Tenant,
        sign_in: &UpstreamSignIn,
        session: SessionId,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let there = sign_in.session.as_deref();
        let arrived = arrived_id_token(&sign_in.issuer, &sign_in.subject, there, now);
        let Some(arrived) = self.store.take(tenant.id, &arrived, now).await? else {
            return Ok(());
        };
        let Some(id_token) = self.vault.unseal(tenant.id, ARRIVED, &arrived.value) else {
            return Ok(());
        };
        let key = id_token_of(session, tenant.settings.lifetimes.session_end(now));
        let sealed = self.vault.seal(tenant.id, &context(session), &id_token);
        self.put(tenant, &key, &sealed, now).await
    }

    /// Returns the request that ends the session at the provider to which a session belongs. `None` if there is none, or
    /// if the provider does not support it. A failure must not keep the user from signing out here.
    pub async fn logout_there(&self, tenant: &Tenant, session: &Session) -> Option<LogoutThere> {
        let request = self.try_logout_there(tenant, session).await;
        request.unwrap_or_else(|failure| {
            tracing::warn!(
                event = "upstream_logout_failed",
                session = %session.id,
                %failure,
                "the session at the upstream provider stays"
            );
            None
        })
    }

    async fn try_logout_there(
        &self,
        tenant: &Tenant,
        session: &Session,
    ) -> Result<Option<LogoutThere>, Failure> {
        if !session.authentication.methods.contain(Method::UPSTREAM) {
            return Ok(None);
        }
        let now = self.clock.now();
        let find = async |key| of_session(&*self.store, tenant, session, key, now).await;
        let name = find(provider_of).await?;
        let Some(name) = name.and_then(|name| String::from_utf8(name).ok()) else {
            return Ok(None);
        };
        let found = self.definitions.find(tenant.id, &name).await?;
        let found = found.filter(|own: &Arc<UpstreamProvider>| own.rp_initiated_logout);
        let Some(provider) = found.filter(|own| own.enabled) else {
            return Ok(None);
        };
        let Some(issuer) = provider.protocol.issuer() else {
            return Ok(None);
        };
        let metadata = self.metadata(tenant, &provider, issuer).await?;
        let Some(endpoint) = &metadata.end_session else {
            return Ok(None);
        };
        let after = format!("{}{}", tenant.issuer, LogoutThere::RETURN);
        let mut parameters = vec![
            ("client_id", provider.client_id.clone()),
            ("post_logout_redirect_uri", after),
        ];
        let sealed = find(id_token_of).await?;
        let context = context(session.id);
        let id_token = sealed.and_then(|sealed| self.vault.unseal(tenant.id, &context, &sealed));
        if let Some(hint) = id_token.and_then(|token| String::from_utf8(token).ok()) {
            parameters.push(("id_token_hint", hint));
        }
        Ok(Some(LogoutThere {
            endpoint: endpoint.as_str().to_owned(),
            parameters,
        }))
    }
}

/// Context for which the ID token of an incomplete sign-in is sealed.
const ARRIVED: &str = "upstream-id-token";

/// Returns the context for which the ID token of a session is sealed.
fn context(session: SessionId) -> String {
    format!("{ARRIVED}\n{session}")
}

/// Omits the ID token.
impl std::fmt::Debug for LogoutThere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogoutThere")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
