//! `/recover/check`: says that a mail was sent, and takes its code.

use super::proof::{is_void, proved, void};
use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Opened, form};
use crate::interaction::{carried, judged};
use crate::pages::views::CheckMailView;
use crate::paths::{RECOVER, RECOVER_CHECK};
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::{Interaction, Pending, RecoveryLogin};
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
            Some(Pending::Recovery(login)) => page(&browser, &opened, login),
            _ => browser.lead_to(RECOVER, &opened.interaction),
        })
    };
    let answer = answer.await;
    browser.finish(RECOVER_CHECK, answer)
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
            Ok(code) => check(&mut browser, interaction, &code).await,
            Err(missing) => browser.reject(RECOVER_CHECK, &interaction, missing, Vec::new()),
        }
    };
    let answer = answer.await;
    browser.finish(RECOVER_CHECK, answer)
}

async fn check<A: App>(
    browser: &mut Browser<A>,
    interaction: Interaction,
    code: &str,
) -> Result<Response, RequestError> {
    let Some(Pending::Recovery(login)) = &interaction.pending else {
        return Ok(browser.lead_to(RECOVER, &interaction));
    };
    let device = browser.known_device();
    let source = browser.source(device.as_ref());
    let sign_in = &browser.services.app.sign_in;
    let found = sign_in.recovery_code(&browser.tenant, (login, code), source);
    match found.await {
        Ok(found) => proved(browser, interaction, found).await,
        Err(failure) if is_void(&failure) => Ok(void(browser, &interaction, RECOVER)),
        Err(failure) => browser.reject(RECOVER_CHECK, &interaction, failure, Vec::new()),
    }
}

fn page<A: App>(browser: &Browser<A>, opened: &Opened, login: &RecoveryLogin) -> Response {
    let mailed = Mailed {
        check: RECOVER_CHECK,
        again: RECOVER,
        sent: "recovery.sent",
        leads_away: true,
        email: &login.email,
    };
    mailed.page(browser, opened)
}

/// A mail whose code the page asks for.
pub(crate) struct Mailed<'a> {
    /// Path of the page.
    pub(crate) check: &'static str,
    /// Path of the page that sends the mail.
    pub(crate) again: &'static str,
    /// Key of the text that says that it was sent.
    pub(crate) sent: &'static str,
    /// Whether the code may lead to a client.
    pub(crate) leads_away: bool,
    /// Address as typed.
    pub(crate) email: &'a str,
}

impl Mailed<'_> {
    /// Returns the page.
    pub(crate) fn page<A: App>(&self, browser: &Browser<A>, opened: &Opened) -> Response {
        let (csrf, sealed) = (
            browser.seals.csrf(),
            browser.seals.interaction(&opened.interaction),
        );
        let mut restarted = opened.interaction.clone();
        restarted.pending = None;
        let problem = opened.problem.as_ref();
        let lifetime = browser.tenant.settings.recovery.link;
        let view = CheckMailView {
            page: browser.page(),
            form: form(self.check, &csrf, Some(&sealed)),
            problem: problem.map(FormProblem::shown),
            sent: self.sent,
            leads_away: self.leads_away,
            email: self.email,
            minutes: lifetime.as_secs().div_ceil(60),
            again: self.again,
            other: &browser.seals.link(self.again, &restarted),
        };
        FormProblem::show(problem, browser.page(), &view)
    }
}
