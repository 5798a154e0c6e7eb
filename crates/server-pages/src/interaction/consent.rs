//! `/consent`: consent of the resource owner.

use super::{carried, go_on, judged, refuse, session_on};
use crate::authorize::request::Asked;
use crate::browser::{Browser, form};
use crate::pages::views::ConsentView;
use crate::paths::{ACCOUNTS, CONSENT};
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, LiveSession};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::login::interaction::{Interaction, Page};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Shows the requested access.
pub(crate) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let interaction = carried(&browser, query.as_deref())?.interaction;
        match open_question(&mut browser, &interaction).await? {
            Ok(question) => Ok(page(&browser, &interaction, &question)),
            Err(response) => Ok(response),
        }
    };
    let answer = answer.await;
    browser.finish(CONSENT, answer)
}

/// Handles the decision. It applies to the session in the interaction, even if another account is current.
pub(crate) async fn decide<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let mut interaction = browser.open(fields.interaction.as_deref())?.interaction;
        let Question { asked, live } = match open_question(&mut browser, &interaction).await? {
            Ok(question) => question,
            Err(response) => return Ok(response),
        };
        match required("decision", fields.decision)?.as_str() {
            "agree" => {
                let authorizations = &browser.services.app.authorizations;
                let wanted = (&*asked.request.client, &asked.request.to_agree_to);
                authorizations.agree(&browser.tenant, wanted, &live).await?;
                interaction.done.consented = true;
                go_on(&mut browser, interaction).await
            }
            "refuse" => refuse(&browser, Some(&asked), Refusal::ConsentRefused),
            _ => Err(MalformedRequest::Missing("decision").into()),
        }
    };
    let answer = answer.await;
    browser.finish(CONSENT, answer)
}

/// Request that waits for the user's consent.
struct Question {
    asked: Box<Asked>,
    live: LiveSession,
}

/// Returns the question if consent is the next step in the session of the interaction. `Err` redirects to the next
/// step.
async fn open_question<A: App>(
    browser: &mut Browser<A>,
    interaction: &Interaction,
) -> Result<Result<Question, Response>, RequestError> {
    let asked = match judged(browser, interaction).await? {
        Ok(asked) => asked,
        Err(response) => return Ok(Err(response)),
    };
    let live = session_on(browser, Page::Consent, interaction, asked.as_deref()).await?;
    if let (Some(asked), Some(live)) = (asked, live) {
        return Ok(Ok(Question { asked, live }));
    }
    Ok(Err(go_on(browser, interaction.clone()).await?))
}

fn page<A: App>(
    browser: &Browser<A>,
    interaction: &Interaction,
    Question { asked, live }: &Question,
) -> Response {
    let (csrf, sealed) = (browser.seals.csrf(), browser.seals.interaction(interaction));
    let client = &asked.request.client;
    let uri = &asked.target.asking.redirect_uri;
    let links = client.dynamic.as_ref().map(|own| &own.links);
    let policy = links.and_then(|own| own.policy.as_ref());
    let terms = links.and_then(|own| own.terms.as_ref());
    let view = ConsentView {
        page: browser.page(),
        form: form(CONSENT, &csrf, Some(&sealed)),
        client: &client.name,
        host: uri.host().unwrap_or(uri.as_str()),
        warns_of_loopback: client.warns_of_loopback(),
        policy: policy.map(RedirectUri::as_str),
        terms: terms.map(RedirectUri::as_str),
        scopes: asked.request.to_agree_to.tokens().collect(),
        account: live.user.email.as_str(),
        other_account: Some(&browser.seals.link(ACCOUNTS, interaction)),
    };
    browser.page().show(StatusCode::OK, &view)
}
