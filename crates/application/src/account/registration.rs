use super::Accounts;
use crate::access_tokens::LiveToken;
use crate::app::App;
use crate::attempts;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::mail::{Compose, Mail};
use crate::password::hash_new;
use crate::refusals;
use crate::tenants::room;
use crate::token::{ResponseForm, TokenIssuer, TokenResponse};
use crate::ways_in::may_sign_in_here;
use countersign_domain::audit::event::Action;
use countersign_domain::identifier::UserId;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::profile::{Address, Profile};
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{Message, Race};
use std::net::IpAddr;

/// Registration request of a new user.
pub struct NewUser<'a> {
    /// Email address; registration does not verify it.
    pub email: &'a str,
    /// Password.
    pub password: &'a Secret,
    /// Country code (ISO 3166-1 alpha-3).
    pub country: &'a str,
}

impl<A: App> Accounts<A> {
    /// Registers a new user at the request of a stranger.
    ///
    /// The result does not reveal whether the address is taken. In both cases the server hashes the password, and sends
    /// an email that tells the owner of the address what happened.
    pub async fn register(
        &self,
        tenant: &Tenant,
        new: NewUser<'_>,
        address: Option<IpAddr>,
        compose: Compose<'_>,
    ) -> Result<(), Failure> {
        if tenant.settings.registration_client.is_none() {
            return Err(refusals::REGISTRATION_CLOSED.into());
        }
        may_sign_in_here(tenant, &[])?;
        let (email, now) = (checked(&new)?, self.clock.now());
        // Each registration sends an email, so registrations share the rate limits of email codes.
        let targets = attempts::mails(new.email, address);
        attempts::take(&*self.store, tenant, &targets, (&[], None), now).await?;
        let user = self.new_user(tenant, &new, email, now).await?;
        room::for_user(&*self.store, tenant, now).await?;
        let inserted = self.store.insert_user(tenant.id, &user, None).await?;
        if inserted == Race::Won {
            CurrentRequest::note_event(Action::USER_REGISTERED, user.id, None, &[]);
        }
        let mail = match inserted {
            Race::Won => Mail::Registered,
            Race::Lost => Mail::AlreadyRegistered,
        };
        let letter = compose(mail, None);
        self.mailer.send(Message::new(user.email, letter));
        Ok(())
    }

    /// Registers a new user at the request of a client that may know which addresses are taken. Issues tokens for the
    /// tenant's registration client. If the tenant requires a second factor, it issues no tokens: the user has to set
    /// one up in a browser first.
    pub async fn register_for(
        &self,
        tenant: &Tenant,
        (caller, tokens): (&LiveToken, &TokenIssuer<A>),
        new: NewUser<'_>,
        form: ResponseForm,
    ) -> Result<(User, Option<TokenResponse>), Failure> {
        caller.may_register_users()?;
        let client = tenant.settings.registration_client.as_ref();
        let client = client.ok_or(refusals::REGISTRATION_CLOSED)?;
        // Reject the registration before a user is stored if the client may not start a sign-in.
        let client = tokens.own_client(tenant, client).await?;
        may_sign_in_here(tenant, &client.upstream_providers)?;
        let (email, now) = (checked(&new)?, self.clock.now());
        let user = self.new_user(tenant, &new, email, now).await?;
        room::for_user(&*self.store, tenant, now).await?;
        if self.store.insert_user(tenant.id, &user, None).await? == Race::Lost {
            return Err(refusals::EMAIL_TAKEN.into());
        }
        CurrentRequest::note_event(Action::USER_REGISTERED, user.id, None, &[]);
        let tokens = match tenant.settings.mfa.may_do_without() {
            Ok(()) => Some(tokens.log_in(tenant, &client, &user, form).await?),
            Err(_) => None,
        };
        Ok((user, tokens))
    }

    async fn new_user(
        &self,
        tenant: &Tenant,
        new: &NewUser<'_>,
        email: Email,
        now: Timestamp,
    ) -> Result<User, Failure> {
        let mut profile = Profile::default();
        profile.updated_at = Some(now);
        profile.address = Some(Address {
            country: Some(new.country.to_ascii_uppercase()),
            ..Address::default()
        });
        let about = [email.as_str()];
        let hash = hash_new(self.new_passwords(), tenant, new.password, &about).await?;
        let id = UserId::from_bytes(self.entropy.time_ordered_id());
        Ok(User {
            profile,
            password_hash: Some(hash),
            self_registered: true,
            ..User::new(id, email, now)
        })
    }
}

/// Checks the format of a registration. Returns the address.
fn checked(new: &NewUser<'_>) -> Result<Email, Refusal> {
    let email = Email::parse(new.email.trim()).map_err(|_| refusals::EMAIL_MALFORMED)?;
    let is_letter = |byte: u8| byte.is_ascii_alphabetic();
    if new.country.len() != 3 || !new.country.bytes().all(is_letter) {
        return Err(refusals::COUNTRY_MALFORMED);
    }
    Ok(email)
}
