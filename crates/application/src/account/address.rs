//! Change of the email address by the user. The new address is confirmed by a mailed link, and the former one can undo
//! the change.

use super::Accounts;
use crate::admin::AdminError;
use crate::app::App;
use crate::attempts;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::mail::{Compose, FoundLink, LinkMail, Mail, NewLink, Notice, NoticeMail, post};
use crate::refusals;
use crate::sessions::{Origin, Sessions};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Operator;
use countersign_domain::login::mailed_link::LinkPurpose;
use countersign_domain::login::session::Session;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::{Email, User};
use countersign_ports::Message;
use countersign_ports::prelude::*;
use std::net::IpAddr;

impl<A: App> Accounts<A> {
    /// Sends a link that confirms a new email address. Requires a recent sign-in. An address of another user causes the
    /// same work, but its mail is withheld: the user does not learn which addresses have an account.
    pub async fn request_address(
        &self,
        tenant: &Tenant,
        (user, session): (&User, &Session),
        typed: &str,
        address: Option<IpAddr>,
        compose: Compose<'_>,
    ) -> Result<(), Failure> {
        self.fresh(session)?;
        let email = Email::parse(typed.trim()).map_err(|_| refusals::EMAIL_MALFORMED)?;
        let now = self.clock.now();
        let targets = attempts::mails(email.as_str(), address);
        let limits = (&[][..], Some(email.as_str()));
        let taken = attempts::take(&*self.store, tenant.id, &targets, limits, now).await?;
        let lifetime = tenant.settings.recovery.link;
        let new = NewLink {
            purpose: LinkPurpose::ADDRESS,
            user: Some(user),
            email: email.as_str(),
            data: email.as_str().as_bytes().to_vec(),
            lifetime,
        };
        let made = self.links.make(tenant, new).await?;
        let mail = LinkMail {
            token: &made.token,
            code: &made.code,
            lifetime,
        };
        let letter = compose(Mail::AddressChange(mail), Some(user));
        let recipient = taken.user.is_none().then(|| email.clone());
        post(&*self.mailer, recipient, email.as_str(), letter);
        Ok(())
    }

    /// Returns the link that confirms a new address. Changes nothing.
    pub async fn address_link(
        &self,
        tenant: &Tenant,
        token: &Secret,
    ) -> Result<FoundLink, Failure> {
        self.links.find(tenant, LinkPurpose::ADDRESS, token).await
    }

    /// Changes the address, uses up the link, and sends a notice with a link that undoes it to the former address.
    pub async fn change_address(
        &self,
        tenant: &Tenant,
        found: &FoundLink,
        origin: &Origin,
        compose: Compose<'_>,
    ) -> Result<(), Failure> {
        self.take_and_set(tenant, found).await?;
        let former = &found.user;
        let undo = NewLink {
            purpose: LinkPurpose::ADDRESS_UNDO,
            user: Some(former),
            email: former.email.as_str(),
            data: former.email.as_str().as_bytes().to_vec(),
            lifetime: tenant.settings.recovery.undo_link,
        };
        let made = self.links.make(tenant, undo).await?;
        let mail = NoticeMail {
            notice: Notice::AddressChanged,
            at: self.clock.now(),
            origin,
            token: &made.token,
        };
        let letter = compose(Mail::Notice(&mail), Some(former));
        self.mailer.send(Message::new(former.email.clone(), letter));
        Ok(())
    }

    /// Returns the link that restores the former address. Changes nothing.
    pub async fn address_undo_link(
        &self,
        tenant: &Tenant,
        token: &Secret,
    ) -> Result<FoundLink, Failure> {
        let purpose = LinkPurpose::ADDRESS_UNDO;
        self.links.find(tenant, purpose, token).await
    }

    /// Restores the former address and uses up the link. Ends all sessions, revokes all grants and removes all trusted
    /// devices, because the user did not make the change.
    pub async fn undo_address(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        found: &FoundLink,
    ) -> Result<(), Failure> {
        self.take_and_set(tenant, found).await?;
        let user = found.user.id;
        CurrentRequest::note_event(Action::USER_SECURED, user, None, &[]);
        // Attempt both, even if one fails: the link works only once.
        let ended = sessions.shut_out(tenant, user).await;
        self.store.remove_devices(tenant.id, user).await?;
        ended.map(drop)
    }

    async fn take_and_set(&self, tenant: &Tenant, found: &FoundLink) -> Result<(), Failure> {
        CurrentRequest::note_user(found.user.id);
        let email = std::str::from_utf8(&found.link.data).ok();
        let email = email.and_then(|text| Email::parse(text).ok());
        let email = email.ok_or(refusals::LINK_INVALID)?;
        self.links.take(tenant, found).await?;
        let owner = Operator::owner(found.user.id, None);
        match self.users.set_own_address(tenant, &owner, &email).await {
            Ok(_) => Ok(()),
            Err(AdminError::Failure(failure)) => Err(failure),
            // Another user has got the address in the meantime, or the user was deleted.
            Err(_) => Err(refusals::LINK_INVALID.into()),
        }
    }
}
