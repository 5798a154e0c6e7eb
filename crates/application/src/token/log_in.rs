use super::{Failure, ResponseForm, Signer, Store, TokenIssuer, TokenResponse};
use countersign_domain::authentication::{Authentication, Method, Methods};
use countersign_domain::authorization_code::{AuthorizationCode, CodeExchange};
use countersign_domain::authorization_request::RequestedGrant;
use countersign_domain::claims_request::RequestedClaims;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::client_authentication::Credential;
use countersign_domain::decision::Decision;
use countersign_domain::identifier::GrantId;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refusal::Refusal;
use countersign_domain::user::User;
use countersign_ports::Race;
use std::sync::Arc;

impl<S: Store, G: Signer> TokenIssuer<S, G> {
    /// A public client of the deployment's own, and where its codes go: what [`TokenIssuer::log_in`] needs.
    pub(crate) async fn own_client(
        &self,
        id: &ClientId,
    ) -> Result<(Arc<Client>, RedirectUri), Failure> {
        let client = self.clients.registered(id.as_str()).await?;
        client.authenticate(&Credential::None, self.clock.now())?;
        let redirect_uri = client.redirect_uris.first().cloned();
        let redirect_uri = redirect_uri.ok_or(Refusal::RedirectUriNotRegistered)?;
        Ok((client, redirect_uri))
    }

    /// Tokens for a user who has just registered with a password: a code that never leaves this server, redeemed at
    /// once.
    pub(crate) async fn log_in(
        &self,
        (client, redirect_uri): (&Client, &RedirectUri),
        user: &User,
        form: ResponseForm,
    ) -> Result<TokenResponse, Failure> {
        let now = self.clock.now();
        let caller = client.authenticate(&Credential::None, now)?;
        let code = AuthorizationCode {
            grant: GrantId::from_bytes(self.entropy.time_ordered_id()),
            subject: user.id.into(),
            requested: RequestedGrant {
                client: client.id.clone(),
                redirect_uri: redirect_uri.clone(),
                scope: client.scope.clone(),
                challenge: None,
                nonce: None,
                claims: RequestedClaims::default(),
                resources: Vec::new(),
            },
            authentication: Authentication {
                time: now,
                methods: Methods::NONE.with(Method::Password),
                session: None,
            },
            password: None,
            expires_at: now.plus(self.settings.lifetimes.authorization_code),
        };
        let exchange = CodeExchange {
            redirect_uri: redirect_uri.as_str(),
            code_verifier: None,
            resources: &[],
        };
        match code.redeem(&exchange, &caller, &self.settings.lifetimes, now) {
            Decision::Issue(redemption) => match self.store.establish(&redemption.grant).await? {
                Race::Won => self.mint(redemption.issuance, form).await,
                Race::Lost => Err(Failure::Contended),
            },
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal.into()),
        }
    }
}
