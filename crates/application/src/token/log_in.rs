use super::{Failure, ResponseForm, TokenIssuer, TokenResponse};
use crate::app::App;
use countersign_domain::authorize::ResourceOwner;
use countersign_domain::client::authentication::{Credential, RegisteredClient};
use countersign_domain::client::{Client, ClientId};
use countersign_domain::decision::Decision;
use countersign_domain::grant::redemption::Insertion;
use countersign_domain::identifier::GrantId;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;
use std::sync::Arc;

impl<A: App> TokenIssuer<A> {
    /// Returns a client whose users [`TokenIssuer::log_in`] can sign in.
    pub(crate) async fn own_client(
        &self,
        tenant: &Tenant,
        id: &ClientId,
    ) -> Result<Arc<Client>, Failure> {
        let client = self.clients.registered(tenant, id.as_str()).await?;
        RegisteredClient::from_stored(&client)
            .authenticate(&Credential::None, self.clock.now())?
            .may_log_in()?;
        Ok(client)
    }

    /// Issues tokens for a user who just registered with a password.
    pub(crate) async fn log_in(
        &self,
        tenant: &Tenant,
        client: &Arc<Client>,
        user: &User,
        form: ResponseForm,
    ) -> Result<TokenResponse, Failure> {
        let now = self.clock.now();
        let caller = RegisteredClient::from_stored(client).authenticate(&Credential::None, now)?;
        let grant = GrantId::from_bytes(self.entropy.time_ordered_id());
        let owner = ResourceOwner {
            subject: user.id.into(),
            authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
            session: None,
            password: None,
        };
        let redemption = match caller.log_in(grant, owner, &tenant.settings.lifetimes, now) {
            Decision::Issue(redemption) => redemption,
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => return Err(refusal.into()),
        };
        let answer = match self.store.establish(tenant.id, redemption.grant()).await? {
            Race::Won => Insertion::Won,
            Race::Lost => return Err(Failure::Contended),
        };
        match redemption.stored(answer) {
            Decision::Issue(issuance) => self.mint(tenant, client, (issuance, None), form).await,
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal.into()),
        }
    }
}
