//! `/account/authenticator` and `/account/recovery-codes`.

use super::{ACCOUNT, AUTHENTICATOR, RECOVERY_CODES, REMOVE_AUTHENTICATOR, done, qr};
use crate::authorize::{CONTINUE, see_other};
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::{Trouble, trouble};
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::pages::views::{AuthenticatorView, ConfirmCodeView, RecoveryCodesView};
use crate::parameters::required;
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{Enrollment, Failure, LiveSession};
use countersign_domain::refusal::Refusal;
use countersign_ports::{PasswordHasher, Signer, Store};

/// Begins to set an app up.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = async {
        let interaction = visit.interaction(query.as_deref())?;
        let owner = match visit.enrolling(&interaction, AUTHENTICATOR) {
            Ok(owner) => owner,
            Err(response) => return Ok(Err(response)),
        };
        let accounts = &visit.services.accounts;
        match accounts.begin_authenticator(&owner.user, &owner.session) {
            Ok(begun) => Ok(Ok(enrollment(&visit, &owner, &interaction, &begun, None)?)),
            // Somebody who goes back has set it up.
            Err(Failure::Refused(Refusal::FactorPresent)) => Ok(Ok(see_other(ACCOUNT))),
            Err(failure) => Err::<_, Unserved>(failure.into()),
        }
    };
    let answer = answer.await;
    visit.finish_account(AUTHENTICATOR, answer)
}

/// Finishes it by a code of the app, and shows recovery codes.
pub(super) async fn set_up<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let interaction = visit.open(fields.interaction.as_deref())?;
        let owner = visit.live(&interaction).cloned().unwrap_or(owner);
        let secret = visit.open_state(fields.sealed.as_deref(), &owner)?;
        let accounts = &visit.services.accounts;
        let codes = async {
            let code = required("code", fields.code)?;
            let (user, session) = (&owner.user, &owner.session);
            Ok::<_, Unserved>(
                accounts
                    .finish_authenticator(user, session, &secret, &code)
                    .await?,
            )
        };
        match codes.await {
            Ok(codes) => {
                let next = match interaction.errand {
                    Errand::Visit(_) => ACCOUNT.to_owned(),
                    Errand::Authorize(_) => visit.link(CONTINUE, &interaction),
                };
                Ok(Ok(recovery_codes(&visit, codes, &next)))
            }
            Err(Unserved::Failure(Failure::Refused(Refusal::FactorPresent))) => {
                Ok(Ok(see_other(ACCOUNT)))
            }
            Err(unserved) => {
                let trouble = trouble(unserved, AUTHENTICATOR)?;
                let begun = accounts.enrollment(&owner.user, secret);
                let page = enrollment(&visit, &owner, &interaction, &begun, Some(&trouble))?;
                Ok::<_, Unserved>(Ok(page))
            }
        }
    };
    let answer = answer.await;
    visit.finish_account(AUTHENTICATOR, answer)
}

/// Asks for a code before the app is removed.
pub(super) async fn ask_to_remove<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
) -> Response {
    ask(visit, REMOVE_AUTHENTICATOR)
}

/// Asks for a code before there are new recovery codes.
pub(super) async fn ask_for_codes<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
) -> Response {
    ask(visit, RECOVERY_CODES)
}

/// Removes the app.
pub(super) async fn remove<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let removed = async {
            let code = required("code", fields.code)?;
            let accounts = &visit.services.accounts;
            accounts
                .remove_authenticator(&owner.user, &owner.session, &code)
                .await?;
            Ok::<_, Unserved>(done("removed"))
        };
        again(&visit, REMOVE_AUTHENTICATOR, removed.await)
    };
    let answer = answer.await;
    visit.finish_account(REMOVE_AUTHENTICATOR, answer)
}

/// Makes new recovery codes.
pub(super) async fn new_codes<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    request: Request,
) -> Response {
    let answer = async {
        let (owner, fields) = match visit.owner_and_fields(request).await? {
            Ok(both) => both,
            Err(response) => return Ok(Err(response)),
        };
        let made = async {
            let code = required("code", fields.code)?;
            let accounts = &visit.services.accounts;
            let codes = accounts
                .renew_recovery_codes(&owner.user, &owner.session, &code)
                .await?;
            Ok::<_, Unserved>(recovery_codes(&visit, codes, ACCOUNT))
        };
        again(&visit, RECOVERY_CODES, made.await)
    };
    let answer = answer.await;
    visit.finish_account(RECOVERY_CODES, answer)
}

fn ask<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    path: &'static str,
) -> Response {
    let answer = match visit.owner(path) {
        // A login that is too long ago is noticed before a code is typed in vain.
        Ok(owner) => match owner.session.is_fresh(visit.now()) {
            Ok(()) => Ok(Ok(confirmation(&visit, path, None))),
            Err(refusal) => Err(Failure::from(refusal).into()),
        },
        Err(response) => Ok(Err(response)),
    };
    visit.finish_account(path, answer)
}

/// The form once more, if the code was not right.
fn again<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    path: &'static str,
    outcome: Result<Response, Unserved>,
) -> Result<Result<Response, Response>, Unserved> {
    match outcome {
        Ok(response) => Ok(Ok(response)),
        Err(unserved) => {
            let trouble = trouble(unserved, path)?;
            Ok(Ok(confirmation(visit, path, Some(&trouble))))
        }
    }
}

fn confirmation<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    path: &str,
    trouble: Option<&Trouble>,
) -> Response {
    let csrf = visit.csrf();
    let view = ConfirmCodeView {
        page: visit.page(),
        form: Visit::<S, G, P>::form(path, &csrf, None),
        problem: trouble.map(|trouble| trouble.problem),
        remove: path == REMOVE_AUTHENTICATOR,
    };
    Trouble::show(trouble, visit.page(), &view)
}

fn enrollment<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    owner: &LiveSession,
    interaction: &Interaction,
    begun: &Enrollment,
    trouble: Option<&Trouble>,
) -> Result<Response, Unserved> {
    let (csrf, sealed) = (visit.csrf(), visit.seal(interaction));
    let mut parameters = begun.uri.split(['?', '&']);
    let secret = parameters.find_map(|pair| pair.strip_prefix("secret="));
    // An address is at most 254 characters long, so that there always is a picture.
    let picture = qr::picture(&begun.uri).ok_or(Malformed::Missing("email"))?;
    let view = AuthenticatorView {
        page: visit.page(),
        form: Visit::<S, G, P>::form(AUTHENTICATOR, &csrf, Some(&sealed)),
        problem: trouble.map(|trouble| trouble.problem),
        picture,
        secret: secret.unwrap_or_default(),
        uri: &begun.uri,
        sealed: &visit.seal_state(&begun.secret, owner),
        back: &visit.way_back(interaction),
    };
    Ok(Trouble::show(trouble, visit.page(), &view))
}

fn recovery_codes<S: Store, G: Signer, P: PasswordHasher>(
    visit: &Visit<S, G, P>,
    codes: Vec<String>,
    next: &str,
) -> Response {
    let view = RecoveryCodesView {
        page: visit.page(),
        codes,
        next,
    };
    visit.page().show(StatusCode::OK, &view)
}
