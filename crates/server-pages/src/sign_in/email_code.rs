//! `/login/email-code`: a code that is sent by mail.

use super::{EMAIL_CODE, LOGIN};
use crate::browser::Visit;
use crate::browser::interaction::Interaction;
use crate::browser::troubles::{Trouble, trouble};
use crate::pages::views::EmailCodeView;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{App, EmailCodeLogin, FirstFactor};
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::parameters::{given, required};

/// Shows the form: for the address, or for the code once one was sent.
pub(crate) async fn show<A: App>(mut visit: Visit<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let mut interaction = visit.interaction(query.as_deref())?;
        let (trouble, typed) = interaction.take_trouble(visit.now());
        let login_hint = match visit.purpose(&interaction).await? {
            Ok(purpose) => purpose.login_hint,
            Err(response) => return Ok(response),
        };
        let email = typed.or(login_hint);
        Ok(page(
            &visit,
            &interaction,
            email.as_deref(),
            trouble.as_ref(),
        ))
    };
    let answer = answer.await;
    visit.finish(EMAIL_CODE, answer)
}

/// Takes the address or the code.
pub(crate) async fn submit<A: App>(mut visit: Visit<A>, request: Request) -> Response {
    let answer = async {
        let fields = visit.fields(request).await?;
        let mut interaction = visit.open(fields.interaction.as_deref())?;
        let typed = given(fields.email);
        let outcome = match interaction.email_code() {
            Some(login) if typed.is_none() => check(&visit, &login, fields.code).await.map(Some),
            _ => match send(&visit, typed.clone()).await {
                Ok(login) => {
                    interaction.wait_for_email_code(&login);
                    Ok(None)
                }
                Err(unserved) => Err(unserved),
            },
        };
        match outcome {
            Ok(Some(outcome)) => visit.after_first_factor(interaction, outcome).await,
            Ok(None) => Ok(visit.lead_to(EMAIL_CODE, &interaction)),
            Err(unserved) => {
                let trouble = trouble(unserved, EMAIL_CODE)?;
                Ok(visit.lead_back(EMAIL_CODE, interaction, trouble, typed))
            }
        }
    };
    let answer = answer.await;
    visit.finish(EMAIL_CODE, answer)
}

async fn send<A: App>(visit: &Visit<A>, email: Option<String>) -> Result<EmailCodeLogin, Unserved> {
    let email = required("email", email)?;
    let page = visit.page();
    let compose = |code: &str| page.code_mail(code);
    let sign_in = &visit.services.app.sign_in;
    Ok(sign_in
        .send_email_code(&visit.tenant, &email, visit.address, compose)
        .await?)
}

async fn check<A: App>(
    visit: &Visit<A>,
    login: &EmailCodeLogin,
    code: Option<String>,
) -> Result<FirstFactor, Unserved> {
    let code = required("code", code)?;
    let devices = visit.devices();
    let sign_in = &visit.services.app.sign_in;
    Ok(sign_in
        .by_email_code(&visit.tenant, login, &code, &devices, visit.address)
        .await?)
}

fn page<A: App>(
    visit: &Visit<A>,
    interaction: &Interaction,
    typed: Option<&str>,
    trouble: Option<&Trouble>,
) -> Response {
    let sent = interaction.email_code();
    let mut before = interaction.clone();
    before.pending = None;
    let back = if sent.is_some() { EMAIL_CODE } else { LOGIN };
    let (csrf, sealed) = (visit.csrf(), visit.seal(interaction));
    let view = EmailCodeView {
        page: visit.page(),
        form: Visit::<A>::form(EMAIL_CODE, &csrf, Some(&sealed)),
        problem: trouble.map(|trouble| trouble.problem),
        email: sent
            .as_ref()
            .map(|login| login.email.as_str())
            .or(typed)
            .unwrap_or_default(),
        sent: sent.is_some(),
        back: &visit.link(back, &before),
    };
    Trouble::show(trouble, visit.page(), &view)
}
