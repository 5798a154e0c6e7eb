use super::super::{Accounts, factors};
use super::form::{agreements, claims};
use super::place_of;
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::password::hash_new;
use crate::refusals;
use crate::sign_in::Proof;
use crate::tenants::room;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::audit::event::Action;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::identifier::UserId;
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::interaction::SignUpLogin;
use countersign_domain::login::methods::Method;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::invitation::Invitation;
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{Ceremony, Race};

/// What a new user entered.
pub struct NewAccount<'a> {
    /// How the user will sign in.
    pub credential: NewCredential<'a>,
    /// Claims that the tenant asks for.
    pub claims: Vec<(StandardClaim, String)>,
    /// Whether the user agrees to the documents of the tenant.
    pub agrees: bool,
}

/// Credential of a new user.
pub enum NewCredential<'a> {
    /// Password.
    Password(&'a Secret),
    /// Passkey: the response of the browser, as JSON.
    Passkey(&'a str),
}

impl<A: App> Accounts<A> {
    /// Starts the registration of a passkey for a new user, who can create one instead of a password. `None` where the
    /// tenant has no passkeys.
    pub async fn begin_sign_up_passkey(
        &self,
        tenant: &Tenant,
        login: &SignUpLogin,
    ) -> Result<Option<Ceremony>, Failure> {
        let email = Email::parse(&login.email).map_err(|_| refusals::LINK_INVALID)?;
        let invitation = if login.is_invited {
            Some(self.invitation(tenant, &email, login.link).await?)
        } else {
            None
        };
        if !self.passkeys.are_possible(tenant) || tenant.settings.mfa.may_enroll().is_err() {
            return Ok(None);
        }
        let user = User::new(self.id_of(invitation.as_ref()), email, self.clock.now());
        let begun = self.passkeys.begin_registration(tenant, &user, &[]);
        begun.map(Some).map_err(|error| factors::refused(&error))
    }

    /// Creates the account, and uses up the link and the invitation. The address is verified, so that a user without a
    /// password has a second way to sign in.
    pub async fn sign_up(
        &self,
        tenant: &Tenant,
        login: &SignUpLogin,
        new: NewAccount<'_>,
    ) -> Result<Proof, Failure> {
        let now = self.clock.now();
        let (email, invitation) = self.admitted(tenant, login).await?;
        let policy = &tenant.settings.sign_up;
        let (name, mut profile) = claims(policy, &new.claims)?;
        profile.updated_at = Some(now);
        profile.agreements = agreements(policy, new.agrees, now)?;
        let mut user = User {
            email_verified: true,
            name,
            profile,
            self_registered: true,
            ..User::new(self.id_of(invitation.as_ref()), email, now)
        };
        // Before the link is used up, so that it works once there is room.
        room::for_user(&*self.store, tenant, now).await?;
        let passkey = self
            .set_credential(tenant, login, &mut user, new.credential)
            .await?;
        self.links.take_place(tenant, place_of(login)).await?;
        if let Some(invitation) = &invitation {
            let id = user.id;
            user.groups = self.users.accept(tenant, id, invitation).await?;
        }
        if self.store.insert_user(tenant.id, &user, None).await? == Race::Lost {
            // Another browser or an operator was faster.
            return Err(refusals::LINK_INVALID.into());
        }
        let documents = policy.documents();
        let facts = documents.map(|(name, document)| (name, document.version.as_str()));
        let facts: Vec<_> = facts.collect();
        CurrentRequest::note_event(Action::USER_REGISTERED, user.id, None, &facts);
        if let Some(passkey) = &passkey {
            self.add_first(tenant, passkey).await?;
        }
        let method = passkey.map_or(Method::PASSWORD, |_| Method::PASSKEY);
        Ok(Proof {
            user,
            methods: Methods::NONE.with(Method::EMAIL_CODE).with(method),
            session: None,
        })
    }

    fn id_of(&self, invitation: Option<&Invitation>) -> UserId {
        let new = || UserId::from_bytes(self.entropy.time_ordered_id());
        invitation.map_or_else(new, |invitation| invitation.user)
    }

    /// Sets the password of a new user, or checks their passkey. A user without an invitation gets the identifier for
    /// which the browser created the passkey.
    async fn set_credential(
        &self,
        tenant: &Tenant,
        login: &SignUpLogin,
        user: &mut User,
        credential: NewCredential<'_>,
    ) -> Result<Option<Passkey>, Failure> {
        let answer = match credential {
            NewCredential::Password(password) => {
                let about = [
                    user.email.as_str(),
                    user.name.as_deref().unwrap_or_default(),
                ];
                let hash = hash_new(self.new_passwords(), tenant, password, &about).await?;
                user.password_hash = Some(hash);
                return Ok(None);
            }
            NewCredential::Passkey(answer) => answer,
        };
        tenant.settings.mfa.may_enroll()?;
        let state = login.passkey.as_deref().ok_or(refusals::PASSKEY_REFUSED)?;
        let passkey = self
            .passkeys
            .finish_registration(tenant, state, answer, "", user.created_at)
            .map_err(|error| factors::refused(&error))?;
        if login.is_invited && passkey.user != user.id {
            return Err(refusals::PASSKEY_REFUSED.into());
        }
        let known = self.store.find_passkey(tenant.id, &passkey.id);
        if known.await?.is_some() {
            return Err(refusals::PASSKEY_REFUSED.into());
        }
        user.id = passkey.user;
        Ok(Some(passkey))
    }

    /// Stores the passkey of a user who has just been created. If the process stops before, the user signs in with a code
    /// by email.
    async fn add_first(&self, tenant: &Tenant, passkey: &Passkey) -> Result<(), Failure> {
        if self.store.insert_passkey(tenant.id, passkey).await? == Race::Lost {
            return Err(refusals::PASSKEY_REFUSED.into());
        }
        let id = Base64UrlUnpadded::encode_string(&passkey.id);
        let facts = [("id", &*id), ("name", &passkey.name)];
        CurrentRequest::note_event(Action::USER_PASSKEY_ADDED, passkey.user, None, &facts);
        Ok(())
    }
}
