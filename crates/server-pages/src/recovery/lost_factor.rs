//! `/lost-factor`: delayed reset of a lost second factor, after the password.

use crate::account::Times;
use crate::browser::problem::{FormProblem, problem};
use crate::browser::{Browser, Opened, form};
use crate::interaction::sign_in::signed_in;
use crate::interaction::{carried, go_on, judged};
use crate::pages::views::LostFactorView;
use crate::paths::{self, LOGIN, LOST_FACTOR};
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{Answered, App, FactorResetStep, Failure, Notice, refusals};
use countersign_domain::login::interaction::{Interaction, PendingLogin};
use countersign_domain::login::methods::Method;
use countersign_domain::user::User;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::required;

/// Says what the user can do: request a reset, wait, or remove the factors.
pub(super) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let opened = carried(&browser, query.as_deref())?;
        page(&mut browser, opened).await
    };
    let answer = answer.await;
    browser.finish(LOST_FACTOR, answer)
}

/// Requests the reset, or removes the factors. The decision is that of the page: an old page cannot remove them.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        if let Err(response) = judged(&mut browser, &interaction).await? {
            return Ok(response);
        }
        let Some(login) = interaction.pending_login().cloned() else {
            return go_on(&mut browser, interaction).await;
        };
        if required("decision", fields.decision)? == "remove" {
            return remove(&mut browser, interaction, &login).await;
        }
        let requested = {
            let (app, compose) = (&browser.services.app, browser.composer());
            let (origin, address) = (browser.origin(), browser.source(None).address);
            let mail = (&app.notices, &compose as _);
            app.sign_in
                .request_factor_reset(&browser.tenant, &login, mail, (&origin, address))
                .await
        };
        let Err(failure) = requested else {
            return Ok(browser.lead_to(LOST_FACTOR, &interaction));
        };
        let problem = problem(failure.into(), LOST_FACTOR, browser.client_id.as_deref())?;
        Ok(browser.lead_back(LOST_FACTOR, &interaction, problem, Vec::new()))
    };
    let answer = answer.await;
    browser.finish(LOST_FACTOR, answer)
}

async fn remove<A: App>(
    browser: &mut Browser<A>,
    mut interaction: Interaction,
    login: &PendingLogin,
) -> Result<Response, RequestError> {
    let sign_in = &browser.services.app.sign_in;
    let completed = sign_in.complete_factor_reset(&browser.tenant, &mut interaction, login);
    let (user, answered) = completed.await?;
    browser.notify(&user, Notice::FactorsReset).await;
    match answered {
        Answered::Proved { proof, .. } => signed_in(browser, interaction, *proof, false).await,
        Answered::Ask(method, None) => Ok(browser.lead_to(&paths::of_method(method), &interaction)),
        _ => Ok(browser.lead_to(LOGIN, &interaction)),
    }
}

async fn page<A: App>(browser: &mut Browser<A>, opened: Opened) -> Result<Response, RequestError> {
    if let Err(response) = judged(browser, &opened.interaction).await? {
        return Ok(response);
    }
    let Some(login) = opened.interaction.pending_login() else {
        return go_on(browser, opened.interaction).await;
    };
    let sign_in = &browser.services.app.sign_in;
    let user = sign_in.user_of(&browser.tenant, login).await?;
    let step = sign_in.factor_reset(&browser.tenant, login).await?;
    let step = step.ok_or(Failure::from(refusals::FACTOR_RESET_OFF))?;
    let methods = sign_in.second_factors(&browser.tenant, &user).await?;
    let method = methods.first().copied().unwrap_or(Method::TIME_CODE);
    let (csrf, sealed) = (
        browser.seals.csrf(),
        browser.seals.interaction(&opened.interaction),
    );
    let problem = opened.problem.as_ref();
    let view = LostFactorView {
        page: browser.page(),
        form: form(LOST_FACTOR, &csrf, Some(&sealed)),
        problem: problem.map(FormProblem::shown),
        account: user.email.as_str(),
        lead: lead(browser, &user, step),
        decision: match step {
            FactorResetStep::Request(_) => Some("request"),
            FactorResetStep::Wait(_) => None,
            FactorResetStep::Remove => Some("remove"),
        },
        back: &browser
            .seals
            .link(&paths::of_method(method), &opened.interaction),
    };
    Ok(FormProblem::show(problem, browser.page(), &view))
}

fn lead<A: App>(browser: &Browser<A>, user: &User, step: FactorResetStep) -> String {
    let page = browser.page();
    match step {
        FactorResetStep::Request(delay) => {
            let days = delay.as_secs().div_ceil(86_400);
            page.with("lost_factor.request_lead", "days", days)
        }
        FactorResetStep::Wait(due_at) => {
            Times::of(user).text(page, "lost_factor.wait_lead", due_at)
        }
        FactorResetStep::Remove => page.text("lost_factor.remove_lead").to_owned(),
    }
}
