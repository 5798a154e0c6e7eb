//! `/consent`: the resource owner agrees, or does not.

use crate::accounts;
use crate::authorize::{Asked, Judged, carried};
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::pages::views::ConsentView;
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure, LiveSession, Next, Page};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::required;

pub(crate) const CONSENT: &str = "/consent";

/// Shows what is asked for.
pub(crate) async fn show<A: App>(mut visit: Visit<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let interaction = carried(&visit, query.as_deref())?;
        match open_question(&mut visit, &interaction).await? {
            Question::Open(asked) => match visit.live(&interaction) {
                Some(live) => Ok(page(&visit, &interaction, &asked, live)),
                None => visit.go_on(interaction).await,
            },
            Question::Settled(response) => Ok(response),
        }
    };
    let answer = answer.await;
    visit.finish(CONSENT, answer)
}

/// Takes the decision. The interaction says in which session it was asked for: it is that user who agrees, whoever is
/// the current one meanwhile.
pub(crate) async fn decide<A: App>(mut visit: Visit<A>, request: Request) -> Response {
    let answer = async {
        let fields = visit.fields(request).await?;
        let interaction = visit.open(fields.interaction.as_deref())?;
        let asked = match open_question(&mut visit, &interaction).await? {
            Question::Open(asked) => asked,
            Question::Settled(response) => return Ok(response),
        };
        match required("decision", fields.decision)?.as_str() {
            "agree" => agree(&visit, asked, interaction).await,
            "refuse" => {
                let refused = Failure::Refused(Refusal::ConsentRefused).into();
                Ok(visit.refused(&asked.back, &refused))
            }
            _ => Err(Malformed::Missing("decision").into()),
        }
    };
    let answer = answer.await;
    visit.finish(CONSENT, answer)
}

async fn agree<A: App>(
    visit: &Visit<A>,
    asked: Box<Asked>,
    interaction: Interaction,
) -> Result<Response, Unserved> {
    let mut progress = interaction.progress();
    if let Some(live) = visit.live(&interaction) {
        let authorizations = &visit.services.app.authorizations;
        authorizations
            .agree(&visit.tenant, &asked.request, live)
            .await?;
        progress.done.consented = true;
    }
    let next = visit
        .services
        .app
        .authorizations
        .next(&visit.tenant, &asked.request, &progress, &visit.sessions)
        .await?;
    visit.follow(&asked, next, interaction).await
}

enum Question {
    /// The user of the session in the interaction is to be asked.
    Open(Box<Asked>),
    /// There is nothing to ask, or not yet.
    Settled(Response),
}

async fn open_question<A: App>(
    visit: &mut Visit<A>,
    interaction: &Interaction,
) -> Result<Question, Unserved> {
    let Errand::Authorize(query) = &interaction.errand else {
        return Ok(Question::Settled(visit.go_on(interaction.clone()).await?));
    };
    let asked = match visit.judge(query).await? {
        Judged::Valid(asked) => asked,
        Judged::Ended(response) => return Ok(Question::Settled(response)),
    };
    match visit.next(&asked, interaction).await? {
        Next::Page(Page::Consent(session)) if interaction.progress().session == Some(session) => {
            Ok(Question::Open(asked))
        }
        next => {
            let response = visit.follow(&asked, next, interaction.clone()).await?;
            Ok(Question::Settled(response))
        }
    }
}

fn page<A: App>(
    visit: &Visit<A>,
    interaction: &Interaction,
    asked: &Asked,
    live: &LiveSession,
) -> Response {
    let (csrf, sealed) = (visit.csrf(), visit.seal(interaction));
    let client = &asked.request.client;
    let uri = &asked.back.asker.redirect_uri;
    let view = ConsentView {
        page: visit.page(),
        form: Visit::<A>::form(CONSENT, &csrf, Some(&sealed)),
        client: &client.name,
        host: uri.host().unwrap_or(uri.as_str()),
        scopes: asked.request.to_agree_to.tokens().collect(),
        account: live.user.email.as_str(),
        other_account: Some(&visit.link(accounts::ACCOUNTS, interaction)),
    };
    visit.page().show(StatusCode::OK, &view)
}
