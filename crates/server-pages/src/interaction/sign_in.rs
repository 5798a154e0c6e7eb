//! `/login` and `/login/{method}`: a page for each login method. The page renders the prompt of the method and submits
//! the answer.

use super::{carried, client_of, go_on, in_query, judged};
use crate::authorize::request::Asked;
use crate::browser::{Browser, Fields, Opened, check_email, email_entered};
use crate::paths::{self, ACCOUNT, LOGIN};
use crate::steady::steady;
use crate::upstream::{at_home, to_home};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, Request};
use axum::response::Response;
use countersign_application::{Answer, Answered, App, Failure, Prompted, Visitor, refusals};
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_domain::login::methods::Method;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::given;

mod problems;
mod prompts;
mod signed_in;
mod ways;

use problems::problem_of;
pub(crate) use signed_in::signed_in;
use ways::ways;

/// Shows the sign-in page.
pub(crate) async fn show<A: App>(browser: Browser<A>, query: RawQuery) -> Response {
    show_method(browser, query, Some(Method::PASSWORD)).await
}

/// Handles the form of the sign-in page.
pub(crate) async fn submit<A: App>(browser: Browser<A>, request: Request) -> Response {
    submit_method(browser, request, Some(Method::PASSWORD)).await
}

/// Shows the page of another method.
pub(crate) async fn show_other<A: App>(
    browser: Browser<A>,
    segment: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Response {
    show_method(browser, query, method_of(segment)).await
}

/// Handles the form of another method.
pub(crate) async fn submit_other<A: App>(
    browser: Browser<A>,
    segment: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    submit_method(browser, request, method_of(segment)).await
}

/// Returns the method of a path. A malformed path has none.
fn method_of(segment: Result<Path<String>, PathRejection>) -> Option<Method> {
    segment
        .ok()
        .and_then(|Path(segment)| paths::method_of(&segment))
}

async fn show_method<A: App>(
    mut browser: Browser<A>,
    RawQuery(query): RawQuery,
    method: Option<Method>,
) -> Response {
    let answer = async {
        let method = method.ok_or(Malformed::InteractionUnknown)?;
        let opened = opened(&browser, query.as_deref())?;
        let asked = match judged(&mut browser, &opened.interaction).await? {
            Ok(asked) => asked,
            Err(response) => return Ok(response),
        };
        ask(&mut browser, opened, asked.as_deref(), method).await
    };
    let answer = answer.await;
    browser.finish(LOGIN, answer)
}

/// Opens the interaction of a page. Without one, starts an interaction that leads to the account page.
pub(crate) fn opened<A: App>(
    browser: &Browser<A>,
    query: Option<&str>,
) -> Result<Opened, RequestError> {
    if in_query(query)?.is_some() || query.is_some_and(|query| !query.is_empty()) {
        return carried(browser, query);
    }
    let visit = Purpose::Visit(ACCOUNT.to_owned());
    Ok(Opened::new(Interaction::new(visit, browser.now())))
}

async fn ask<A: App>(
    browser: &mut Browser<A>,
    mut opened: Opened,
    asked: Option<&Asked>,
    method: Method,
) -> Result<Response, RequestError> {
    let before = opened.interaction.clone();
    let sign_in = &browser.services.app.sign_in;
    let prompted = sign_in.ask(&browser.tenant, &mut opened.interaction, method);
    match prompted.await? {
        Prompted::Prompt(prompt) => {
            let page = prompts::MethodPage {
                method,
                before: &before,
                opened: &opened,
                asked,
            };
            prompts::render(browser, &page, &prompt).await
        }
        Prompted::By(method) => Ok(browser.lead_to(&paths::of_method(method), &opened.interaction)),
        Prompted::Over => go_on(browser, opened.interaction).await,
    }
}

async fn submit_method<A: App>(
    mut browser: Browser<A>,
    request: Request,
    method: Option<Method>,
) -> Response {
    let answer = async {
        let method = method.ok_or(Malformed::InteractionUnknown)?;
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        judge(&mut browser, method, interaction, fields).await
    };
    let answer = answer.await;
    browser.finish(LOGIN, answer)
}

async fn judge<A: App>(
    browser: &mut Browser<A>,
    method: Method,
    mut interaction: Interaction,
    fields: Fields,
) -> Result<Response, RequestError> {
    let asked = match judged(browser, &interaction).await? {
        Ok(asked) => asked,
        Err(response) => return Ok(response),
    };
    if given(fields.passkeys).is_some() {
        browser.can_create_passkeys();
    }
    let typed = given(fields.email);
    if let Err(failure) = check_email(typed.as_deref().unwrap_or_default()) {
        let problem = problem_of(browser, method, failure.into())?;
        let path = paths::of_method(method);
        return Ok(browser.lead_back(&path, &interaction, problem, email_entered(typed)));
    }
    let answer = Answer {
        email: typed.clone(),
        password: given(fields.password).map(Secret::new),
        code: given(fields.code),
        credential: given(fields.credential),
        upstream: None,
        remember: given(fields.remember).is_some(),
    };
    if method == Method::PASSWORD
        && let Some(home) = at_home(browser, typed.as_deref().unwrap_or_default()).await?
    {
        return to_home(browser, &interaction, asked.as_deref(), &home, typed).await;
    }
    let answered = answered(browser, &mut interaction, asked.as_deref(), method, answer);
    // The form asks for a code, whether or not the address has an account.
    let answered = if method == Method::EMAIL_CODE {
        steady(answered).await?
    } else {
        answered.await?
    };
    let (next, error) = match answered {
        Answered::Proved { proof, remember } => {
            return signed_in(browser, interaction, *proof, remember).await;
        }
        Answered::Over => return go_on(browser, interaction).await,
        Answered::Ask(next, None) => {
            return Ok(browser.lead_to(&paths::of_method(next), &interaction));
        }
        Answered::Ask(next, Some(failure)) => (next, failure.into()),
        Answered::Incomplete(field) => (method, MalformedRequest::Missing(field).into()),
    };
    let problem = problem_of(browser, next, error)?;
    let entered = email_entered(typed);
    Ok(browser.lead_back(&paths::of_method(next), &interaction, problem, entered))
}

/// Returns whether a method may not sign users in here: only upstream providers may. A second factor comes after them.
fn is_excluded<A: App>(
    browser: &Browser<A>,
    interaction: &Interaction,
    asked: Option<&Asked>,
    method: Method,
) -> bool {
    let is_first = interaction.pending_login().is_none();
    is_first && method != Method::UPSTREAM && !ways(browser, asked).allow(None)
}

/// Checks the answer of a user.
pub(crate) async fn answered<A: App>(
    browser: &Browser<A>,
    interaction: &mut Interaction,
    asked: Option<&Asked>,
    method: Method,
    answer: Answer,
) -> Result<Answered, RequestError> {
    if is_excluded(browser, interaction, asked, method) {
        return Err(Failure::from(refusals::UPSTREAM_REQUIRED).into());
    }
    let compose = browser.composer();
    let live = browser.sessions.live.iter();
    let sessions: Vec<_> = live.map(|live| live.session.id).collect();
    let device = browser.known_device();
    let visitor = Visitor {
        devices: &browser.devices(),
        sessions: &sessions,
        source: browser.source(device.as_ref()),
        requested: asked.and_then(|asked| asked.request.demands.acr),
        compose: &compose,
    };
    let sign_in = &browser.services.app.sign_in;
    let answered = sign_in.answer(&browser.tenant, interaction, method, answer, &visitor);
    Ok(answered.await?)
}
