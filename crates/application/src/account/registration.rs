use super::Accounts;
use crate::attempts;
use crate::failure::Failure;
use crate::token::{ResponseForm, TokenIssuer, TokenResponse};
use countersign_domain::attempts::Target;
use countersign_domain::identifier::UserId;
use countersign_domain::password::may_be_chosen;
use countersign_domain::profile::{Address, Profile};
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::user::{Email, User};
use countersign_ports::{PasswordHasher, Race, Signer, Store};
use std::net::IpAddr;

/// What somebody who registers says of themselves.
pub struct NewUser<'a> {
    /// The e-mail address, which is not verified by this.
    pub email: &'a str,
    /// The password.
    pub password: &'a Secret,
    /// A country code (ISO 3166-1 alpha-3).
    pub country: &'a str,
    /// Where it is from, if known.
    pub address: Option<IpAddr>,
}

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    /// Makes a user who registers themselves, and logs them in at the client of the settings: not where everybody
    /// has to have a second factor, which they have to enroll in a browser first.
    pub async fn register<G: Signer>(
        &self,
        tokens: &TokenIssuer<S, G>,
        new: NewUser<'_>,
        form: ResponseForm,
    ) -> Result<(User, Option<TokenResponse>), Failure> {
        let client = self.settings.registration_client.as_ref();
        let client = client.ok_or(Refusal::RegistrationClosed)?;
        // A client that nobody can be logged in at is found out before anybody is stored.
        let (client, redirect_uri) = tokens.own_client(client).await?;
        let email = Email::parse(new.email.trim()).map_err(|_| Refusal::EmailMalformed)?;
        let is_letter = |byte: u8| byte.is_ascii_alphabetic();
        if new.country.len() != 3 || !new.country.bytes().all(is_letter) {
            return Err(Refusal::CountryMalformed.into());
        }
        may_be_chosen(new.password.expose_secret(), &email)?;
        let now = self.clock.now();
        // As with codes by mail: an address is borne with for a while.
        let targets: Vec<_> = new.address.map(Target::Sender).into_iter().collect();
        attempts::take(&*self.store, &targets, now).await?;
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
        };
        if self.store.insert_user(&user).await? == Race::Lost {
            return Err(Refusal::EmailTaken.into());
        }
        let tokens = match self.settings.mfa.may_do_without() {
            Ok(()) => Some(tokens.log_in((&client, &redirect_uri), &user, form).await?),
            Err(_) => None,
        };
        Ok((user, tokens))
    }
}
