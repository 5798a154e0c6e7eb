//! `/recover`: asks for the email address and sends the mail.

use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Opened, check_email, email_entered, form};
use crate::interaction::judged;
use crate::interaction::sign_in::opened;
use crate::pages::views::RecoverView;
use crate::paths::{LOGIN, RECOVER, RECOVER_CHECK};
use crate::steady::steady;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::{Interaction, Pending};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::required;

/// Shows the form.
pub(super) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        check_offered(&browser)?;
        let mut opened = opened(&browser, query.as_deref())?;
        opened.interaction.pending = None;
        match judged(&mut browser, &opened.interaction).await? {
            Ok(_) => Ok(page(&browser, &opened)),
            Err(response) => Ok(response),
        }
    };
    let answer = answer.await;
    browser.finish(RECOVER, answer)
}

/// Sends the mail. The response is the same for every address.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        check_offered(&browser)?;
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        if let Err(response) = judged(&mut browser, &interaction).await? {
            return Ok(response);
        }
        match required("email", fields.email) {
            Ok(email) => send(&browser, interaction, &email).await,
            Err(missing) => browser.reject(RECOVER, &interaction, missing, Vec::new()),
        }
    };
    let answer = answer.await;
    browser.finish(RECOVER, answer)
}

/// Sends the mail and redirects to the page for its code. If there were too many, the form says so.
pub(super) async fn send<A: App>(
    browser: &Browser<A>,
    mut interaction: Interaction,
    email: &str,
) -> Result<Response, RequestError> {
    let compose = browser.composer();
    let sign_in = &browser.services.app.sign_in;
    let begun = async {
        check_email(email)?;
        sign_in
            .begin_recovery(&browser.tenant, email, browser.address, &compose)
            .await
    };
    match steady(begun).await {
        Ok(login) => {
            interaction.pending = Some(Pending::Recovery(login));
            Ok(browser.lead_to(RECOVER_CHECK, &interaction))
        }
        Err(failure) => {
            let entered = email_entered(Some(email.to_owned()));
            browser.reject(RECOVER, &interaction, failure, entered)
        }
    }
}

/// Without mail, the page does not exist.
fn check_offered<A: App>(browser: &Browser<A>) -> Result<(), RequestError> {
    if browser.services.app.sign_in.mailer.is_set_up() {
        Ok(())
    } else {
        Err(Malformed::PathUnknown.into())
    }
}

fn page<A: App>(browser: &Browser<A>, opened: &Opened) -> Response {
    let (csrf, sealed) = (
        browser.seals.csrf(),
        browser.seals.interaction(&opened.interaction),
    );
    // A signed-in user without a password comes from the account page.
    let current = browser.sessions.current();
    let current = current.map(|live| live.user.email.as_str());
    let problem = opened.problem.as_ref();
    let view = RecoverView {
        page: browser.page(),
        form: form(RECOVER, &csrf, Some(&sealed)),
        problem: problem.map(FormProblem::shown),
        email: opened.email().or(current).unwrap_or_default(),
        back: &browser.seals.link(LOGIN, &opened.interaction),
    };
    FormProblem::show(problem, browser.page(), &view)
}
