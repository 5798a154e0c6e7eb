//! Logout by a provider: ends the sessions here that belong to a session there, and tells our clients.

use super::{Federation, untrue, with_evidence};
use crate::app::App;
use crate::ephemera::{provider_of, upstream_session, used_logout_token, weeks};
use crate::failure::Failure;
use crate::refusals;
use crate::sessions::Sessions;
use countersign_domain::federation::claims::LogoutTokenDemands;
use countersign_domain::federation::protocol::UpstreamProtocol;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::interaction::UpstreamSignIn;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::prelude::*;
use countersign_ports::{EphemeralKey, Race, UpstreamMetadata};
use std::sync::Arc;
use std::time::Duration;

impl<A: App> Federation<A> {
    /// Maximum number of sessions that belong to one at a provider. The oldest is forgotten first.
    const MOST_SESSIONS: usize = 20;

    /// Remembers that a session belongs to one at a provider, so that a logout there ends it.
    pub(super) async fn remember(
        &self,
        tenant: &Tenant,
        sign_in: &UpstreamSignIn,
        session: SessionId,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let ends = tenant.settings.lifetimes.session_end(now);
        self.remember_provider(tenant, sign_in, session, now)
            .await?;
        self.remember_id_token(tenant, sign_in, session, now)
            .await?;
        let Some(upstream) = &sign_in.session else {
            return Ok(());
        };
        let key = upstream_session(&sign_in.issuer, upstream, ends);
        for _ in 0..5 {
            let id = session.as_bytes();
            let race = match self.store.get(tenant.id, &key, now).await? {
                None => self.store.insert(tenant.id, &key, id, now).await?,
                Some(known) => {
                    let mut all: Vec<_> = known.value.chunks_exact(16).collect();
                    if all.contains(&id.as_slice()) {
                        return Ok(());
                    }
                    if all.len() >= Self::MOST_SESSIONS {
                        all.remove(0);
                    }
                    all.push(id);
                    let value = all.concat();
                    let replaced = self
                        .store
                        .replace(tenant.id, &key, known.version, &value, now);
                    replaced.await?
                }
            };
            if race == Race::Won {
                return Ok(());
            }
        }
        Err(Failure::Contended)
    }

    async fn remember_provider(
        &self,
        tenant: &Tenant,
        sign_in: &UpstreamSignIn,
        session: SessionId,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let key = provider_of(session, tenant.settings.lifetimes.session_end(now));
        self.put(tenant, &key, sign_in.provider.as_str().as_bytes(), now)
            .await
    }

    /// Stores a value in place of the former one. Of concurrent values, one stays.
    pub(super) async fn put(
        &self,
        tenant: &Tenant,
        key: &EphemeralKey,
        value: &[u8],
        now: Timestamp,
    ) -> Result<(), Failure> {
        if self.store.insert(tenant.id, key, value, now).await? == Race::Lost {
            let known = self.store.get(tenant.id, key, now).await?;
            let version = known.map_or(1, |known| known.version);
            let replaced = self.store.replace(tenant.id, key, version, value, now);
            let _ = replaced.await?;
        }
        Ok(())
    }

    /// Ends the sessions that a logout token names (OpenID Connect Back-Channel Logout section 2.6). A token works once.
    pub async fn back_channel_logout(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        name: &str,
        logout_token: &str,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let (provider, metadata) = self.logging_out(tenant, name).await?;
        let (claims, _) = self
            .signed(tenant, &provider, &metadata, logout_token)
            .await?;
        let issuer = provider.issuer_of_tokens(&metadata.issuer, &claims);
        let demands = LogoutTokenDemands {
            issuer: &issuer,
            client_id: &provider.client_id,
            now,
        };
        let logout = claims.check_logout_token(&demands);
        let logout = logout.map_err(|error| untrue(&provider, error))?;
        // The checks accept no token that was issued longer ago.
        let issued_at = claims.time("iat").unwrap_or(now);
        let until = issued_at.plus(Duration::from_secs(3600));
        let used = used_logout_token(&issuer, logout.token_id, until);
        if self.store.get(tenant.id, &used, now).await?.is_some() {
            return Err(untrue(&provider, "the logout token was used before").into());
        }
        let about = (tenant, &*provider);
        match (logout.session, logout.subject) {
            (Some(session), _) => self.end(sessions, about, (&issuer, session), now).await?,
            (None, Some(subject)) => self.end_all(sessions, about, (&issuer, subject)).await?,
            (None, None) => {}
        }
        // Last, so that the provider can send the token again if a session could not be ended.
        let _ = self.store.insert(tenant.id, &used, &[], now).await?;
        Ok(())
    }

    /// Ends the sessions that belong to a session at a provider (OpenID Connect Front-Channel Logout section 2). `sid` is
    /// a secret of the browser and the provider.
    pub async fn front_channel_logout(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        name: &str,
        (issuer, session): (&str, &str),
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let (provider, metadata) = self.logging_out(tenant, name).await?;
        if !provider.issues(&metadata.issuer, issuer) {
            return Err(untrue(&provider, "iss of the logout is another issuer").into());
        }
        let about = (tenant, &*provider);
        self.end(sessions, about, (issuer, session), now).await
    }

    /// Returns the enabled OpenID Connect provider whose logouts end sessions.
    async fn logging_out(
        &self,
        tenant: &Tenant,
        name: &str,
    ) -> Result<(Arc<UpstreamProvider>, Arc<UpstreamMetadata>), Failure> {
        let provider = self.provider(tenant, name).await?;
        let UpstreamProtocol::OpenIdConnect { issuer } = &provider.protocol else {
            return Err(deaf(&provider).into());
        };
        if !provider.backchannel_logout {
            return Err(deaf(&provider).into());
        }
        let metadata = self.metadata(tenant, &provider, issuer).await?;
        Ok((provider, metadata))
    }

    /// Ends the sessions that belong to a session at a provider. Forgets them only after that, so that a logout that
    /// fails can be repeated.
    async fn end(
        &self,
        sessions: &Sessions<A>,
        (tenant, provider): (&Tenant, &UpstreamProvider),
        (issuer, session): (&str, &str),
        now: Timestamp,
    ) -> Result<(), Failure> {
        for week in weeks(now, tenant.settings.lifetimes.session_end(now)) {
            let key = upstream_session(issuer, session, week);
            let Some(known) = self.store.get(tenant.id, &key, now).await? else {
                continue;
            };
            let known = ids(&known.value);
            for id in &known {
                sessions.end(tenant, *id).await?;
                note_end(provider, *id);
            }
            let taken = self.store.take(tenant.id, &key, now).await?;
            let mut later = taken.map_or_else(Vec::new, |taken| ids(&taken.value));
            later.retain(|id| !known.contains(id));
            for id in later {
                sessions.end(tenant, id).await?;
                note_end(provider, id);
            }
        }
        Ok(())
    }

    /// Ends all sessions of the user with a subject at a provider.
    async fn end_all(
        &self,
        sessions: &Sessions<A>,
        (tenant, provider): (&Tenant, &UpstreamProvider),
        (issuer, subject): (&str, &str),
    ) -> Result<(), Failure> {
        if let Some(identity) = self.identity(tenant, issuer, subject).await? {
            sessions.end_all(tenant, identity.user, None).await?;
            tracing::info!(
                event = "upstream_logout",
                provider = provider.name.as_str(),
                user = %identity.user,
                "an upstream provider ended all sessions of a user"
            );
        }
        Ok(())
    }
}

/// Returns the refusal of a logout by a provider whose logouts end nothing.
fn deaf(provider: &UpstreamProvider) -> Refusal {
    let refusal = &refusals::UPSTREAM_UNKNOWN;
    with_evidence(refusal, &provider.name, "backchannel_logout is off")
}

/// Returns the sessions in the value of [`upstream_session`].
fn ids(value: &[u8]) -> Vec<SessionId> {
    let all = value.chunks_exact(16);
    let ids = all.filter_map(|id| id.try_into().ok().map(SessionId::from_bytes));
    ids.collect()
}

fn note_end(provider: &UpstreamProvider, session: SessionId) {
    tracing::info!(
        event = "upstream_logout",
        provider = provider.name.as_str(),
        %session,
        "an upstream provider ended a session"
    );
}
