//! Security notices: mail that tells a user what changed in the account.

use super::letters::{Compose, Mail, Notice, NoticeMail};
use super::links::{MailedLinks, NewLink};
use crate::app::App;
use crate::failure::Failure;
use crate::sessions::Origin;
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::login::mailed_link::LinkPurpose;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Mailer, Message};
use std::sync::Arc;
use std::time::Duration;

/// Sends security notices.
pub struct Notices<A: App> {
    /// Makes the links "This wasn't me".
    pub links: Arc<MailedLinks<A>>,
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
}

/// Reset of the second factors that a notice announces.
pub(crate) struct Announcement {
    /// Time from which the user can remove the factors.
    pub(crate) due_at: Timestamp,
    /// Lifetime of the link that cancels the reset.
    pub(crate) lifetime: Duration,
}

impl<A: App> Notices<A> {
    /// Sends a notice to the address of `user`, unless notices are disabled. The change has been made, so a failure is
    /// only logged.
    ///
    /// The address of a user who registered without verifying it may be that of a stranger, and gets no notices.
    pub async fn send(
        &self,
        tenant: &Tenant,
        user: &User,
        (notice, added): (Notice, &AddedFactor),
        origin: &Origin,
        compose: Compose<'_>,
    ) {
        let is_enabled = tenant.settings.recovery.sends_notices && self.mailer.is_set_up();
        if !is_enabled || user.may_be_of_stranger() {
            return;
        }
        let about = (notice, added);
        let lifetime = tenant.settings.recovery.undo_link;
        if let Err(error) = self
            .try_send(tenant, (user, about), (lifetime, None), origin, compose)
            .await
        {
            tracing::warn!(%error, user = %user.id, notice = notice.as_str(), "cannot send a security notice");
        }
    }

    /// Announces a reset of the second factors, which must not happen without this notice.
    pub(crate) async fn announce(
        &self,
        tenant: &Tenant,
        user: &User,
        announcement: Announcement,
        origin: &Origin,
        compose: Compose<'_>,
    ) -> Result<(), Failure> {
        let about = (Notice::FactorResetRequested, &AddedFactor::None);
        let Announcement { due_at, lifetime } = announcement;
        let when = (lifetime, Some(due_at));
        self.try_send(tenant, (user, about), when, origin, compose)
            .await
    }

    async fn try_send(
        &self,
        tenant: &Tenant,
        (user, (notice, added)): (&User, (Notice, &AddedFactor)),
        (lifetime, due_at): (Duration, Option<Timestamp>),
        origin: &Origin,
        compose: Compose<'_>,
    ) -> Result<(), Failure> {
        let new = NewLink {
            purpose: LinkPurpose::SECURE,
            user: Some(user),
            email: user.email.as_str(),
            data: added.to_bytes(),
            lifetime,
        };
        let made = self.links.make(tenant, new).await?;
        let mail = NoticeMail {
            notice,
            at: self.links.clock.now(),
            origin,
            token: &made.token,
            due_at,
        };
        let letter = compose(Mail::Notice(&mail), Some(user));
        self.mailer.send(Message::new(user.email.clone(), letter));
        Ok(())
    }
}
