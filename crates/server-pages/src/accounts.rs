//! `/accounts`: the user says which account it is.

use crate::authorize::{CONTINUE, Judged, carried};
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::pages::views::{Account, AccountsView};
use crate::sign_in;
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::identifier::SessionId;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::parameters::required;

pub(crate) const ACCOUNTS: &str = "/accounts";

/// Shows the accounts that are logged in here.
pub(crate) async fn show<A: App>(mut visit: Visit<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let interaction = carried(&visit, query.as_deref())?;
        list(&mut visit, interaction).await
    };
    let answer = answer.await;
    visit.finish(ACCOUNTS, answer)
}

/// Takes the choice: that account becomes the current one.
pub(crate) async fn choose<A: App>(mut visit: Visit<A>, request: Request) -> Response {
    let answer = async {
        let fields = visit.fields(request).await?;
        let mut interaction = visit.open(fields.interaction.as_deref())?;
        let chosen = required("account", fields.account)?;
        let chosen: Option<SessionId> = chosen.parse().ok();
        let live = chosen
            .and_then(|session| visit.sessions.find(session))
            .cloned();
        let Some(live) = live else {
            // It has ended since the page was made.
            return list(&mut visit, interaction).await;
        };
        interaction.selected(live.session.id);
        visit.sessions.put_first(live);
        Ok(visit.lead_to(CONTINUE, &interaction))
    };
    let answer = answer.await;
    visit.finish(ACCOUNTS, answer)
}

async fn list<A: App>(
    visit: &mut Visit<A>,
    interaction: Interaction,
) -> Result<Response, Unserved> {
    let client = match &interaction.errand {
        Errand::Visit(_) => None,
        Errand::Authorize(query) => match visit.judge(query).await? {
            Judged::Valid(asked) => Some(asked.request.client.name.clone()),
            Judged::Ended(response) => return Ok(response),
        },
    };
    if visit.sessions.live.is_empty() {
        return Ok(visit.lead_to(sign_in::LOGIN, &interaction));
    }
    let (csrf, sealed) = (visit.csrf(), visit.seal(&interaction));
    let live = &visit.sessions.live;
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
        page: visit.page(),
        form: Visit::<A>::form(ACCOUNTS, &csrf, Some(&sealed)),
        client: client.as_deref(),
        accounts: accounts.collect(),
        another: &visit.link(sign_in::LOGIN, &interaction),
    };
    Ok(visit.page().show(StatusCode::OK, &view))
}
