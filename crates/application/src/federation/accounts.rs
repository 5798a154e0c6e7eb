//! The account of a user who signs in at a provider.

use super::arrival::Arrival;
use super::identities::of_sign_in;
use super::{Federation, with_evidence};
use crate::admin::reach::{administrators, roles_of};
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::refusals;
use crate::tenants::room;
use countersign_domain::administration::holder::Holder;
use countersign_domain::federation::account::{AddressOwner, Linking, NotLinked, UpstreamUser};
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::identifier::UserId;
use countersign_domain::login::interaction::UpstreamSignIn;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{Race, UserKey};

/// Account of a user who signs in at a provider.
pub(crate) enum Account {
    /// The identity is linked to this user, who may have been created for it.
    Linked(User),
    /// The identity will be linked to this user, the owner of the address.
    Owner {
        user: User,
        /// Whether the account must be handed over to the owner of the address first.
        hands_over: bool,
    },
}

impl<A: App> Federation<A> {
    /// Returns the account of a user of a provider. Creates it if the provider may.
    pub(crate) async fn account(
        &self,
        tenant: &Tenant,
        arrival: &Arrival,
    ) -> Result<Account, Failure> {
        // Twice, because a concurrent first sign-in may create the account.
        for _ in 0..2 {
            if let Some(account) = self.try_account(tenant, arrival).await? {
                return Ok(account);
            }
        }
        Err(Failure::Contended)
    }

    /// Returns `None` if a concurrent change was faster.
    async fn try_account(
        &self,
        tenant: &Tenant,
        Arrival { provider, user, .. }: &Arrival,
    ) -> Result<Option<Account>, Failure> {
        if let Some(identity) = self.identity(tenant, &user.issuer, &user.subject).await? {
            CurrentRequest::note_user(identity.user);
            let key = UserKey::Id(identity.user);
            let own = self.store.find_user(tenant.id, key).await?;
            let own = own.filter(|own| own.enabled).ok_or(Refusal::LoginFailed)?;
            return Ok(Some(Account::Linked(own)));
        }
        let owner = match &user.email {
            Some(email) => {
                let key = UserKey::Email(&email.address);
                self.store.find_user(tenant.id, key).await?
            }
            None => None,
        };
        let is_administrator = match &owner {
            Some(owner) => self.is_administrator(tenant, owner.id).await?,
            None => false,
        };
        let known = owner.as_ref().map(|user| AddressOwner {
            user,
            is_administrator,
        });
        match (provider.linking(user, known), owner) {
            (Linking::Link { hands_over }, Some(user)) => {
                CurrentRequest::note_user(user.id);
                Ok(Some(Account::Owner { user, hands_over }))
            }
            (Linking::Create, None) => {
                let created = self.create(tenant, provider, user).await?;
                Ok(created.map(Account::Linked))
            }
            (Linking::Refuse(reason), _) => Err(refusal(provider, reason).into()),
            // The rule links only to an owner, and creates an account only without one.
            (Linking::Link { .. } | Linking::Create, _) => Err(Refusal::LoginFailed.into()),
        }
    }

    async fn is_administrator(&self, tenant: &Tenant, user: UserId) -> Result<bool, Failure> {
        Ok(!self.admin_roles(tenant, user).await?.is_empty())
    }

    /// Returns the names of the admin roles of a user, also through groups.
    pub async fn admin_roles(&self, tenant: &Tenant, user: UserId) -> Result<Vec<String>, Failure> {
        let all = administrators(&*self.store, tenant).await?;
        let roles = roles_of(&*self.store, tenant, &all, &Holder::User(user)).await?;
        Ok(roles.iter().map(ToString::to_string).collect())
    }

    /// Creates the account of a user of a provider. Returns `None` if the address or the identity is taken.
    async fn create(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        upstream: &UpstreamUser,
    ) -> Result<Option<User>, Failure> {
        let Some(email) = &upstream.email else {
            return Ok(None);
        };
        let now = self.clock.now();
        room::for_user(&*self.store, tenant, now).await?;
        let id = UserId::from_bytes(self.entropy.time_ordered_id());
        let mut user = User {
            email_verified: email.is_proved,
            // Without proof, the user may be a stranger to the owner of the address.
            self_registered: true,
            ..User::new(id, email.address.clone(), now)
        };
        user.profile.updated_at = Some(now);
        upstream.put_profile(&mut user);
        self.put_groups_and_roles(tenant, provider, upstream, &mut user)
            .await?;
        let identity = of_sign_in(&sign_in_of(provider, upstream, id, None, false), now);
        let event = self.users.created_upstream(tenant, provider, &user).await?;
        let inserted = self
            .store
            .insert_user_with_identity(tenant.id, &user, &identity, &event);
        if inserted.await? == Race::Lost {
            return Ok(None);
        }
        tracing::info!(
            event = "user_created",
            user = %id,
            provider = provider.name.as_str(),
            "created the account of a user of an upstream provider"
        );
        CurrentRequest::note_user(id);
        Ok(Some(User { version: 1, ..user }))
    }
}

/// Returns what an interaction remembers of a sign-in at a provider.
pub(crate) fn sign_in_of(
    provider: &UpstreamProvider,
    upstream: &UpstreamUser,
    user: UserId,
    session: Option<String>,
    is_new: bool,
) -> UpstreamSignIn {
    let email = upstream.email.as_ref();
    UpstreamSignIn {
        user,
        provider: provider.name.clone(),
        issuer: upstream.issuer.clone(),
        subject: upstream.subject.clone(),
        email: email.map(|email| email.address.to_string()),
        session,
        is_new,
    }
}

fn refusal(provider: &UpstreamProvider, reason: NotLinked) -> Refusal {
    let refusal = match reason {
        NotLinked::NoEmail => refusals::UPSTREAM_EMAIL_MISSING,
        NotLinked::AddressTaken => refusals::UPSTREAM_ADDRESS_TAKEN,
        NotLinked::Administrator => refusals::UPSTREAM_ADMINISTRATOR,
        NotLinked::NoAccount => refusals::UPSTREAM_ACCOUNT_MISSING,
        NotLinked::Disabled => return Refusal::LoginFailed,
    };
    with_evidence(&refusal, &provider.name, "the identity is not linked")
}
