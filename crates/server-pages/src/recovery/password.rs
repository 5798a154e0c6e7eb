//! `/recover/password`: the new password.

use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Opened, form};
use crate::interaction::{carried, go_on, judged, session_on};
use crate::pages::views::NewPasswordView;
use crate::paths::RECOVER_PASSWORD;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{App, LiveSession, Notice};
use countersign_domain::login::interaction::{Interaction, Page, Recovered};
use countersign_domain::login::password::LEAST;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Shows the form.
pub(super) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let opened = carried(&browser, query.as_deref())?;
        match recovery(&mut browser, &opened.interaction).await? {
            Ok((live, _)) => Ok(page(&browser, &opened, &live)),
            Err(response) => Ok(response),
        }
    };
    let answer = answer.await;
    browser.finish(RECOVER_PASSWORD, answer)
}

/// Sets the password, and continues the interaction.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        let recovery = match recovery(&mut browser, &interaction).await? {
            Ok(recovery) => recovery,
            Err(response) => return Ok(response),
        };
        match required("new_password", fields.new_password) {
            Ok(new) => reset(&mut browser, interaction, recovery, &Secret::new(new)).await,
            Err(missing) => browser.reject(RECOVER_PASSWORD, &interaction, missing, Vec::new()),
        }
    };
    let answer = answer.await;
    browser.finish(RECOVER_PASSWORD, answer)
}

async fn reset<A: App>(
    browser: &mut Browser<A>,
    mut interaction: Interaction,
    (live, recovered): (LiveSession, Recovered),
    new: &Secret,
) -> Result<Response, RequestError> {
    let app = &browser.services.app;
    let sessions = (&app.sessions, &mut browser.sessions);
    let reset = app.accounts.reset_password(
        &browser.tenant,
        sessions,
        (&live.user, &live.session),
        (&recovered, new),
    );
    match reset.await {
        Ok(user) => {
            browser.know(&user);
            browser.notify(&user, Notice::PasswordReset).await;
            interaction.recovered = None;
            go_on(browser, interaction).await
        }
        Err(failure) => browser.reject(RECOVER_PASSWORD, &interaction, failure, Vec::new()),
    }
}

/// Returns the session and the proof if a new password is the next step. `Err` redirects to the next step.
async fn recovery<A: App>(
    browser: &mut Browser<A>,
    interaction: &Interaction,
) -> Result<Result<(LiveSession, Recovered), Response>, RequestError> {
    let asked = match judged(browser, interaction).await? {
        Ok(asked) => asked,
        Err(response) => return Ok(Err(response)),
    };
    let live = session_on(browser, Page::NewPassword, interaction, asked.as_deref()).await?;
    if let (Some(live), Some(recovered)) = (live, interaction.recovered) {
        return Ok(Ok((live, recovered)));
    }
    Ok(Err(go_on(browser, interaction.clone()).await?))
}

fn page<A: App>(browser: &Browser<A>, opened: &Opened, live: &LiveSession) -> Response {
    let (csrf, sealed) = (
        browser.seals.csrf(),
        browser.seals.interaction(&opened.interaction),
    );
    let problem = opened.problem.as_ref();
    let view = NewPasswordView {
        page: browser.page(),
        form: form(RECOVER_PASSWORD, &csrf, Some(&sealed)),
        problem: problem.map(FormProblem::shown),
        email: live.user.email.as_str(),
        least: LEAST,
    };
    FormProblem::show(problem, browser.page(), &view)
}
