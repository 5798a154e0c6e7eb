//! Pages of void links.

use crate::browser::Browser;
use crate::pages::views::DeadInvitationView;
use crate::paths::SIGN_UP;
use crate::recovery::void;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::Interaction;

/// Returns the page of a void link. Only an operator can send a new invitation.
pub(super) fn dead<A: App>(
    browser: &Browser<A>,
    interaction: &Interaction,
    is_invited: bool,
) -> Response {
    if !is_invited {
        return void(browser, interaction, SIGN_UP);
    }
    let view = DeadInvitationView {
        page: browser.page(),
    };
    browser.page().show(StatusCode::GONE, &view)
}
