use super::{FirstFactor, SignIn};
use crate::app::App;
use crate::attempts::{self, bounded};
use crate::ephemera::{attempts_in_login, take_step};
use crate::failure::Failure;
use crate::password::user_by_email;
use countersign_domain::identifier::{DeviceId, LoginId, UserId};
use countersign_domain::login::attempts::Target;
use countersign_domain::login::authentication::Method;
use countersign_domain::login::may_be_tried;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::{Secret, SecretDigest};
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{Message, Race};
use std::net::IpAddr;

/// A sign-in that waits for the code that was sent by mail. Its browser carries it, sealed. It is the same whether there
/// is such a user or not.
#[derive(Clone, Debug)]
pub struct EmailCodeLogin {
    /// Identifier, under which attempts are counted.
    pub login: LoginId,
    /// Address that was typed.
    pub email: String,
    /// The enabled user of this address, if there is one.
    pub user: Option<UserId>,
    /// Digest of the code with the identifier. It is sealed, for the code has only six digits.
    pub code: SecretDigest,
    /// When the sign-in expires.
    pub expires_at: Timestamp,
}

impl<A: App> SignIn<A> {
    /// Sends a code to an address, if there is a user of this address. `compose` writes the message around the code:
    /// subject and text.
    pub async fn send_email_code(
        &self,
        tenant: &Tenant,
        email: &str,
        address: Option<IpAddr>,
        compose: impl FnOnce(&str) -> (String, String) + Send,
    ) -> Result<EmailCodeLogin, Failure> {
        let now = self.clock.now();
        let sender = address.map(Target::Sender);
        let targets: Vec<_> = [Target::Mailbox(email)].into_iter().chain(sender).collect();
        attempts::take(&*self.store, tenant.id, &targets, now).await?;
        let user = user_by_email(&*self.store, tenant.id, email).await?;
        let user = user.filter(|user| user.enabled);
        let login = LoginId::from_bytes(self.entropy.time_ordered_id());
        let code = self.six_digits();
        let pending = EmailCodeLogin {
            login,
            email: email.to_owned(),
            user: user.as_ref().map(|user| user.id),
            code: digest(login, &code),
            expires_at: now.plus(tenant.settings.lifetimes.login),
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

    /// Signs in by the code that was sent. It counts once, and each attempt counts before the code is looked at. The
    /// address is verified by it.
    pub async fn by_email_code(
        &self,
        tenant: &Tenant,
        pending: &EmailCodeLogin,
        code: &str,
        devices: &[DeviceId],
        address: Option<IpAddr>,
    ) -> Result<FirstFactor, Failure> {
        let now = self.clock.now();
        if pending.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let store = &*self.store;
        // Each guess counts before it is looked at, as six digits are few: no more of them are tried at the same moment
        // than one after the other, whatever the number of codes that were sent.
        let address: Vec<_> = address.map(Target::Address).into_iter().collect();
        attempts::check(store, tenant.id, &address, now).await?;
        let account = [Target::Account(&pending.email)];
        let login = [attempts_in_login(pending.login, pending.expires_at)];
        let totals = attempts::take_with(store, tenant.id, &account, &login, now).await?;
        may_be_tried(totals.first().copied().map_or(u32::MAX, bounded))?;
        let is_right = digest(pending.login, code.trim()).is(&pending.code);
        let Some(user) = pending.user.filter(|_| is_right) else {
            attempts::count(store, tenant.id, &address, now).await?;
            return Err(Refusal::OneTimeCodeWrong.into());
        };
        let user = self.enabled_user(tenant, user).await?;
        // With another address by now, they are not the one who reads mail there.
        if Email::parse(pending.email.trim()) != Ok(user.email.clone()) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let step = (pending.login, 1, pending.expires_at);
        take_step(store, tenant.id, step, now).await?;
        let user = self.verified(tenant, user).await?;
        self.after_first_factor(tenant, user, Method::EmailCode, devices, now)
            .await
    }

    /// The user, whose address is verified now.
    async fn verified(&self, tenant: &Tenant, mut user: User) -> Result<User, Failure> {
        if !user.email_verified {
            let verified = self.store.verify_email(tenant.id, user.id, &user.email);
            if verified.await? == Race::Lost {
                return Err(Refusal::LoginStepExpired.into());
            }
            user.email_verified = true;
        }
        Ok(user)
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
