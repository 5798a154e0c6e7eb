use super::{FirstFactor, SignIn};
use crate::attempts;
use crate::failure::Failure;
use crate::password::user_by_email;
use countersign_domain::attempts::Target;
use countersign_domain::authentication::Method;
use countersign_domain::identifier::{DeviceId, LoginId, UserId};
use countersign_domain::login::may_be_tried;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::{Secret, SecretDigest};
use countersign_domain::time::Timestamp;
use countersign_domain::user::Email;
use countersign_ports::{Message, PasswordHasher, Race, Store};
use std::net::IpAddr;

/// A login that waits for the code that was sent by mail. It is for its browser to carry, sealed, and the same
/// whether there is such a user or not.
#[derive(Clone, Debug)]
pub struct EmailCodeLogin {
    /// Names it where attempts are counted.
    pub login: LoginId,
    /// The address that was typed.
    pub email: String,
    /// Whose it is, if anybody's who may log in.
    pub user: Option<UserId>,
    /// The digest of the code with the name of the login. It is sealed, for the code has six digits alone.
    pub code: SecretDigest,
    /// When it is too late.
    pub expires_at: Timestamp,
}

impl<S: Store, P: PasswordHasher> SignIn<S, P> {
    /// Sends a code to an address, if there is a user of this address. `compose` writes the message around the
    /// code: subject and text.
    pub async fn send_email_code(
        &self,
        email: &str,
        address: Option<IpAddr>,
        compose: impl FnOnce(&str) -> (String, String) + Send,
    ) -> Result<EmailCodeLogin, Failure> {
        let now = self.clock.now();
        let sender = address.map(Target::Sender);
        let targets: Vec<_> = [Target::Mailbox(email)].into_iter().chain(sender).collect();
        attempts::take(&*self.store, &targets, now).await?;
        let user = user_by_email(&*self.store, email).await?;
        let user = user.filter(|user| user.enabled);
        let login = LoginId::from_bytes(self.entropy.time_ordered_id());
        let code = self.six_digits();
        let pending = EmailCodeLogin {
            login,
            email: email.to_owned(),
            user: user.as_ref().map(|user| user.id),
            code: digest(login, &code),
            expires_at: now.plus(self.lifetimes.login),
        };
        let (subject, text) = compose(&code);
        if let Some(user) = user {
            self.mailer.send(Message {
                recipient: user.email,
                subject,
                text,
            });
        }
        Ok(pending)
    }

    /// Logs in by the code that was sent. It is good once, and each try counts before it is looked at. The address is
    /// verified by it.
    pub async fn by_email_code(
        &self,
        pending: &EmailCodeLogin,
        code: &str,
        devices: &[DeviceId],
        address: Option<IpAddr>,
    ) -> Result<FirstFactor, Failure> {
        let now = self.clock.now();
        if pending.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired.into());
        }
        // Each guess counts before it is looked at, as six digits are few: no more of them are tried at the same moment
        // than one after the other, whatever the number of codes that were sent.
        let address: Vec<_> = address.map(Target::Address).into_iter().collect();
        attempts::check(&*self.store, &address, now).await?;
        let account = [Target::Account(&pending.email)];
        attempts::take(&*self.store, &account, now).await?;
        let tries = self
            .store
            .count_attempt(pending.login, pending.expires_at)
            .await?;
        may_be_tried(tries)?;
        let is_right = digest(pending.login, code.trim()).is(&pending.code);
        let Some(user) = pending.user.filter(|_| is_right) else {
            attempts::count(&*self.store, &address, now).await?;
            return Err(Refusal::OneTimeCodeWrong.into());
        };
        let mut user = self.enabled_user(user).await?;
        // With another address by now, they are not the one who reads mail there.
        if Email::parse(pending.email.trim()) != Ok(user.email.clone()) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let race = self.store.advance(pending.login, 1, pending.expires_at);
        if race.await? == Race::Lost {
            return Err(Refusal::LoginStepUsed.into());
        }
        if !user.email_verified {
            if self.store.verify_email(user.id, &user.email).await? == Race::Lost {
                return Err(Refusal::LoginStepExpired.into());
            }
            user.email_verified = true;
        }
        self.after_first_factor(user, Method::EmailCode, devices, now)
            .await
    }

    /// Each code is as likely as any other: numbers from the incomplete last million are thrown away.
    fn six_digits(&self) -> String {
        loop {
            let mut bytes = [0; 4];
            self.entropy.fill(&mut bytes);
            let number = u32::from_be_bytes(bytes);
            if number < u32::MAX - u32::MAX % 1_000_000 {
                return format!("{:06}", number % 1_000_000);
            }
        }
    }
}

fn digest(login: LoginId, code: &str) -> SecretDigest {
    Secret::new(format!("{login}:{code}")).digest()
}
