//! `/device`: the code that the device shows, typed or from the complete address (RFC 8628 section 3.3.1).
//!
//! A code in the address only fills the field: link previews open addresses, and the user has to compare the code.

use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Opened, form};
use crate::interaction::go_on;
use crate::pages::views::ConnectView;
use crate::paths::DEVICE;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::grant::device_code::UserCode;
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;
use countersign_server_http::wire::parameters::{given, parameters, required};

/// Name of the field for the code.
const CODE: &str = "code";

/// Maximum length of a shown code in characters, as in the form.
const LONGEST: usize = 32;

parameters! {
    /// Query parameters of the page.
    Query { interaction, user_code }
}

/// Shows the form.
pub(super) async fn show<A: App>(browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = page(&browser, query.as_deref());
    browser.finish(DEVICE, answer)
}

fn page<A: App>(browser: &Browser<A>, query: Option<&str>) -> Result<Response, RequestError> {
    let query: Query = form::parse(query.unwrap_or_default().as_bytes())?;
    let opened = match given(query.interaction) {
        Some(sealed) => browser.open(Some(&sealed))?,
        None => Opened::new(start(browser)),
    };
    let from_address = given(query.user_code).unwrap_or_default();
    let entered = opened.entered(CODE);
    let typed = if entered.is_empty() {
        &from_address
    } else {
        entered
    };
    let code = UserCode::parse(typed).map_or_else(
        |_| typed.chars().take(LONGEST).collect(),
        |code| code.shown(),
    );
    let problem = opened.problem.as_ref();
    let csrf = browser.seals.csrf();
    let view = ConnectView {
        page: browser.page(),
        form: form(DEVICE, &csrf, None),
        problem: problem.map(FormProblem::shown),
        code: &code,
        is_from_address: problem.is_none() && !from_address.is_empty(),
    };
    Ok(FormProblem::show(problem, browser.page(), &view))
}

fn start<A: App>(browser: &Browser<A>) -> Interaction {
    Interaction::new(Purpose::Visit(DEVICE.to_owned()), browser.now())
}

/// Handles the form.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let typed = given(fields.code);
        match check(&browser, typed.clone()).await {
            Ok(code) => {
                let interaction = Interaction::new(Purpose::Device(code), browser.now());
                go_on(&mut browser, interaction).await
            }
            Err(error) => {
                let entered = typed.map(|typed| (CODE.to_owned(), typed));
                let entered = entered.into_iter().collect();
                browser.reject(DEVICE, &start(&browser), error, entered)
            }
        }
    };
    let answer = answer.await;
    browser.finish(DEVICE, answer)
}

async fn check<A: App>(
    browser: &Browser<A>,
    typed: Option<String>,
) -> Result<UserCode, RequestError> {
    let typed = required(CODE, typed)?;
    let devices = &browser.services.app.devices;
    let code = devices.enter(&browser.tenant, &typed, browser.address);
    Ok(code.await?)
}
