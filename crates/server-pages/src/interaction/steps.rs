use super::device;
use crate::authorize::request::{Asked, JudgedRequest, judge, refused};
use crate::browser::{Browser, Opened};
use crate::paths;
use crate::redirect::see_other;
use axum::response::Response;
use countersign_application::{App, DeviceQuestion, Failure, LiveSession};
use countersign_domain::client::Client;
use countersign_domain::login::interaction::{Interaction, Outcome, Page, Purpose, Request, Step};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::{given, parameters};

parameters! {
    /// Query parameters of a page.
    Carried { interaction }
}

/// Returns the sealed interaction in the query of a page, if any.
pub(crate) fn in_query(query: Option<&str>) -> Result<Option<String>, Malformed> {
    let carried: Carried = form::parse(query.unwrap_or_default().as_bytes())?;
    Ok(given(carried.interaction))
}

/// Opens the interaction in the query of a page.
pub(crate) fn carried<A: App>(
    browser: &Browser<A>,
    query: Option<&str>,
) -> Result<Opened, RequestError> {
    browser.open(in_query(query)?.as_deref())
}

/// Validates the authorization request of an interaction, if it has one. Also keeps the request of a device in
/// [`Browser::device`]. `Err` is the response that ends the interaction.
pub(crate) async fn judged<A: App>(
    browser: &mut Browser<A>,
    interaction: &Interaction,
) -> Result<Result<Option<Box<Asked>>, Response>, RequestError> {
    let query = match &interaction.purpose {
        Purpose::Authorize(query) => query,
        Purpose::Visit(_) => return Ok(Ok(None)),
        Purpose::Device(code) => {
            let question = device::question(browser, code).await?;
            return Ok(question.map(|question| {
                browser.device = Some(question);
                None
            }));
        }
    };
    Ok(match judge(browser, query).await? {
        JudgedRequest::Valid(asked) => Ok(Some(asked)),
        JudgedRequest::Ended(response) => Err(response),
    })
}

/// Returns the parts of the request of an interaction that determine its next step.
pub(crate) fn request_of<'a, A: App>(
    browser: &'a Browser<A>,
    asked: Option<&'a Asked>,
) -> Option<Request<'a>> {
    let of_device = || browser.device.as_ref().map(DeviceQuestion::facts);
    asked.map(|asked| asked.request.facts()).or_else(of_device)
}

/// Returns the client of the request of an interaction.
pub(crate) fn client_of<'a, A: App>(
    browser: &'a Browser<A>,
    asked: Option<&'a Asked>,
) -> Option<&'a Client> {
    request_of(browser, asked).map(|request| request.client)
}

/// Returns the session of an interaction if this page is the next step in it.
pub(crate) async fn session_on<A: App>(
    browser: &Browser<A>,
    page: Page,
    interaction: &Interaction,
    asked: Option<&Asked>,
) -> Result<Option<LiveSession>, RequestError> {
    let authorizations = &browser.services.app.authorizations;
    let request = request_of(browser, asked);
    let next = authorizations.next(&browser.tenant, interaction, request, &browser.sessions);
    let (step, live) = next.await?;
    let live = live.filter(|live| interaction.session == Some(live.session.id));
    Ok(live.filter(|_| step == Step::Show(page)).cloned())
}

/// Redirects the browser to the next step of an interaction, or returns its result to the client.
pub(crate) async fn go_on<A: App>(
    browser: &mut Browser<A>,
    mut interaction: Interaction,
) -> Result<Response, RequestError> {
    let asked = match judged(browser, &interaction).await? {
        Ok(asked) => asked,
        Err(response) => return Ok(response),
    };
    let app = &browser.services.app;
    let request = request_of(browser, asked.as_deref());
    let (step, live) = app
        .next(
            &browser.tenant,
            &mut interaction,
            request,
            &browser.sessions,
        )
        .await?;
    let page = match (step, &interaction.purpose) {
        (Step::Show(Page::SignIn), _) => paths::LOGIN.to_owned(),
        (Step::Show(Page::SelectAccount), _) => paths::ACCOUNTS.to_owned(),
        (Step::Show(Page::Consent), _) => paths::CONSENT.to_owned(),
        (Step::Show(Page::Device), _) => paths::DEVICE_CONFIRM.to_owned(),
        (Step::Show(Page::Enroll), _) => paths::MFA_SETUP.to_owned(),
        (Step::Show(Page::NewPassword), _) => paths::RECOVER_PASSWORD.to_owned(),
        (Step::Ask(method), _) => paths::of_method(method),
        (Step::Done(Outcome::Return), Purpose::Visit(path)) => return Ok(see_other(path)),
        (Step::Done(Outcome::Code), _) => {
            let (Some(asked), Some(live)) = (&asked, live) else {
                return Err(Failure::from(Refusal::LoginFailed).into());
            };
            let code = app
                .authorizations
                .code(&browser.tenant, &asked.request, live);
            return Ok(asked.target.code(browser, &code));
        }
        (Step::Done(Outcome::DeviceApproved), Purpose::Device(code)) => {
            let (Some(question), Some(live)) = (&browser.device, live) else {
                return Err(Failure::from(Refusal::LoginFailed).into());
            };
            if let Some(over) = device::approve(browser, code, question, live).await? {
                return Ok(over);
            }
            paths::DEVICE_ALLOWED.to_owned()
        }
        (Step::Refuse(refusal), _) => return refuse(browser, asked.as_deref(), refusal),
        // The use case loads every fact, only a visit returns, and only a device is approved.
        (Step::Need(_) | Step::Done(Outcome::Return | Outcome::DeviceApproved), _) => {
            return Err(Failure::from(Refusal::LoginFailed).into());
        }
    };
    Ok(browser.lead_to(&page, &interaction))
}

/// Returns a refusal to the client of the request, or as an error page without a request.
pub(crate) fn refuse<A: App>(
    browser: &Browser<A>,
    asked: Option<&Asked>,
    refusal: Refusal,
) -> Result<Response, RequestError> {
    let refusal = Failure::Refused(refusal).into();
    match asked {
        Some(asked) => Ok(refused(browser, &asked.target, &refusal)),
        None => Err(refusal),
    }
}
