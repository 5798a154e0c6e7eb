//! `/account/passkey/offer`: offer to create a passkey, after a sign-in with a password.

use super::addresses::PASSKEY;
use super::owner::{Owner, Sent};
use crate::browser::form;
use crate::pages::views::PasskeyOfferView;
use crate::paths::{CONTINUE, PASSKEY_OFFER};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::App;

/// Shows the offer.
pub(super) async fn show<A: App>(owner: Owner<A>) -> Response {
    let browser = &owner.browser;
    let (csrf, sealed) = (owner.csrf(), browser.seals.interaction(&owner.interaction));
    let view = PasskeyOfferView {
        page: browser.page(),
        form: form(PASSKEY_OFFER, &csrf, Some(&sealed)),
        account: owner.live.user.email.as_str(),
        create: &browser.seals.link(PASSKEY, &owner.interaction),
    };
    let answer = browser.page().show(StatusCode::OK, &view);
    owner.finish(PASSKEY_OFFER, Ok(answer))
}

/// Continues without a passkey, and does not ask again for a while.
pub(super) async fn decline<A: App>(Sent { mut by, .. }: Sent<A>) -> Response {
    by.browser.decline_passkey();
    let answer = by.browser.lead_to(CONTINUE, &by.interaction);
    by.finish(PASSKEY_OFFER, Ok(answer))
}
