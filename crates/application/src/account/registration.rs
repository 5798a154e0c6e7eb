use super::Accounts;
use crate::app::App;
use crate::attempts;
use crate::failure::Failure;
use crate::token::{ResponseForm, TokenIssuer, TokenResponse};
use countersign_domain::identifier::UserId;
use countersign_domain::later::LaterMembers;
use countersign_domain::login::attempts::Target;
use countersign_domain::login::password::may_be_chosen;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::profile::{Address, Profile};
use countersign_domain::user::{Email, User};
use countersign_ports::Race;
use countersign_ports::prelude::*;
use std::net::IpAddr;

/// Registration request of a new user.
pub struct NewUser<'a> {
    /// Email address; registration does not verify it.
    pub email: &'a str,
    /// Password.
    pub password: &'a Secret,
    /// Country code (ISO 3166-1 alpha-3).
    pub country: &'a str,
    /// Network address of the request, if known.
    pub address: Option<IpAddr>,
}

impl<A: App> Accounts<A> {
    /// Registers a new user and issues tokens for the tenant's registration client. If the tenant requires a second
    /// factor, it issues no tokens: the user has to set one up in a browser first.
    pub async fn register(
        &self,
        tenant: &Tenant,
        tokens: &TokenIssuer<A>,
        new: NewUser<'_>,
        form: ResponseForm,
    ) -> Result<(User, Option<TokenResponse>), Failure> {
        let client = tenant.settings.registration_client.as_ref();
        let client = client.ok_or(Refusal::RegistrationClosed)?;
        // Reject the registration before a user is stored if the client may not start a sign-in.
        let client = tokens.own_client(tenant, client).await?;
        let email = Email::parse(new.email.trim()).map_err(|_| Refusal::EmailMalformed)?;
        let is_letter = |byte: u8| byte.is_ascii_alphabetic();
        if new.country.len() != 3 || !new.country.bytes().all(is_letter) {
            return Err(Refusal::CountryMalformed.into());
        }
        may_be_chosen(new.password.expose_secret(), &email)?;
        let now = self.clock.now();
        // Registrations share the rate limit of email codes.
        let targets: Vec<_> = new.address.map(Target::Sender).into_iter().collect();
        attempts::take(&*self.store, tenant.id, &targets, &[], now).await?;
        let mut profile = Profile::default();
        profile.updated_at = Some(now);
        profile.address = Some(Address {
            country: Some(new.country.to_ascii_uppercase()),
            ..Address::default()
        });
        let user = User {
            id: UserId::from_bytes(self.entropy.time_ordered_id()),
            email,
            email_verified: false,
            name: None,
            profile,
            enabled: true,
            password_hash: Some(self.passwords.hash(new.password).await?),
            sealed_totp_secret: None,
            created_at: now,
            self_registered: true,
            version: 0,
            later: LaterMembers::default(),
        };
        if self.store.insert_user(tenant.id, &user, None).await? == Race::Lost {
            return Err(Refusal::EmailTaken.into());
        }
        let tokens = match tenant.settings.mfa.may_do_without() {
            Ok(()) => Some(tokens.log_in(tenant, &client, &user, form).await?),
            Err(_) => None,
        };
        Ok((user, tokens))
    }
}
