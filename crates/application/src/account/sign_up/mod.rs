//! Sign-up on the pages: the mailed link or code, and then the form of the account.

mod create;
mod form;

pub use create::{NewAccount, NewCredential};

use super::Accounts;
use crate::app::App;
use crate::attempts::{self, AttemptSource};
use crate::definitions::stored;
use crate::failure::Failure;
use crate::mail::{Compose, LinkId, LinkMail, Mail, NewLink};
use crate::refusals;
use crate::ways_in::may_sign_in_here;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::interaction::SignUpLogin;
use countersign_domain::login::mailed_link::{LinkPurpose, MailedLink};
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::Email;
use countersign_domain::user::invitation::Invitation;
use countersign_ports::Message;
use std::net::IpAddr;

impl<A: App> Accounts<A> {
    /// Returns whether a user who comes from this client may sign up without an invitation; `None` is the account page.
    #[must_use]
    pub fn offers_sign_up(&self, tenant: &Tenant, client: Option<&ClientId>) -> bool {
        self.mailer.is_set_up()
            && tenant.settings.sign_up.is_offered(client)
            && may_sign_in_here(tenant, &[]).is_ok()
    }

    /// Sends a link and a code to an address, with which its owner can create an account. An address with an account gets
    /// a mail that says so. Both cause the same work, and the result is the same.
    ///
    /// The address is verified before the user chooses a password, so no one can prepare an account for someone else.
    pub async fn begin_sign_up(
        &self,
        tenant: &Tenant,
        (email, client): (&str, Option<&ClientId>),
        address: Option<IpAddr>,
        compose: Compose<'_>,
    ) -> Result<SignUpLogin, Failure> {
        if !self.offers_sign_up(tenant, client) {
            return Err(refusals::REGISTRATION_CLOSED.into());
        }
        let recipient = Email::parse(email.trim()).map_err(|_| refusals::EMAIL_MALFORMED)?;
        if !tenant.settings.sign_up.admits(&recipient) {
            return Err(refusals::EMAIL_NOT_ADMITTED.into());
        }
        let (now, targets) = (self.clock.now(), attempts::mails(email, address));
        let taken = attempts::take(&*self.store, tenant, &targets, (&[], Some(email)), now);
        let user = taken.await?.user;
        let lifetime = tenant.settings.recovery.link;
        let new = NewLink {
            purpose: LinkPurpose::SIGN_UP,
            user: user.as_ref(),
            email: recipient.as_str(),
            data: client.map_or_else(Vec::new, |client| client.as_str().into()),
            lifetime,
        };
        let made = self.links.make(tenant, new).await?;
        let link = LinkMail {
            token: &made.token,
            code: &made.code,
            lifetime,
        };
        // Compose both, so that the work is the same.
        let welcome = compose(Mail::SignUp(link), None);
        let known = compose(Mail::AlreadyRegistered, user.as_ref());
        let letter = if user.is_none() { welcome } else { known };
        self.mailer.send(Message::new(recipient.clone(), letter));
        Ok(login(made.id, recipient.as_str()))
    }

    /// Returns the sign-up of a mailed link. Changes nothing.
    pub async fn sign_up_of_link(
        &self,
        tenant: &Tenant,
        token: &Secret,
    ) -> Result<SignUpLogin, Failure> {
        let purpose = LinkPurpose::SIGN_UP;
        let (id, link) = self.links.find_for_new_user(tenant, purpose, token).await?;
        check_client(tenant, &link)?;
        Ok(SignUpLogin {
            is_proved: true,
            ..login(id, &link.email)
        })
    }

    /// Returns the sign-up of the link of an invitation. Changes nothing.
    pub async fn sign_up_of_invitation(
        &self,
        tenant: &Tenant,
        token: &Secret,
    ) -> Result<SignUpLogin, Failure> {
        let purpose = LinkPurpose::INVITATION;
        let (id, link) = self.links.find_for_new_user(tenant, purpose, token).await?;
        let email = Email::parse(&link.email).map_err(|_| refusals::LINK_INVALID)?;
        self.invitation(tenant, &email, id.id).await?;
        Ok(SignUpLogin {
            is_proved: true,
            is_invited: true,
            ..login(id, &link.email)
        })
    }

    /// Checks the code of a mail.
    pub async fn prove_sign_up(
        &self,
        tenant: &Tenant,
        (login, code): (&SignUpLogin, &str),
        source: AttemptSource<'_>,
    ) -> Result<SignUpLogin, Failure> {
        let link = (LinkPurpose::SIGN_UP, place_of(login));
        self.links
            .check_code_for_new_user(tenant, link, code, source)
            .await?;
        Ok(SignUpLogin {
            is_proved: true,
            ..login.clone()
        })
    }

    /// Returns the address of a sign-up that may create an account now, and its invitation, if there is one.
    async fn admitted(
        &self,
        tenant: &Tenant,
        login: &SignUpLogin,
    ) -> Result<(Email, Option<Invitation>), Failure> {
        let email = Email::parse(&login.email).map_err(|_| refusals::LINK_INVALID)?;
        if !login.is_proved {
            return Err(refusals::LINK_INVALID.into());
        }
        if login.is_invited {
            let invitation = self.invitation(tenant, &email, login.link).await?;
            return Ok((email, Some(invitation)));
        }
        let place = (LinkPurpose::SIGN_UP, place_of(login));
        let link = self.links.read_for_new_user(tenant, place).await?;
        check_client(tenant, &link)?;
        if tenant.settings.sign_up.admits(&email) {
            Ok((email, None))
        } else {
            Err(refusals::LINK_INVALID.into())
        }
    }

    /// Returns the invitation of an address that a link can accept now.
    async fn invitation(
        &self,
        tenant: &Tenant,
        email: &Email,
        link: LoginId,
    ) -> Result<Invitation, Failure> {
        may_sign_in_here(tenant, &[])?;
        let found: Option<Invitation> =
            stored::find(&*self.store, tenant.id, email.as_str()).await?;
        let now = self.clock.now();
        let is_allowed = tenant.settings.sign_up.allows_invitations();
        found
            .filter(|invitation| is_allowed && invitation.can_be_accepted(link, now))
            .ok_or_else(|| refusals::LINK_INVALID.into())
    }
}

/// Checks that the client from which the user came may still send users to sign up.
fn check_client(tenant: &Tenant, link: &MailedLink) -> Result<(), Failure> {
    may_sign_in_here(tenant, &[])?;
    let client = str::from_utf8(&link.data).ok();
    let client = client.and_then(|id| ClientId::parse(id).ok());
    if tenant.settings.sign_up.is_offered(client.as_ref()) {
        Ok(())
    } else {
        Err(refusals::LINK_INVALID.into())
    }
}

fn login(link: LinkId, email: &str) -> SignUpLogin {
    SignUpLogin {
        link: link.id,
        email: email.to_owned(),
        expires_at: link.expires_at,
        is_proved: false,
        is_invited: false,
        passkey: None,
    }
}

const fn place_of(login: &SignUpLogin) -> LinkId {
    LinkId {
        id: login.link,
        expires_at: login.expires_at,
    }
}
