//! `/sign-up/account`: asks for the password or a passkey and for the claims, and creates the account.

use super::dead::dead;
use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Fields, Opened, form};
use crate::interaction::sign_in::signed_in;
use crate::interaction::{carried, judged};
use crate::pages::views::{NewAccountView, ShownDocument, TextField};
use crate::paths::{SIGN_UP, SIGN_UP_ACCOUNT};
use crate::recovery::is_void;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{App, NewAccount, NewCredential};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::login::interaction::{Interaction, Pending, SignUpLogin};
use countersign_domain::login::password::LEAST;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::parameters::{given, required};

/// Shows the form.
pub(super) async fn show<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let opened = carried(&browser, query.as_deref())?;
        if let Err(response) = judged(&mut browser, &opened.interaction).await? {
            return Ok(response);
        }
        match proved(&opened.interaction).cloned() {
            Some(login) => page(&browser, opened, login).await,
            None => Ok(browser.lead_to(SIGN_UP, &opened.interaction)),
        }
    };
    let answer = answer.await;
    browser.finish(SIGN_UP_ACCOUNT, answer)
}

/// Creates the account and signs the user in.
pub(super) async fn submit<A: App>(mut browser: Browser<A>, request: Request) -> Response {
    let answer = async {
        let fields = browser.fields(request).await?;
        let interaction = browser.open(fields.interaction.as_deref())?.interaction;
        if let Err(response) = judged(&mut browser, &interaction).await? {
            return Ok(response);
        }
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
    mut interaction: Interaction,
    login: &SignUpLogin,
    fields: Fields,
) -> Result<Response, RequestError> {
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
    let passkey = given(fields.credential);
    let password = match (&passkey, required("new_password", fields.new_password)) {
        (Some(_), _) => Secret::new(""),
        (None, Ok(password)) => Secret::new(password),
        (None, Err(missing)) => {
            return browser.reject(SIGN_UP_ACCOUNT, &interaction, missing, typed);
        }
    };
    let new = NewAccount {
        credential: passkey
            .as_deref()
            .map_or(NewCredential::Password(&password), NewCredential::Passkey),
        claims,
        agrees,
    };
    let accounts = &browser.services.app.accounts;
    match accounts.sign_up(&browser.tenant, login, new).await {
        Ok(proof) => signed_in(browser, interaction, proof, false).await,
        Err(failure) if is_void(&failure) => Ok(dead(browser, &interaction, login.is_invited)),
        Err(failure) => {
            // The page begins a new registration of a passkey.
            interaction.pending = Some(with_passkey(login, None));
            browser.reject(SIGN_UP_ACCOUNT, &interaction, failure, typed)
        }
    }
}

/// Returns the state of the interaction with that of the registration of a passkey.
fn with_passkey(login: &SignUpLogin, passkey: Option<Vec<u8>>) -> Pending {
    Pending::SignUp(SignUpLogin {
        passkey,
        ..login.clone()
    })
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

async fn page<A: App>(
    browser: &Browser<A>,
    mut opened: Opened,
    login: SignUpLogin,
) -> Result<Response, RequestError> {
    let accounts = &browser.services.app.accounts;
    let begun = accounts
        .begin_sign_up_passkey(&browser.tenant, &login)
        .await;
    let begun = match begun {
        Ok(begun) => begun,
        Err(failure) if is_void(&failure) => {
            return Ok(dead(browser, &opened.interaction, login.is_invited));
        }
        Err(failure) => return Err(failure.into()),
    };
    let (options, state) = begun.map(|begun| (begun.options, begun.state)).unzip();
    opened.interaction.pending = Some(with_passkey(&login, state));
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
    let documents = policy.documents().map(|(name, document)| ShownDocument {
        label: match name {
            "terms" => "sign_up.terms",
            _ => "sign_up.privacy",
        },
        url: &document.url,
    });
    let problem = opened.problem.as_ref();
    let view = NewAccountView {
        page: browser.page(),
        form: form(SIGN_UP_ACCOUNT, &csrf, Some(&sealed)),
        problem: problem.map(FormProblem::shown),
        email: &login.email,
        fields: fields.collect(),
        least: LEAST,
        passkey: options.as_deref(),
        documents: documents.collect(),
        agrees: !opened.entered("agree").is_empty(),
    };
    Ok(FormProblem::show(problem, browser.page(), &view))
}
