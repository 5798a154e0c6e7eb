//! `/account/identities`: links and unlinks accounts at upstream providers.

use super::addresses::done;
use super::owner::Sent;
use crate::pages::views::Section;
use crate::upstream::{failed, leave};
use axum::response::Response;
use countersign_application::{App, Notice};
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::parameters::required;

/// Sends the user to a provider, to link an account there. Requires a recent sign-in.
pub(super) async fn link<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let section = Section::Security.path();
    let answer = async {
        let provider = required("item", fields.item)?;
        let (browser, live) = (&by.browser, &by.live);
        let accounts = &browser.services.app.accounts;
        accounts.may_link(&live.session)?;
        let visit = Interaction::new(Purpose::Visit(section.to_owned()), browser.now());
        let links = Some((live.user.id, live.session.id));
        match leave(browser, visit.clone(), None, &provider, links).await {
            Ok(response) => Ok(response),
            Err(failure) => failed::show(browser, section, &provider, &visit, failure).await,
        }
    };
    let answer = answer.await;
    by.finish(section, answer)
}

/// Unlinks an account at a provider.
pub(super) async fn unlink<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let section = Section::Security;
    let answer = async {
        let id = required("item", fields.item)?;
        let id = id.parse().map_err(|_| MalformedRequest::Missing("item"))?;
        let accounts = &by.browser.services.app.accounts;
        let (user, session) = (&by.live.user, &by.live.session);
        let is_removed = accounts
            .unlink(&by.browser.tenant, user, session, id)
            .await?;
        if is_removed {
            by.browser.notify(user, Notice::IdentityUnlinked).await;
        }
        Ok(done(section, "removed"))
    };
    let answer = answer.await;
    by.finish(section.path(), answer)
}
