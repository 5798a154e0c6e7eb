//! `/sign-up/account`: asks for the password and the claims, and creates the account.

use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Fields, Opened, form};
use crate::interaction::carried;
use crate::interaction::sign_in::signed_in;
use crate::pages::views::{NewAccountView, TextField};
use crate::paths::{SIGN_UP, SIGN_UP_ACCOUNT};
use crate::recovery::{is_void, void};
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{App, NewAccount};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::login::interaction::{Interaction, Pending, SignUpLogin};
use countersign_domain::login::password::LEAST;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::{given, required};

/// Shows the form.
pub(super) async fn show<A: App>(browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer =
        carried(&browser, query.as_deref()).map(|opened| match proved(&opened.interaction) {
            Some(login) => page(&browser, &opened, login),
            None => browser.lead_to(SIGN_UP, &opened.interaction),
        });
    browser.finish(SIGN_UP_ACCOUNT, answer)
}

/// Creates the account and signs the user in.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        match proved(&interaction).cloned() {
            Some(login) => create(&mut browser, interaction, &login, fields).await,
            None => Ok(browser.lead_to(SIGN_UP, &interaction)),
        }
    };
    let answer = answer.await;
    browser.finish(SIGN_UP_ACCOUNT, answer)
}

async fn create<A: App>(
    browser: &mut Browser<A>,
    interaction: Interaction,
    login: &SignUpLogin,
    fields: Fields,
) -> Result<Response, RequestError> {
    let password = Secret::new(required("new_password", fields.new_password.clone())?);
    let asked = browser.tenant.settings.sign_up.fields.iter();
    let claims: Vec<_> = asked
        .map(|claim| (*claim, entered(*claim, &fields)))
        .collect();
    let agrees = given(fields.agree).is_some();
    let typed = claims
        .iter()
        .map(|(claim, text)| (claim.as_str().to_owned(), text.clone()));
    let mut typed: Vec<_> = typed.collect();
    typed.extend(agrees.then(|| ("agree".to_owned(), "yes".to_owned())));
    let new = NewAccount {
        password: &password,
        claims,
        agrees,
    };
    let accounts = &browser.services.app.accounts;
    match accounts.sign_up(&browser.tenant, login, new).await {
        Ok(proof) => signed_in(browser, interaction, proof, false).await,
        Err(failure) if is_void(&failure) => Ok(void(browser, &interaction, SIGN_UP)),
        Err(failure) => browser.reject(SIGN_UP_ACCOUNT, &interaction, failure, typed),
    }
}

/// Returns the sign-up of an interaction whose address is proved.
fn proved(interaction: &Interaction) -> Option<&SignUpLogin> {
    match &interaction.pending {
        Some(Pending::SignUp(login)) if login.is_proved => Some(login),
        _ => None,
    }
}

/// Returns what the user entered for a claim.
fn entered(claim: StandardClaim, fields: &Fields) -> String {
    let field = match claim {
        StandardClaim::Name => &fields.name,
        StandardClaim::GivenName => &fields.given_name,
        StandardClaim::FamilyName => &fields.family_name,
        StandardClaim::Nickname => &fields.nickname,
        StandardClaim::PhoneNumber => &fields.phone_number,
        StandardClaim::Birthdate => &fields.birthdate,
        _ => &None,
    };
    field.clone().unwrap_or_default().trim().to_owned()
}

/// Returns key of the label, type and `autocomplete` of the field of a claim.
const fn kind(claim: StandardClaim) -> (&'static str, &'static str, &'static str) {
    match claim {
        StandardClaim::GivenName => ("sign_up.given_name", "text", "given-name"),
        StandardClaim::FamilyName => ("sign_up.family_name", "text", "family-name"),
        StandardClaim::Nickname => ("sign_up.nickname", "text", "nickname"),
        StandardClaim::PhoneNumber => ("sign_up.phone_number", "tel", "tel"),
        StandardClaim::Birthdate => ("sign_up.birthdate", "date", "bday"),
        _ => ("sign_up.name", "text", "name"),
    }
}

fn page<A: App>(browser: &Browser<A>, opened: &Opened, login: &SignUpLogin) -> Response {
    let (csrf, sealed) = (
        browser.seals.csrf(),
        browser.seals.interaction(&opened.interaction),
    );
    let policy = &browser.tenant.settings.sign_up;
    let fields = policy.fields.iter().map(|claim| {
        let (label, kind, autocomplete) = kind(*claim);
        TextField {
            name: claim.as_str(),
            label,
            kind,
            autocomplete,
            value: opened.entered(claim.as_str()),
        }
    });
    let problem = opened.problem.as_ref();
    let view = NewAccountView {
        page: browser.page(),
        form: form(SIGN_UP_ACCOUNT, &csrf, Some(&sealed)),
        problem: problem.map(FormProblem::shown),
        email: &login.email,
        fields: fields.collect(),
        least: LEAST,
        terms: policy.terms.as_ref().map(|own| own.url.as_str()),
        privacy: policy.privacy.as_ref().map(|own| own.url.as_str()),
        agrees: !opened.entered("agree").is_empty(),
    };
    FormProblem::show(problem, browser.page(), &view)
}
