//! `/login` and `/login/{method}`: a page for each login method. The page renders the prompt of the method and submits
//! the answer.

use super::{carried, go_on, in_query, judged};
use crate::authorize::request::Asked;
use crate::browser::problem::{FormProblem, problem};
use crate::browser::{Browser, Fields, Opened, check_email, email_entered};
use crate::pages::views::Problem;
use crate::paths::{self, ACCOUNT, CONTINUE, DELETION, LOGIN, PASSKEY_OFFER};
use crate::steady::steady;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, Request};
use axum::response::Response;
use countersign_application::{
    Answer, Answered, App, LiveSession, Notice, Prompted, Proof, Visitor,
};
use countersign_domain::login::interaction::{Interaction, Pending, Purpose};
use countersign_domain::login::methods::Method;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::given;

mod prompts;

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
        remember: given(fields.remember).is_some(),
    };
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
    let answered = sign_in.answer(&browser.tenant, &mut interaction, method, answer, &visitor);
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

/// Returns the problem that the page of a method shows.
fn problem_of<A: App>(
    browser: &Browser<A>,
    method: Method,
    error: RequestError,
) -> Result<FormProblem, RequestError> {
    let mut problem = problem(error, LOGIN, browser.client_id.as_deref())?;
    problem.problem = match (method, problem.problem) {
        (Method::PASSKEY, Problem::LoginFailed) => Problem::PasskeyFailed,
        (Method::RECOVERY_CODE, Problem::CodeWrong) => Problem::RecoveryCodeWrong,
        (_, other) => other,
    };
    Ok(problem)
}

/// Starts the session of an authenticated user. If that fails, for example because the user has just been disabled,
/// redirects to the sign-in page.
pub(crate) async fn signed_in<A: App>(
    browser: &mut Browser<A>,
    mut interaction: Interaction,
    proof: Proof,
    remember: bool,
) -> Result<Response, RequestError> {
    let sessions = &browser.services.app.sessions;
    let begun = sessions.begin(&browser.tenant, proof, &browser.sessions, browser.origin());
    let live = match begun.await {
        Ok(live) => live,
        Err(failure) => {
            interaction.pending = None;
            let problem = problem_of(browser, Method::PASSWORD, failure.into())?;
            return Ok(browser.lead_back(LOGIN, &interaction, problem, Vec::new()));
        }
    };
    metrics::counter!("countersign_logins_total").increment(1);
    tracing::info!(user = %live.user.id, session = %live.session.id, "signed in");
    notify(browser, &interaction, &live).await;
    interaction.signed_in(live.session.id);
    if remember {
        let name = browser.user_agent().unwrap_or_default();
        let sign_in = &browser.services.app.sign_in;
        let device = sign_in.remember_device(&browser.tenant, live.user.id, &name);
        let device = device.await?.id;
        browser.remember(device);
    }
    browser.know(&live.user);
    let next = if will_be_deleted(browser, &live.user).await? {
        DELETION
    } else if offers_passkey(browser, &live.user).await? {
        PASSKEY_OFFER
    } else {
        CONTINUE
    };
    browser.sessions.put_first(live);
    Ok(browser.lead_to(next, &interaction))
}

/// Returns whether the user has requested the deletion of the account, and can still keep it.
async fn will_be_deleted<A: App>(browser: &Browser<A>, user: &User) -> Result<bool, RequestError> {
    let accounts = &browser.services.app.accounts;
    let scheduled = accounts.scheduled_deletion(&browser.tenant, user.id);
    Ok(scheduled.await?.is_some())
}

async fn offers_passkey<A: App>(browser: &Browser<A>, user: &User) -> Result<bool, RequestError> {
    let services = &browser.services;
    if !browser.pages.offers_passkeys() || !browser.takes_passkeys() {
        return Ok(false);
    }
    let accounts = &services.app.accounts;
    Ok(accounts.may_offer_passkey(&browser.tenant, user).await?)
}

/// Sends the security notices of a sign-in. A recovery ends with a notice of its own.
async fn notify<A: App>(browser: &Browser<A>, interaction: &Interaction, live: &LiveSession) {
    let methods = live.session.authentication.methods;
    if methods.contain(Method::RECOVERY_CODE) {
        browser.notify(&live.user, Notice::RecoveryCodeUsed).await;
    }
    let device = browser.known_device();
    let known = device.and_then(|device| device.account_of(&live.user));
    let is_new_account = matches!(interaction.pending, Some(Pending::SignUp(_)));
    if known.is_none() && interaction.recovered.is_none() && !is_new_account {
        browser.notify(&live.user, Notice::NewDevice).await;
    }
}
