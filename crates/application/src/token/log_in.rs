use super::{Failure, ResponseForm, TokenIssuer, TokenResponse};
use crate::app::App;
use countersign_domain::authorize::CodeBinding;
use countersign_domain::authorize::claims_request::RequestedClaims;
use countersign_domain::client::authentication::Credential;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::decision::Decision;
use countersign_domain::evidence::Evidence;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeExchange};
use countersign_domain::identifier::GrantId;
use countersign_domain::later::LaterFacts;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;
use std::sync::Arc;

impl<A: App> TokenIssuer<A> {
    /// Returns a public client and its first redirect URI, for [`TokenIssuer::log_in`].
    pub(crate) async fn own_client(
        &self,
        tenant: &Tenant,
        id: &ClientId,
    ) -> Result<(Arc<Client>, RedirectUri), Failure> {
        let client = self.clients.registered(tenant, id.as_str()).await?;
        client.authenticate(&Credential::None, self.clock.now())?;
        let redirect_uri = client.redirect_uris.first().cloned();
        let none = || Refusal::RedirectUriNotRegistered(Evidence::of(""));
        Ok((client, redirect_uri.ok_or_else(none)?))
    }

    /// Issues tokens for a user who just registered with a password. Internally issues an authorization code and
    /// redeems it.
    pub(crate) async fn log_in(
        &self,
        tenant: &Tenant,
        (client, redirect_uri): (&Arc<Client>, &RedirectUri),
        user: &User,
        form: ResponseForm,
    ) -> Result<TokenResponse, Failure> {
        let now = self.clock.now();
        let lifetimes = &tenant.settings.lifetimes;
        let caller = client.authenticate(&Credential::None, now)?;
        let code = AuthorizationCode {
            grant: GrantId::from_bytes(self.entropy.time_ordered_id()),
            authorization: Authorization {
                access: Access {
                    client: client.id.clone(),
                    scope: client.scope.clone(),
                    resources: Vec::new(),
                    claims: RequestedClaims::default(),
                    later: LaterFacts::none(),
                },
                subject: user.id.into(),
                authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
                session: None,
                bound_to_verifier: false,
            },
            binding: CodeBinding {
                redirect_uri: redirect_uri.clone(),
                challenge: None,
                nonce: None,
            },
            password: None,
            expires_at: now.plus(lifetimes.authorization_code),
        };
        let exchange = CodeExchange {
            redirect_uri: redirect_uri.as_str(),
            code_verifier: None,
            resources: &[],
        };
        let redemption = match code.redeem(&exchange, &caller, lifetimes, now) {
            Decision::Issue(redemption) => redemption,
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => return Err(refusal.into()),
        };
        match self.store.establish(tenant.id, &redemption.grant).await? {
            Race::Won => {
                self.mint(tenant, client, (redemption.issuance, None), form)
                    .await
            }
            Race::Lost => Err(Failure::Contended),
        }
    }
}
