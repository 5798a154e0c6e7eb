//! Mail to the user of a browser.

use super::request::Browser;
use crate::mails::Mails;
use countersign_application::{App, Mail, Notice};
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::user::User;
use countersign_ports::Letter;

impl<A: App> Browser<A> {
    /// Returns what composes mails of this server, in the language of the browser.
    pub(crate) fn composer(
        &self,
    ) -> impl Fn(Mail<'_>, Option<&User>) -> Letter + Copy + Send + Sync {
        let mails = Mails::new(self.page(), self.issuer());
        move |mail, user| mails.compose(mail, user)
    }

    /// Sends a security notice to a user, about what this browser did.
    pub(crate) async fn notify(&self, user: &User, notice: Notice) {
        self.notify_added(user, notice, &AddedFactor::None).await;
    }

    /// Sends a security notice to a user, about a factor that this browser added.
    pub(crate) async fn notify_added(&self, user: &User, notice: Notice, added: &AddedFactor) {
        let (compose, origin) = (self.composer(), self.origin());
        let notices = &self.services.app.notices;
        let about = (notice, added);
        notices
            .send(&self.tenant, user, about, &origin, &compose)
            .await;
    }
}
