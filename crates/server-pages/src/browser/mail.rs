//! Mail to the user of a browser.

use super::request::Browser;
use crate::mails::Mails;
use countersign_application::{App, Mail, Notice};
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::user::User;

impl<A: App> Browser<A> {
    /// Returns the mails of this server, in the language of the browser.
    pub(crate) fn mails(&self) -> Mails<'_> {
        Mails::new(self.page(), self.issuer())
    }

    /// Sends a security notice to a user, about what this browser did.
    pub(crate) async fn notify(&self, user: &User, notice: Notice) {
        self.notify_added(user, notice, &AddedFactor::None).await;
    }

    /// Sends a security notice to a user, about a factor that this browser added.
    pub(crate) async fn notify_added(&self, user: &User, notice: Notice, added: &AddedFactor) {
        let (mails, origin) = (self.mails(), self.origin());
        let compose = |mail: Mail<'_>, user: Option<&User>| mails.compose(mail, user);
        let notices = &self.services.app.notices;
        notices
            .send(&self.tenant, user, (notice, added), &origin, &compose)
            .await;
    }
}
