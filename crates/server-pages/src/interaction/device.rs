//! The request of a device in an interaction.

use crate::browser::Browser;
use crate::pages::views::{ConnectEndView, ConnectEnding};
use crate::paths::{DEVICE, DEVICE_CONFIRM};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, DeviceQuestion, Failure, LiveSession};
use countersign_domain::grant::device_code::UserCode;
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::RequestError;

/// Returns the request with a user code. `Err` is the page that ends the interaction.
pub(crate) async fn question<A: App>(
    browser: &mut Browser<A>,
    code: &UserCode,
) -> Result<Result<DeviceQuestion, Response>, RequestError> {
    let devices = browser.services.app.devices.clone();
    match devices.question(&browser.tenant, code).await {
        Ok(question) => {
            browser.client_id = Some(question.client.id.to_string());
            Ok(Ok(question))
        }
        Err(failure) => over(browser, failure).map(Err),
    }
}

/// Records that the user of a session allowed a request: the consent, as for an authorization request, and the answer.
pub(crate) async fn approve<A: App>(
    browser: &Browser<A>,
    code: &UserCode,
    question: &DeviceQuestion,
    live: &LiveSession,
) -> Result<Option<Response>, RequestError> {
    let app = &browser.services.app;
    let wanted = (&*question.client, &question.request.facts().access.scope);
    // The consent first: a poll after the answer needs it.
    app.authorizations
        .agree(&browser.tenant, wanted, live)
        .await?;
    match app.devices.approve(&browser.tenant, code, live).await {
        Ok(()) => Ok(None),
        Err(failure) => over(browser, failure).map(Some),
    }
}

/// Returns the page of a code that can no longer be used. Returns the error itself if only an error page can show it.
pub(crate) fn over<A: App>(
    browser: &Browser<A>,
    failure: Failure,
) -> Result<Response, RequestError> {
    let ending = match &failure {
        Failure::Refused(Refusal::UserCodeUnknown | Refusal::UserCodeExpired) => {
            ConnectEnding::Expired
        }
        Failure::Refused(Refusal::UserCodeUsed) => ConnectEnding::Used,
        _ => return Err(failure.into()),
    };
    let client = browser.client_id.as_deref();
    let answer = RequestError::from(failure).answer(DEVICE_CONFIRM, client, false);
    Ok(end(browser, answer.status, ending))
}

/// Shows the end of an interaction about a device.
pub(crate) fn end<A: App>(
    browser: &Browser<A>,
    status: StatusCode,
    ending: ConnectEnding,
) -> Response {
    let view = ConnectEndView {
        page: browser.page(),
        ending,
        again: DEVICE,
    };
    browser.page().show(status, &view)
}
