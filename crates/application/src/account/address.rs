//! Change of the email address by the user. The new address is confirmed by a mailed link, and the former one can undo
//! the change.

use super::Accounts;
use crate::admin::{AdminError, Conflict};
use crate::app::App;
use crate::attempts;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::mail::{
    Compose, FoundLink, LinkMail, Mail, NewLink, NewlyMade, Notice, NoticeMail, post,
};
use crate::refusals;
use crate::sessions::{Origin, Sessions};
use crate::slices;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::before_change::BeforeChange;
use countersign_domain::login::mailed_link::LinkPurpose;
use countersign_domain::login::session::Session;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{Message, Race, UserKey};
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
        if !user.may_change_email(tenant.settings.recovery.undo_link, now) {
            return Err(refusals::ADDRESS_CHANGED_RECENTLY.into());
        }
        let targets = attempts::mails(email.as_str(), address);
        let limits = (&[][..], Some(email.as_str()));
        let taken = attempts::take(&*self.store, tenant, &targets, limits, now).await?;
        let lifetime = tenant.settings.recovery.link;
        let new = NewLink {
            purpose: LinkPurpose::ADDRESS,
            user: Some(user),
            email: email.as_str(),
            data: session.id.as_bytes().to_vec(),
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

    /// Changes the address, uses up the link, and sends a notice with a link that undoes it to the former address. The
    /// session that asked must be live: a user who has ended it did not ask.
    pub async fn change_address(
        &self,
        tenant: &Tenant,
        found: &FoundLink,
        origin: &Origin,
        compose: Compose<'_>,
    ) -> Result<(), Failure> {
        let former = &found.user;
        CurrentRequest::note_user(former.id);
        let session = found.link.data.as_slice().try_into();
        let session = SessionId::from_bytes(session.map_err(|_| refusals::LINK_INVALID)?);
        if !self.is_still_live(tenant, session).await? {
            return Err(refusals::LINK_INVALID.into());
        }
        let email = recipient(found)?;
        // Make the undo link first, so that no change is without it.
        let undo = self.undo_link(tenant, former, &email).await?;
        self.links.take(tenant, found).await?;
        let owner = Operator::owner(former.id, Some(session));
        let pause = Some(tenant.settings.recovery.undo_link);
        let addresses = (&former.email, &email);
        let replaced = self
            .users
            .replace_own_address(tenant, &owner, addresses, pause);
        replaced.await.map_err(failure)?;
        let Some(undo) = undo else { return Ok(()) };
        let mail = NoticeMail {
            notice: Notice::AddressChanged,
            at: self.clock.now(),
            origin,
            token: &undo.token,
            due_at: None,
        };
        let letter = compose(Mail::Notice(&mail), Some(former));
        self.mailer.send(Message::new(former.email.clone(), letter));
        Ok(())
    }

    /// Makes the link that restores the former address, unless that may be the address of a stranger.
    async fn undo_link(
        &self,
        tenant: &Tenant,
        former: &User,
        email: &Email,
    ) -> Result<Option<NewlyMade>, Failure> {
        if former.may_be_of_stranger() {
            return Ok(None);
        }
        let changed = User {
            email: email.clone(),
            ..former.clone()
        };
        let undo = NewLink {
            purpose: LinkPurpose::ADDRESS_UNDO,
            user: Some(&changed),
            email: former.email.as_str(),
            data: BeforeChange::of(former).to_bytes(),
            lifetime: tenant.settings.recovery.undo_link,
        };
        self.links.make(tenant, undo).await.map(Some)
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

    /// Keeps an intruder out, restores the former address, and uses up the link. Signs the user out everywhere, and removes
    /// the password and the factors that were set up since the change, because the user did not make it.
    pub async fn undo_address(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        found: &FoundLink,
    ) -> Result<(), Failure> {
        let user = &found.user;
        CurrentRequest::note_user(user.id);
        let former = recipient(found)?;
        let before = BeforeChange::from_bytes(&found.link.data).ok_or(refusals::LINK_INVALID)?;
        self.remove_new_password(tenant, user, &before).await?;
        self.lock_out(tenant, sessions, user.id).await?;
        if let Err(error) = self.restore(tenant, sessions, user, &former).await {
            if matches!(error, AdminError::Conflict(Conflict::Email)) {
                // The owner of the address has another account. Another attempt would only sign this user out again.
                self.links.take(tenant, found).await?;
            }
            return Err(failure(error));
        }
        self.remove_new_factors(tenant, user, &before).await?;
        // An intruder may have signed in with such a factor before it was removed.
        sessions.shut_out(tenant, user.id).await?;
        self.links.take(tenant, found).await
    }

    async fn restore(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        user: &User,
        former: &Email,
    ) -> Result<(), AdminError> {
        let owner = Operator::owner(user.id, None);
        let addresses = (&user.email, former);
        let replaced = self
            .users
            .replace_own_address(tenant, &owner, addresses, None);
        match replaced.await {
            Err(AdminError::Conflict(Conflict::Email)) => {}
            other => return other.map(drop),
        }
        self.remove_stranger(tenant, sessions, former).await?;
        let replaced = self
            .users
            .replace_own_address(tenant, &owner, addresses, None);
        replaced.await.map(drop)
    }

    /// Removes a password that was set since the change. The user sets a new one after a recovery.
    async fn remove_new_password(
        &self,
        tenant: &Tenant,
        user: &User,
        before: &BeforeChange,
    ) -> Result<(), Failure> {
        if user.password_mark() == before.password || user.password_hash.is_none() {
            return Ok(());
        }
        let present = user.password_hash.as_deref();
        let removed = self
            .store
            .replace_password_hash(tenant.id, user.id, present, None);
        match removed.await? {
            Race::Won => {
                CurrentRequest::note_event(Action::USER_PASSWORD_REMOVED, user.id, None, &[]);
                Ok(())
            }
            Race::Lost => Err(Failure::Contended),
        }
    }

    /// Removes the passkeys and identities that were added since the address was changed, and the authenticator app if there was none.
    async fn remove_new_factors(
        &self,
        tenant: &Tenant,
        user: &User,
        before: &BeforeChange,
    ) -> Result<(), Failure> {
        let changed_at = user.email_changed_at;
        for identity in self.identities(tenant, user.id).await? {
            if changed_at.is_some_and(|at| identity.created_at >= at) {
                self.drop_identity(tenant, user.id, None, identity.id)
                    .await?;
            }
        }
        for passkey in slices::passkeys(&*self.store, tenant.id, user.id).await? {
            if changed_at.is_some_and(|at| passkey.created_at >= at) {
                self.drop_passkey(tenant, user.id, None, &passkey.id)
                    .await?;
            }
        }
        if !before.has_authenticator && user.sealed_totp_secret.is_some() {
            self.drop_authenticator(tenant, user, None).await?;
        }
        Ok(())
    }

    /// Deletes the account of a stranger who registered an address without verifying it.
    async fn remove_stranger(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        email: &Email,
    ) -> Result<(), AdminError> {
        let found = self.store.find_user(tenant.id, UserKey::Email(email));
        let Some(stranger) = found.await?.filter(User::may_be_of_stranger) else {
            return Ok(());
        };
        let schedule = Operator::schedule();
        let version = Some(stranger.version);
        let deleted = self
            .users
            .delete(tenant, &schedule, sessions, stranger.id, version);
        deleted.await.map(drop)
    }
}

/// Returns the address to which a link was sent.
fn recipient(found: &FoundLink) -> Result<Email, Failure> {
    Ok(Email::parse(&found.link.email).map_err(|_| refusals::LINK_INVALID)?)
}

fn failure(error: AdminError) -> Failure {
    match error {
        AdminError::Failure(failure) => failure,
        // Another user has got the address in the meantime, or the user was changed or deleted.
        _ => refusals::LINK_INVALID.into(),
    }
}
