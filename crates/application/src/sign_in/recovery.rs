use super::answer::{Answered, FirstFactor, Proof, Visitor};
use super::use_cases::SignIn;
use crate::app::App;
use crate::attempts::{self, AttemptSource};
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::mail::{Compose, FoundLink, LinkId, LinkMail, Mail, NewLink, post};
use countersign_domain::audit::event::Action;
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::{Interaction, Recovered, RecoveryLogin};
use countersign_domain::login::mailed_link::LinkPurpose;
use countersign_domain::login::methods::Method;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use std::net::IpAddr;

impl<A: App> SignIn<A> {
    /// Sends a link and a code to an email address, with which its user can choose a new password.
    ///
    /// An address without an account causes the same work: the link is stored, and the mail is composed, queued and
    /// withheld. Rate limits per address and sender apply to both.
    pub async fn begin_recovery(
        &self,
        tenant: &Tenant,
        email: &str,
        address: Option<IpAddr>,
        compose: Compose<'_>,
    ) -> Result<RecoveryLogin, Failure> {
        let now = self.clock.now();
        let targets = attempts::mails(email, address);
        let taken = attempts::take(&*self.store, tenant, &targets, (&[], Some(email)), now);
        let user = taken.await?.user.filter(|user| user.enabled);
        let new = NewLink {
            purpose: LinkPurpose::RECOVERY,
            user: user.as_ref(),
            email,
            data: Vec::new(),
            lifetime: tenant.settings.recovery.link,
        };
        let made = self.links.make(tenant, new).await?;
        let mail = LinkMail {
            token: &made.token,
            code: &made.code,
            lifetime: tenant.settings.recovery.link,
        };
        let letter = compose(Mail::Recovery(mail), user.as_ref());
        post(&*self.mailer, user.map(|user| user.email), email, letter);
        Ok(RecoveryLogin {
            link: made.id.id,
            email: email.to_owned(),
            expires_at: made.id.expires_at,
        })
    }

    /// Returns the link of a token. Changes nothing.
    pub async fn recovery_link(
        &self,
        tenant: &Tenant,
        token: &Secret,
    ) -> Result<FoundLink, Failure> {
        self.links.find(tenant, LinkPurpose::RECOVERY, token).await
    }

    /// Returns the link of a code.
    pub async fn recovery_code(
        &self,
        tenant: &Tenant,
        (login, code): (&RecoveryLogin, &str),
        source: AttemptSource<'_>,
    ) -> Result<FoundLink, Failure> {
        CurrentRequest::note_attempt(Method::EMAIL_CODE);
        let id = LinkId {
            id: login.link,
            expires_at: login.expires_at,
        };
        let link = (LinkPurpose::RECOVERY, id);
        self.links.find_by_code(tenant, link, code, source).await
    }

    /// Uses up a link or its code. This is the first factor of a sign-in, after which the user chooses a new password.
    /// The user must then provide the second factor, if there is one. A trusted device does not skip it.
    ///
    /// The link verifies the address. If the user registered without verifying it, everything that was set up before
    /// ends, as with a code to sign in.
    pub async fn recover(
        &self,
        tenant: &Tenant,
        interaction: &mut Interaction,
        found: FoundLink,
        visitor: &Visitor<'_>,
    ) -> Result<Answered, Failure> {
        let now = self.clock.now();
        CurrentRequest::note_attempt(Method::EMAIL_CODE);
        CurrentRequest::note_user(found.user.id);
        self.links.take(tenant, &found).await?;
        let user = self
            .verified_by_mail(tenant, found.user, visitor, now)
            .await?;
        CurrentRequest::note_event(Action::USER_RECOVERY_STARTED, user.id, None, &[]);
        interaction.recovered = Some(Recovered {
            user: user.id,
            at: now,
            password: user.password_mark(),
        });
        let methods = Methods::NONE.with(Method::EMAIL_CODE);
        let has_factor =
            user.sealed_totp_secret.is_some() || self.has_passkey(tenant, user.id).await?;
        let factor = if has_factor {
            FirstFactor::NeedsSecondFactor(self.pending_login(tenant, &user, methods, now))
        } else {
            FirstFactor::Suffices(Box::new(Proof::by(user, methods)))
        };
        let outcome = (Method::EMAIL_CODE, Ok(factor));
        self.after(tenant, interaction, outcome, None).await
    }
}
