//! `/accounts`: account selection.

use super::{carried, client_of, judged};
use crate::browser::{Browser, form};
use crate::pages::views::{Account, AccountsView};
use crate::paths::{ACCOUNTS, CONTINUE, LOGIN};
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::interaction::Interaction;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Shows the signed-in accounts.
pub(crate) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let opened = carried(&browser, query.as_deref())?;
        list(&mut browser, opened.interaction).await
    };
    let answer = answer.await;
    browser.finish(ACCOUNTS, answer)
}

/// Makes the chosen account the current one.
pub(crate) async fn choose<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let mut interaction = browser.open(fields.interaction.as_deref())?.interaction;
        let chosen = required("account", fields.account)?;
        let chosen: Option<SessionId> = chosen.parse().ok();
        let live = chosen
            .and_then(|session| browser.sessions.find(session))
            .cloned();
        let Some(live) = live else {
            // The session has ended since the page was rendered.
            return list(&mut browser, interaction).await;
        };
        interaction.selected(live.session.id);
        browser.sessions.put_first(live);
        Ok(browser.lead_to(CONTINUE, &interaction))
    };
    let answer = answer.await;
    browser.finish(ACCOUNTS, answer)
}

async fn list<A: App>(
    browser: &mut Browser<A>,
    interaction: Interaction,
) -> Result<Response, RequestError> {
    let asked = match judged(browser, &interaction).await? {
        Ok(asked) => asked,
        Err(response) => return Ok(response),
    };
    if browser.sessions.live.is_empty() {
        return Ok(browser.lead_to(LOGIN, &interaction));
    }
    let (csrf, sealed) = (
        browser.seals.csrf(),
        browser.seals.interaction(&interaction),
    );
    let live = &browser.sessions.live;
    let values: Vec<String> = live
        .iter()
        .map(|live| live.session.id.to_string())
        .collect();
    let accounts = live.iter().zip(&values).map(|(live, value)| Account {
        value,
        name: live.user.name.as_deref(),
        email: live.user.email.as_str(),
    });
    let view = AccountsView {
        page: browser.page(),
        form: form(ACCOUNTS, &csrf, Some(&sealed)),
        client: client_of(browser, asked.as_deref()).map(|client| &*client.name),
        accounts: accounts.collect(),
        another: &browser.seals.link(LOGIN, &interaction),
    };
    Ok(browser.page().show(StatusCode::OK, &view))
}
