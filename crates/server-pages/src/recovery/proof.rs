//! What follows a link or a code of a mail.

use crate::browser::Browser;
use crate::interaction::sign_in::signed_in;
use crate::pages::views::DeadLinkView;
use crate::paths::{self, RECOVER};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{Answered, App, Failure, FoundLink, Visitor, refusals};
use countersign_domain::login::interaction::Interaction;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;
use countersign_server_http::wire::parameters::{given, parameters};

parameters! {
    /// Query of a mailed link.
    LinkQuery { token }
}

/// Returns the token in the address of a mailed link. A link without one is void.
pub(crate) fn token_in(query: Option<&str>) -> Result<Secret, RequestError> {
    let query: LinkQuery = form::parse(query.unwrap_or_default().as_bytes())?;
    Ok(Secret::new(given(query.token).unwrap_or_default()))
}

/// Uses up the link, and redirects to the second factor or to the new password.
pub(super) async fn proved<A: App>(
    browser: &mut Browser<A>,
    mut interaction: Interaction,
    found: FoundLink,
) -> Result<Response, RequestError> {
    let answered = {
        let compose = browser.composer();
        // A trusted device does not skip the second factor.
        let visitor = Visitor {
            devices: &[],
            sessions: &[],
            source: browser.source(None),
            requested: None,
            compose: &compose,
        };
        let sign_in = &browser.services.app.sign_in;
        sign_in
            .recover(&browser.tenant, &mut interaction, found, &visitor)
            .await
    };
    match answered {
        Ok(Answered::Proved { proof, .. }) => signed_in(browser, interaction, *proof, false).await,
        Ok(Answered::Ask(method, _)) => {
            Ok(browser.lead_to(&paths::of_method(method), &interaction))
        }
        Ok(_) => Ok(void(browser, &interaction, RECOVER)),
        Err(failure) if is_void(&failure) => Ok(void(browser, &interaction, RECOVER)),
        Err(failure) => Err(failure.into()),
    }
}

/// Returns whether the link has expired, was used or was altered.
pub(crate) fn is_void(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(refusals::LINK_INVALID))
}

/// Returns the page of a void link, which offers a new one at `again`.
pub(crate) fn void<A: App>(
    browser: &Browser<A>,
    interaction: &Interaction,
    again: &str,
) -> Response {
    let mut restarted = interaction.clone();
    (restarted.pending, restarted.recovered) = (None, None);
    let view = DeadLinkView {
        page: browser.page(),
        again: &browser.seals.link(again, &restarted),
    };
    browser.page().show(StatusCode::GONE, &view)
}
