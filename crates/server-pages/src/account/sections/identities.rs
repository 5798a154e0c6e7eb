//! Linked accounts at upstream providers.

use super::times::Times;
use crate::browser::Browser;
use crate::pages::PageContext;
use crate::pages::views::Item;
use countersign_application::{App, OfferedProvider};
use countersign_domain::federation::identity::Identity;
use countersign_domain::user::User;
use countersign_server_http::wire::error::RequestError;

/// Linked accounts of a user, and the providers that can be linked.
pub(super) struct Identities {
    linked: Vec<Identity>,
    offered: Vec<OfferedProvider>,
    /// Names and display names.
    pub(super) providers: Vec<(String, String)>,
}

impl Identities {
    pub(super) async fn of<A: App>(
        browser: &Browser<A>,
        user: &User,
    ) -> Result<Self, RequestError> {
        let app = &browser.services.app;
        let linked = app.accounts.identities(&browser.tenant, user.id).await?;
        let offered = app.federation.offered(&browser.tenant).await?;
        let names = offered
            .iter()
            .map(|own| (own.name.to_string(), own.display_name.clone()));
        Ok(Self {
            linked,
            providers: names.collect(),
            offered,
        })
    }

    pub(super) fn items(&self, page: PageContext<'_>, times: &Times) -> Vec<Item> {
        let all = self.linked.iter();
        all.map(|identity| self.item(page, times, identity))
            .collect()
    }

    fn item(&self, page: PageContext<'_>, times: &Times, identity: &Identity) -> Item {
        let mut offered = self.offered.iter();
        let provider = offered.find(|own| own.name.as_str() == identity.provider);
        let used = identity.last_used_at;
        let used = used.map(|used| times.text(page, "account.last_used", used));
        let added = times.text(page, "account.added", identity.created_at);
        let lines = identity.email.clone().into_iter().chain([added]);
        Item {
            value: identity.id.to_string(),
            name: provider
                .map_or_else(|| identity.provider.clone(), |own| own.display_name.clone()),
            current: false,
            renamable: false,
            lines: lines.chain(used).collect(),
        }
    }
}
