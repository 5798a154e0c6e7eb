//! The end of sessions, and the clients that are notified.

use super::Sessions;
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{SessionId, Subject, UserId};
use countersign_domain::scope::Scope;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::claims::{LogoutTokenClaims, TokenId};
use countersign_ports::After;
use countersign_ports::prelude::*;
use std::time::Duration;

/// A client that is notified of a logout through the browser (OpenID Connect Front-Channel Logout section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontChannel {
    /// `frontchannel_logout_uri`.
    pub uri: RedirectUri,
    /// `sid`.
    pub session: SessionId,
}

impl<A: App> Sessions<A> {
    /// Lifetime of a logout token (Back-Channel Logout section 2.4 recommends two minutes at most).
    const LOGOUT_TOKEN_LIFETIME: Duration = Duration::from_secs(120);

    /// Ends a session and the grants that go with it, and notifies the clients that were part of it. Returns those that
    /// are notified through the browser.
    pub async fn end(
        &self,
        tenant: &Tenant,
        session: SessionId,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let now = self.clock.now();
        // Lost: it has ended already. Grants that the first end did not see end now.
        let _ = self.store.end_session(tenant.id, session, now).await?;
        self.after_end(tenant, session, now).await
    }

    /// Ends all sessions of a user but for one, as [`Sessions::end`] does.
    pub async fn end_all(
        &self,
        tenant: &Tenant,
        user: UserId,
        except: Option<SessionId>,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let now = self.clock.now();
        let ended = self.store.end_sessions(tenant.id, user, except, now);
        self.after_ends(tenant, ended.await?, now).await
    }

    /// Ends all sessions of a user and revokes all grants of the user; returns the number of grants. No part that fails
    /// keeps another from being done.
    ///
    /// The sessions end before the grants, so that no session makes another grant.
    pub(crate) async fn shut_out(&self, tenant: &Tenant, user: UserId) -> Result<u64, Failure> {
        let now = self.clock.now();
        let ended = self.store.end_sessions(tenant.id, user, None, now).await;
        let subject = Subject::from(user);
        let revoked = self.store.revoke_all(tenant.id, &subject, None, now).await;
        self.after_ends(tenant, ended?, now).await?;
        Ok(revoked?)
    }

    /// A session of which the notifications fail keeps no other from its own.
    async fn after_ends(
        &self,
        tenant: &Tenant,
        sessions: Vec<SessionId>,
        now: Timestamp,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let mut told = Vec::new();
        let mut failed = None;
        for session in sessions {
            match self.after_end(tenant, session, now).await {
                Ok(front_channel) => told.extend(front_channel),
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(told), Err)
    }

    async fn after_end(
        &self,
        tenant: &Tenant,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let mut told = Vec::new();
        let mut front_channel = Vec::new();
        let mut after = After::start();
        loop {
            let grants = self.store.list_grants(tenant.id, session, after).await?;
            let last = grants.items.last().map(|grant| grant.id);
            for grant in grants.items {
                self.after_end_of(tenant, &grant, now).await?;
                let client = grant.authorization.client();
                if !told.contains(client) {
                    let (subject, client) = (&grant.authorization.subject, client.clone());
                    let uri = self.tell(tenant, &client, subject, session, now).await?;
                    front_channel.extend(uri.map(|uri| FrontChannel { uri, session }));
                    told.push(client);
                }
            }
            match last {
                Some(last) if grants.has_more => after = After::key(last),
                _ => return Ok(front_channel),
            }
        }
    }

    /// Grants that reach beyond the session (`offline_access`) stay.
    async fn after_end_of(
        &self,
        tenant: &Tenant,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if !grant.authorization.scope().contains(Scope::OFFLINE_ACCESS) {
            // Lost: it is revoked already, which is all that is wanted.
            let _ = self.store.revoke(tenant.id, grant.id, now).await?;
        }
        Ok(())
    }

    /// Notifies a client from server to server, if it is registered for that. Returns where it is to be notified through
    /// the browser.
    async fn tell(
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
                grant: None,
                unique,
            },
        };
        let algorithm = tenant.published_algorithm(client.signing_algorithm);
        let signed = self.signer.sign_logout_token(tenant.id, &claims, algorithm);
        Ok(signed.await?)
    }
}
