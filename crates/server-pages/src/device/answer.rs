//! `/device/confirm`: the request of a device, with the code to compare (RFC 8628 section 5.4), and the pages after it.

use crate::browser::{Browser, form};
use crate::interaction::device::{end, over};
use crate::interaction::{carried, go_on, judged, session_on};
use crate::pages::PageContext;
use crate::pages::views::{ConnectConfirmView, ConnectEnding};
use crate::paths::{ACCOUNTS, DEVICE_ALLOWED, DEVICE_CONFIRM, DEVICE_DENIED};
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, DeviceQuestion, LiveSession};
use countersign_domain::grant::device_code::UserCode;
use countersign_domain::login::interaction::{Interaction, Page, Purpose};
use countersign_domain::time::Timestamp;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::required;

/// Shows the request of a device.
pub(super) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let interaction = carried(&browser, query.as_deref())?.interaction;
        match open_question(&mut browser, &interaction).await? {
            Ok(question) => Ok(page(&browser, &interaction, &question)),
            Err(response) => Ok(response),
        }
    };
    let answer = answer.await;
    browser.finish(DEVICE_CONFIRM, answer)
}

/// Handles the decision. It applies to the session in the interaction, even if another account is current.
pub(super) async fn decide<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let mut interaction = browser.open(fields.interaction.as_deref())?.interaction;
        let Question { code, live, .. } = match open_question(&mut browser, &interaction).await? {
            Ok(question) => question,
            Err(response) => return Ok(response),
        };
        match required("decision", fields.decision)?.as_str() {
            "agree" => {
                interaction.done.consented = true;
                go_on(&mut browser, interaction).await
            }
            "refuse" => {
                let devices = browser.services.app.devices.clone();
                match devices.deny(&browser.tenant, &code, &live).await {
                    Ok(()) => Ok(browser.lead_to(DEVICE_DENIED, &interaction)),
                    Err(failure) => over(&browser, failure),
                }
            }
            _ => Err(MalformedRequest::Missing("decision").into()),
        }
    };
    let answer = answer.await;
    browser.finish(DEVICE_CONFIRM, answer)
}

/// Says that the user allowed the request.
pub(super) async fn allowed<A: App>(browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = ended(&browser, query.as_deref(), ConnectEnding::Allowed);
    browser.finish(DEVICE_ALLOWED, answer)
}

/// Says that the user denied the request.
pub(super) async fn denied<A: App>(browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = ended(&browser, query.as_deref(), ConnectEnding::Denied);
    browser.finish(DEVICE_DENIED, answer)
}

/// Shows the end of an interaction. Only the browser of the interaction can open it, so no link shows it.
fn ended<A: App>(
    browser: &Browser<A>,
    query: Option<&str>,
    ending: ConnectEnding,
) -> Result<Response, RequestError> {
    match carried(browser, query)?.interaction.purpose {
        Purpose::Device(_) => Ok(end(browser, StatusCode::OK, ending)),
        Purpose::Authorize(_) | Purpose::Visit(_) => Err(Malformed::InteractionUnknown.into()),
    }
}

/// Request that waits for the user's answer.
struct Question {
    code: UserCode,
    asked: DeviceQuestion,
    live: LiveSession,
}

/// Returns the question if it is the next step in the session of the interaction. `Err` redirects to the next step.
async fn open_question<A: App>(
    browser: &mut Browser<A>,
    interaction: &Interaction,
) -> Result<Result<Question, Response>, RequestError> {
    if let Err(response) = judged(browser, interaction).await? {
        return Ok(Err(response));
    }
    let live = session_on(browser, Page::Device, interaction, None).await?;
    let asked = browser.device.clone();
    if let (Purpose::Device(code), Some(asked), Some(live)) = (&interaction.purpose, asked, live) {
        let code = code.clone();
        return Ok(Ok(Question { code, asked, live }));
    }
    Ok(Err(go_on(browser, interaction.clone()).await?))
}

fn page<A: App>(
    browser: &Browser<A>,
    interaction: &Interaction,
    Question { code, asked, live }: &Question,
) -> Response {
    let (csrf, sealed) = (browser.seals.csrf(), browser.seals.interaction(interaction));
    let facts = asked.request.facts();
    let address = facts.address.map(|address| address.to_string());
    let page = browser.page();
    let view = ConnectConfirmView {
        page,
        form: form(DEVICE_CONFIRM, &csrf, Some(&sealed)),
        client: &asked.client.name,
        code: &code.shown(),
        when: &ago(page, facts.requested_at, browser.now()),
        address: address.as_deref(),
        place: page.place_text(address.as_deref()),
        scopes: facts.access.scope.tokens().collect(),
        account: live.user.email.as_str(),
        other_account: &browser.seals.link(ACCOUNTS, interaction),
    };
    page.show(StatusCode::OK, &view)
}

/// Returns how long ago a device asked. A code lives for minutes, so this needs no time zone.
fn ago(page: PageContext<'_>, time: Timestamp, now: Timestamp) -> String {
    match now.since(time).as_secs() / 60 {
        0 => page.text("connect.now").to_owned(),
        minutes => page.with("connect.minutes", "minutes", minutes),
    }
}
