//! `/sign-up`: asks for the email address and sends the mail.

use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Opened, email_entered, form};
use crate::interaction::sign_in::opened;
use crate::interaction::{client_of, judged};
use crate::pages::views::SignUpView;
use crate::paths::{LOGIN, SIGN_UP, SIGN_UP_CHECK};
use crate::steady::steady;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{App, Failure, refusals};
use countersign_domain::client::ClientId;
use countersign_domain::login::interaction::{Interaction, Pending};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Shows the form.
pub(super) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let mut opened = opened(&browser, query.as_deref())?;
        opened.interaction.pending = None;
        match offered(&mut browser, &opened.interaction).await? {
            Ok(_) => Ok(page(&browser, &opened)),
            Err(response) => Ok(response),
        }
    };
    let answer = answer.await;
    browser.finish(SIGN_UP, answer)
}

/// Sends the mail. The response is the same for every address.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        let email = required("email", fields.email)?;
        match offered(&mut browser, &interaction).await? {
            Ok(client) => send(&browser, interaction, &email, client.as_ref()).await,
            Err(response) => Ok(response),
        }
    };
    let answer = answer.await;
    browser.finish(SIGN_UP, answer)
}

async fn send<A: App>(
    browser: &Browser<A>,
    mut interaction: Interaction,
    email: &str,
    client: Option<&ClientId>,
) -> Result<Response, RequestError> {
    let compose = browser.composer();
    let accounts = &browser.services.app.accounts;
    let asked = (email, client);
    let begun = accounts.begin_sign_up(&browser.tenant, asked, browser.address, &compose);
    match steady(begun).await {
        Ok(login) => {
            interaction.pending = Some(Pending::SignUp(login));
            Ok(browser.lead_to(SIGN_UP_CHECK, &interaction))
        }
        Err(failure) => {
            let entered = email_entered(Some(email.to_owned()));
            browser.reject(SIGN_UP, &interaction, failure, entered)
        }
    }
}

/// Returns the client of the interaction, if the pages offer sign-up to its users. `Err` ends the request.
async fn offered<A: App>(
    browser: &mut Browser<A>,
    interaction: &Interaction,
) -> Result<Result<Option<ClientId>, Response>, RequestError> {
    let asked = match judged(browser, interaction).await? {
        Ok(asked) => asked,
        Err(response) => return Ok(Err(response)),
    };
    let client = client_of(browser, asked.as_deref()).map(|client| client.id.clone());
    let accounts = &browser.services.app.accounts;
    if accounts.offers_sign_up(&browser.tenant, client.as_ref()) {
        Ok(Ok(client))
    } else {
        Err(Failure::from(refusals::REGISTRATION_CLOSED).into())
    }
}

fn page<A: App>(browser: &Browser<A>, opened: &Opened) -> Response {
    let (csrf, sealed) = (
        browser.seals.csrf(),
        browser.seals.interaction(&opened.interaction),
    );
    let problem = opened.problem.as_ref();
    let view = SignUpView {
        page: browser.page(),
        form: form(SIGN_UP, &csrf, Some(&sealed)),
        problem: problem.map(FormProblem::shown),
        email: opened.entered("email"),
        back: &browser.seals.link(LOGIN, &opened.interaction),
    };
    FormProblem::show(problem, browser.page(), &view)
}
