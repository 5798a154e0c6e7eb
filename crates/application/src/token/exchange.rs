use super::exchange_parameters::ExchangeParameters;
use super::{Failure, Refusal, Tenant, Timestamp, TokenIssuer, User, requested};
use crate::access_tokens::LiveToken;
use crate::app::App;
use crate::current_request::CurrentRequest;
use countersign_domain::client::authentication::Caller;
use countersign_domain::decision::Decision;
use countersign_domain::grant::token_exchange::{
    ACCESS_TOKEN_TYPE, PresentedToken, TokenExchange, check_token_type,
};
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::token::issuance::Issuance;
use countersign_ports::names::CLIENT_CREDENTIALS_GTY;
use std::sync::Arc;

/// A presented token that is live.
struct Presented {
    live: LiveToken,
    /// Resource server for which the client received the token.
    receiver: Option<Arc<ResourceServer>>,
}

impl<A: App> TokenIssuer<A> {
    /// Exchanges an access token for another one (RFC 8693). Writes nothing. Also returns the user of the token.
    pub(super) async fn exchange(
        &self,
        tenant: &Tenant,
        caller: &Caller<'_>,
        parameters: &ExchangeParameters,
        resources: &[&str],
        now: Timestamp,
    ) -> Result<(Issuance, Option<Box<User>>), Failure> {
        caller.may_exchange_tokens()?;
        let asked = parameters.requested_token_type.as_deref();
        check_token_type(asked.unwrap_or(ACCESS_TOKEN_TYPE))?;
        check_token_type(&parameters.subject_token_type)?;
        let subject = self.presented(tenant, caller, &parameters.subject_token, now);
        let mut subject = subject.await.map_err(of(Refusal::of_subject_token))?;
        let actor = match &parameters.actor_token {
            Some((text, name)) => {
                check_token_type(name)?;
                let actor = self.presented(tenant, caller, text, now).await;
                let mut actor = actor.map_err(of(Refusal::of_actor_token))?;
                let enabled = actor.live.take_user();
                enabled.map_err(|refusal| refusal.of_actor_token())?;
                Some(actor)
            }
            None => None,
        };
        if let Some(grant) = &subject.live.grant {
            // Reading the actor noted another user.
            CurrentRequest::note_subject(&grant.authorization().subject);
        }
        let user = subject.live.take_user();
        let user = user.map_err(|refusal| refusal.of_subject_token())?;
        let audiences = parameters.audiences.iter().map(String::as_str);
        let targets: Vec<&str> = resources.iter().copied().chain(audiences).collect();
        let request = TokenExchange {
            subject: subject.facts(),
            actor: actor.as_ref().map(Presented::facts),
            targets: &targets,
            scope: requested(tenant, parameters.scope.as_deref()),
        };
        match caller.exchange_token(&request, &tenant.settings.lifetimes, now) {
            Decision::Issue(issuance) => {
                // The subject is still a client, and resource servers tell clients from users by `gty`.
                let is_client = subject.live.token.gty.as_deref() == Some(CLIENT_CREDENTIALS_GTY);
                let issuance = if is_client {
                    issuance.with_gty(CLIENT_CREDENTIALS_GTY)
                } else {
                    issuance
                };
                tracing::info!(
                    client_id = %issuance.client,
                    from = %subject.live.token.client,
                    audience = ?issuance.audience,
                    "access token exchanged"
                );
                Ok((issuance, user.map(Box::new)))
            }
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal.into()),
        }
    }
}

impl<A: App> TokenIssuer<A> {
    async fn presented(
        &self,
        tenant: &Tenant,
        caller: &Caller<'_>,
        text: &str,
        now: Timestamp,
    ) -> Result<Presented, Failure> {
        let token = self.access_tokens.known(tenant, text, now)?;
        let live = self
            .access_tokens
            .live_with_user(tenant, token, now)
            .await?;
        let client = &caller.client().id;
        let receiver = self.definitions.receiver(tenant.id, &live.token, client);
        let receiver = receiver.await?;
        Ok(Presented { live, receiver })
    }
}

impl Presented {
    fn facts(&self) -> PresentedToken<'_> {
        let Self { live, receiver } = self;
        PresentedToken {
            token: &live.token,
            grant: live.grant.as_ref(),
            client: &live.client,
            received_for: receiver.as_ref().map(|own| own.audience.as_str()),
        }
    }
}

/// Changes a refusal, and no other failure.
fn of(change: fn(&Refusal) -> Refusal) -> impl Fn(Failure) -> Failure {
    move |failure| match failure {
        Failure::Refused(refusal) => Failure::Refused(change(&refusal)),
        other => other,
    }
}
