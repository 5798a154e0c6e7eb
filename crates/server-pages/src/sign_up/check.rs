//! `/sign-up/check`: says that a mail was sent, and takes its code.

use crate::browser::{Browser, Opened};
use crate::interaction::{carried, judged};
use crate::paths::{SIGN_UP, SIGN_UP_ACCOUNT, SIGN_UP_CHECK};
use crate::recovery::{Mailed, is_void, void};
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::{Interaction, Pending, SignUpLogin};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Shows the form.
pub(super) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let opened = carried(&browser, query.as_deref())?;
        if let Err(response) = judged(&mut browser, &opened.interaction).await? {
            return Ok(response);
        }
        Ok(match &opened.interaction.pending {
            Some(Pending::SignUp(login)) => page(&browser, &opened, login),
            _ => browser.lead_to(SIGN_UP, &opened.interaction),
        })
    };
    let answer = answer.await;
    browser.finish(SIGN_UP_CHECK, answer)
}

/// Checks the code.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        if let Err(response) = judged(&mut browser, &interaction).await? {
            return Ok(response);
        }
        match required("code", fields.code) {
            Ok(code) => check(&browser, interaction, &code).await,
            Err(missing) => browser.reject(SIGN_UP_CHECK, &interaction, missing, Vec::new()),
        }
    };
    let answer = answer.await;
    browser.finish(SIGN_UP_CHECK, answer)
}

async fn check<A: App>(
    browser: &Browser<A>,
    mut interaction: Interaction,
    code: &str,
) -> Result<Response, RequestError> {
    let Some(Pending::SignUp(login)) = &interaction.pending else {
        return Ok(browser.lead_to(SIGN_UP, &interaction));
    };
    let device = browser.known_device();
    let source = browser.source(device.as_ref());
    let accounts = &browser.services.app.accounts;
    let proved = accounts.prove_sign_up(&browser.tenant, (login, code), source);
    match proved.await {
        Ok(login) => {
            interaction.pending = Some(Pending::SignUp(login));
            Ok(browser.lead_to(SIGN_UP_ACCOUNT, &interaction))
        }
        Err(failure) if is_void(&failure) => Ok(void(browser, &interaction, SIGN_UP)),
        Err(failure) => browser.reject(SIGN_UP_CHECK, &interaction, failure, Vec::new()),
    }
}

fn page<A: App>(browser: &Browser<A>, opened: &Opened, login: &SignUpLogin) -> Response {
    let mailed = Mailed {
        check: SIGN_UP_CHECK,
        again: SIGN_UP,
        sent: "sign_up.sent",
        leads_away: false,
        email: &login.email,
    };
    mailed.page(browser, opened)
}
