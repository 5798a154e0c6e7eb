use super::answer::{Answer, Answered, FirstFactor, Prompt, Prompted, Visitor};
use super::method::LoginMethod;
use super::use_cases::SignIn;
use crate::app::App;
use crate::attempts::{self, AttemptSource, bounded};
use crate::current_request::CurrentRequest;
use crate::ephemera::{attempts_in_login, take_step};
use crate::failure::Failure;
use crate::mail::{Compose, Mail, post};
use crate::one_time_code::six_digits;
use crate::password::user_by_email;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::interaction::{EmailCodeLogin, Interaction, Pending};
use countersign_domain::login::may_be_tried;
use countersign_domain::login::methods::Method;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::{Secret, SecretDigest};
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{Message, Race};
use std::net::IpAddr;

/// [`Method::EMAIL_CODE`].
pub(super) struct EmailCode;

impl<A: App> LoginMethod<A> for EmailCode {
    fn is_offered(sign_in: &SignIn<A>, _: &Tenant) -> bool {
        sign_in.mailer.is_set_up()
    }

    async fn ask(
        _: &SignIn<A>,
        _: &Tenant,
        interaction: &mut Interaction,
    ) -> Result<Prompted, Failure> {
        Ok(Prompted::Prompt(match &interaction.pending {
            Some(Pending::EmailCode(login)) => Prompt::Code {
                sent_to: Some(login.email.clone()),
                digits: true,
            },
            _ => Prompt::Address,
        }))
    }

    /// If the answer has an email address, sends a code, even if an earlier code is pending.
    async fn judge(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
        answer: Answer,
        visitor: &Visitor<'_>,
    ) -> Result<Answered, Failure> {
        let pending = match (&interaction.pending, &answer.email) {
            (Some(Pending::EmailCode(login)), None) => Some(login.clone()),
            _ => None,
        };
        let Some(login) = pending else {
            let Some(email) = answer.email else {
                return Ok(Answered::Incomplete("email"));
            };
            let sent =
                sign_in.send_email_code(tenant, &email, visitor.source.address, visitor.compose);
            let failure = match sent.await {
                Ok(login) => {
                    interaction.pending = Some(Pending::EmailCode(login));
                    None
                }
                Err(failure) => Some(failure),
            };
            return Ok(Answered::Ask(Method::EMAIL_CODE, failure));
        };
        let Some(code) = answer.code else {
            return Ok(Answered::Incomplete("code"));
        };
        let outcome = sign_in.by_email_code(tenant, (&login, &code), visitor);
        let outcome = (Method::EMAIL_CODE, outcome.await);
        sign_in
            .after(tenant, interaction, outcome, visitor.requested)
            .await
    }
}

impl<A: App> SignIn<A> {
    /// Sends a code to an email address if it belongs to an enabled user. Otherwise, the mail is withheld.
    pub async fn send_email_code(
        &self,
        tenant: &Tenant,
        email: &str,
        address: Option<IpAddr>,
        compose: Compose<'_>,
    ) -> Result<EmailCodeLogin, Failure> {
        let now = self.clock.now();
        let targets = attempts::mails(email, address);
        let taken = attempts::take(&*self.store, tenant, &targets, (&[], Some(email)), now);
        let user = taken.await?.user.filter(|user| user.enabled);
        let login = LoginId::from_bytes(self.entropy.time_ordered_id());
        let code = six_digits(&*self.entropy);
        let pending = EmailCodeLogin {
            login,
            email: email.to_owned(),
            user: user.as_ref().map(|user| user.id),
            code: digest(login, &code),
            expires_at: now.plus(tenant.settings.lifetimes.login()),
        };
        let letter = compose(Mail::Code(&code), user.as_ref());
        post(&*self.mailer, user.map(|user| user.email), email, letter);
        Ok(pending)
    }

    /// Signs in with an emailed code. The code is single-use and verifies the email address.
    ///
    /// If the user registered with an address that was never verified, the registrant may be a stranger, who waits for
    /// the owner of the address to use the account (account pre-hijacking). So everything that was set up before
    /// ends: password, second factors, sessions and grants.
    pub async fn by_email_code(
        &self,
        tenant: &Tenant,
        (pending, code): (&EmailCodeLogin, &str),
        visitor: &Visitor<'_>,
    ) -> Result<FirstFactor, Failure> {
        let now = self.clock.now();
        let user = self
            .check_email_code(tenant, (pending, code), visitor.source, now)
            .await?;
        let user = self.verified_by_mail(tenant, user, visitor, now).await?;
        self.after_first_factor(tenant, user, Method::EMAIL_CODE, visitor.devices, now)
            .await
    }

    /// Marks the address of a user as verified, after proof of access to the mailbox. Hands the account over to the owner
    /// of the address if a stranger may have registered it.
    pub(super) async fn verified_by_mail(
        &self,
        tenant: &Tenant,
        mut user: User,
        visitor: &Visitor<'_>,
        now: Timestamp,
    ) -> Result<User, Failure> {
        if user.may_be_of_stranger() {
            user = self.hand_over(tenant, user, now).await?;
            let letter = (visitor.compose)(Mail::AddressVerified, Some(&user));
            self.mailer.send(Message::new(user.email.clone(), letter));
        } else {
            self.verify(tenant, &mut user).await?;
        }
        Ok(user)
    }

    /// Verifies the address of a signed-in user with an emailed code.
    pub async fn verify_address(
        &self,
        tenant: &Tenant,
        (pending, code): (&EmailCodeLogin, &str),
        source: AttemptSource<'_>,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let checked = self.check_email_code(tenant, (pending, code), source, now);
        let mut user = checked.await?;
        self.verify(tenant, &mut user).await
    }

    /// Checks an emailed code and uses it up. Returns its user.
    async fn check_email_code(
        &self,
        tenant: &Tenant,
        (pending, code): (&EmailCodeLogin, &str),
        source: AttemptSource<'_>,
        now: Timestamp,
    ) -> Result<User, Failure> {
        if let Some(user) = pending.user {
            CurrentRequest::note_user(user);
        }
        if pending.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let store = &*self.store;
        // Count each attempt before the check, because a six-digit code can be guessed. This way the rate limit also
        // applies to concurrent guesses, and across all codes sent to the address.
        let typed = match source.device {
            Some(_) => user_by_email(store, tenant.id, &pending.email).await?,
            None => None,
        };
        // A stranger who registered the address could make any number of devices known to guess its code.
        let typed = typed.filter(|user| !user.may_be_of_stranger());
        let targets = attempts::logins(&pending.email, typed.as_ref(), source);
        let login = [attempts_in_login(pending.login, pending.expires_at)];
        let taken = attempts::take(store, tenant, &targets, (&login, None), now).await?;
        may_be_tried(taken.others.first().copied().map_or(u32::MAX, bounded))?;
        let is_right = digest(pending.login, code.trim()).is(&pending.code);
        let Some(user) = pending.user.filter(|_| is_right) else {
            return Err(Refusal::OneTimeCodeWrong.into());
        };
        let user = self.enabled_user(tenant, user).await?;
        // If the user has changed their email address, the owner of that mailbox may be a different person.
        if Email::parse(pending.email.trim()) != Ok(user.email.clone()) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let step = (pending.login, 1, pending.expires_at);
        take_step(store, tenant.id, step, now).await?;
        attempts::give_back(store, tenant.id, &targets, now).await;
        Ok(user)
    }

    /// Marks the address of the user as verified.
    async fn verify(&self, tenant: &Tenant, user: &mut User) -> Result<(), Failure> {
        if !user.email_verified {
            let verified = self.store.verify_email(tenant.id, user.id, &user.email);
            if verified.await? == Race::Lost {
                return Err(Refusal::LoginStepExpired.into());
            }
            user.email_verified = true;
        }
        Ok(())
    }
}

fn digest(login: LoginId, code: &str) -> SecretDigest {
    Secret::new(format!("{login}:{code}")).digest()
}
