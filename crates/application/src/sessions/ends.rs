//! Ends sessions and notifies clients of the logout.

use super::{LiveSession, Sessions};
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use countersign_domain::audit::event::Action;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{SessionId, Subject, UserId};
use countersign_domain::scope::Scope;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::claims::LogoutTokenClaims;
use countersign_domain::token::token_id::{Root, TokenId};
use countersign_ports::After;
use countersign_ports::prelude::*;
use std::time::Duration;

/// Front-channel logout notification of a client, sent through the browser (OpenID Connect Front-Channel Logout
/// section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontChannel {
    /// `frontchannel_logout_uri`.
    pub uri: RedirectUri,
    /// `sid`.
    pub session: SessionId,
}

impl<A: App> Sessions<A> {
    /// Lifetime of a logout token. Back-Channel Logout section 2.4 recommends at most two minutes.
    const LOGOUT_TOKEN_LIFETIME: Duration = Duration::from_secs(120);

    /// Ends a session, revokes its grants and notifies its clients. Returns the notifications that go through the
    /// browser. Grants with `offline_access` stay.
    pub async fn end(
        &self,
        tenant: &Tenant,
        session: SessionId,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let now = self.clock.now();
        // Lost: the session has already ended. Continue, to revoke grants that the first call missed.
        let _ = self.store.end_session(tenant.id, session, now).await?;
        self.after_end(tenant, session, now).await
    }

    /// Ends the session of a user who signs out. See [`Sessions::end`].
    pub async fn sign_out(
        &self,
        tenant: &Tenant,
        live: &LiveSession,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let session = live.session.id;
        let notified = self.end(tenant, session).await?;
        CurrentRequest::note_event(Action::USER_SIGNED_OUT, live.user.id, Some(session), &[]);
        tracing::info!(%session, "logged out");
        Ok(notified)
    }

    /// Ends all sessions of a user except one. See [`Sessions::end`].
    pub async fn end_all(
        &self,
        tenant: &Tenant,
        user: UserId,
        except: Option<SessionId>,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let now = self.clock.now();
        let ended = self.store.end_sessions(tenant.id, user, except, now);
        self.after_ends(tenant, ended.await?).await
    }

    /// Signs a user out everywhere: ends all sessions, revokes all grants and removes all trusted devices. Returns the
    /// number of grants. If one part fails, the others still run. Call it after changing the user's row, so that no new
    /// session or grant can follow.
    ///
    /// The sessions end first, so that no session can create another grant.
    pub(crate) async fn shut_out(&self, tenant: &Tenant, user: UserId) -> Result<u64, Failure> {
        let now = self.clock.now();
        let ended = self.store.end_sessions(tenant.id, user, None, now).await;
        let (ended, failed) = match ended {
            Ok(ended) => (ended, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let devices = self.store.remove_devices(tenant.id, user).await;
        let revoked = self.after_shut_out(tenant, user, ended).await?;
        devices?;
        failed.map_or(Ok(revoked), |error| Err(error.into()))
    }

    /// Revokes all grants of a user whose sessions have ended, and notifies clients. Returns the number of grants.
    pub(crate) async fn after_shut_out(
        &self,
        tenant: &Tenant,
        user: UserId,
        ended: Vec<SessionId>,
    ) -> Result<u64, Failure> {
        let now = self.clock.now();
        let subject = Subject::from(user);
        let revoked = self.store.revoke_all(tenant.id, &subject, None, now).await;
        self.after_ends(tenant, ended).await?;
        Ok(revoked?)
    }

    /// Revokes the grants of ended sessions and notifies clients. Processes each session even if another one fails.
    /// Returns the last failure.
    pub(crate) async fn after_ends(
        &self,
        tenant: &Tenant,
        sessions: Vec<SessionId>,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let now = self.clock.now();
        let mut notified = Vec::new();
        let mut failed = None;
        for session in sessions {
            match self.after_end(tenant, session, now).await {
                Ok(front_channel) => notified.extend(front_channel),
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(notified), Err)
    }

    async fn after_end(
        &self,
        tenant: &Tenant,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let mut notified = Vec::new();
        let mut front_channel = Vec::new();
        let mut after = After::start();
        loop {
            let grants = self.store.list_grants(tenant.id, session, after).await?;
            let last = grants.items.last().map(Grant::id);
            for grant in grants.items {
                self.after_end_of(tenant, &grant, now).await?;
                let client = grant.authorization().client();
                if !notified.contains(client) {
                    let (subject, client) = (&grant.authorization().subject, client.clone());
                    let uri = self.notify(tenant, &client, subject, session, now).await?;
                    front_channel.extend(uri.map(|uri| FrontChannel { uri, session }));
                    notified.push(client);
                }
            }
            match last {
                Some(last) if grants.has_more => after = After::key(last),
                _ => return Ok(front_channel),
            }
        }
    }

    /// Revokes a grant, unless its `offline_access` scope lets it outlive the session.
    async fn after_end_of(
        &self,
        tenant: &Tenant,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if !grant
            .authorization()
            .scope()
            .contains(Scope::OFFLINE_ACCESS)
        {
            // Lost: the grant is already revoked.
            let _ = self.store.revoke(tenant.id, grant.id(), now).await?;
        }
        Ok(())
    }

    /// Sends a back-channel logout token if the client is registered for it. Returns the front-channel logout URI of
    /// the client, if any.
    async fn notify(
        &self,
        tenant: &Tenant,
        client: &ClientId,
        user: &Subject,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Option<RedirectUri>, Failure> {
        let Some(client) = self.clients.find(tenant, client).await? else {
            return Ok(None);
        };
        if let Some(uri) = &client.openid.backchannel_logout_uri {
            let subject = client.openid.subject_type.subject_of(user);
            let token = self.logout_token(tenant, &client, (&subject, session), now);
            self.logout.send(uri, token.await?);
        }
        Ok(client.openid.frontchannel_logout_uri.clone())
    }

    async fn logout_token(
        &self,
        tenant: &Tenant,
        client: &Client,
        (subject, session): (&Subject, SessionId),
        now: Timestamp,
    ) -> Result<String, Failure> {
        let mut unique = [0; 12];
        self.entropy.fill(&mut unique);
        let claims = LogoutTokenClaims {
            issuer: &tenant.issuer,
            subject,
            audience: client.id.as_str(),
            session,
            issued_at: now,
            expires_at: now.plus(Self::LOGOUT_TOKEN_LIFETIME),
            token_id: TokenId {
                root: Root::Own,
                unique,
                mac: None,
            },
        };
        let algorithm = tenant.published_algorithm(client.signing_algorithm);
        let signed = self.signer.sign_logout_token(tenant.id, &claims, algorithm);
        Ok(signed.await?)
    }
}
