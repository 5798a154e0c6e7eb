//! Mail to the user of a browser.

use super::request::Browser;
use crate::mails::Mails;
use countersign_application::{App, Notice};
use countersign_domain::user::User;

impl<A: App> Browser<A> {
    /// Returns the mails of this server, in the language of the browser.
    pub(crate) fn mails(&self) -> Mails<'_> {
        Mails::new(self.page(), self.issuer())
    }

    /// Sends a security notice to a user, about what this browser did.
    pub(crate) async fn notify(&self, user: &User, notice: Notice) {
        let (mails, origin) = (self.mails(), self.origin());
        let notices = &self.services.app.notices;
        notices
            .send(&self.tenant, user, (notice, &origin), &|mail, user| {
                mails.compose(mail, user)
            })
            .await;
    }
}
