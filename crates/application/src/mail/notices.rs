//! Security notices: mail that tells a user what changed in the account.

use super::letters::{Compose, Mail, Notice, NoticeMail};
use super::links::{MailedLinks, NewLink};
use crate::app::App;
use crate::failure::Failure;
use crate::sessions::Origin;
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::login::mailed_link::LinkPurpose;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::{Mailer, Message};
use std::sync::Arc;

/// Sends security notices.
pub struct Notices<A: App> {
    /// Makes the links "This wasn't me".
    pub links: Arc<MailedLinks<A>>,
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
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
        if let Err(error) = self.try_send(tenant, user, about, origin, compose).await {
            tracing::warn!(%error, user = %user.id, notice = notice.as_str(), "cannot send a security notice");
        }
    }

    async fn try_send(
        &self,
        tenant: &Tenant,
        user: &User,
        (notice, added): (Notice, &AddedFactor),
        origin: &Origin,
        compose: Compose<'_>,
    ) -> Result<(), Failure> {
        let new = NewLink {
            purpose: LinkPurpose::SECURE,
            user: Some(user),
            email: user.email.as_str(),
            data: added.to_bytes(),
            lifetime: tenant.settings.recovery.undo_link,
        };
        let made = self.links.make(tenant, new).await?;
        let mail = NoticeMail {
            notice,
            at: self.links.clock.now(),
            origin,
            token: &made.token,
        };
        let letter = compose(Mail::Notice(&mail), Some(user));
        self.mailer.send(Message::new(user.email.clone(), letter));
        Ok(())
    }
}
