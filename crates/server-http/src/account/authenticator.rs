//! `/account/authenticator` and `/account/recovery-codes`.

use super::owner::{Owner, Sent};
use super::{ACCOUNT, AUTHENTICATOR, RECOVERY_CODES, REMOVE_AUTHENTICATOR, done, qr};
use crate::authorize::see_other;
use crate::browser::Visit;
use crate::browser::troubles::Trouble;
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::pages::views::{AuthenticatorView, ConfirmCodeView, RecoveryCodesView};
use crate::parameters::required;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{Enrollment, Failure};
use countersign_domain::refusal::Refusal;
use countersign_ports::{PasswordHasher, Signer, Store};

/// Begins to set an app up. After a code that was not right the picture is the same: it was read already. After one that
/// was right there are the recovery codes.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    mut owner: Owner<S, G, P>,
) -> Response {
    let trouble = owner.take_trouble();
    let answer = page(&mut owner, trouble.as_ref());
    owner.finish(AUTHENTICATOR, answer)
}

/// Finishes it by a code of the app. Whoever sends it twice is led to what came of the first time.
pub(super) async fn set_up<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, fields }: Sent<S, G, P>,
) -> Response {
    let answer = async {
        let code = required("code", fields.code)?;
        let state = by.enrollment()?;
        let (user, session) = (&by.live.user, &by.live.session);
        let accounts = &by.visit.services.accounts;
        let finished =
            accounts.finish_authenticator(&by.visit.tenant, user, session, &state, &code);
        match finished.await {
            Ok(()) | Err(Failure::Refused(Refusal::FactorPresent)) => {
                Ok(by.visit.lead_to(AUTHENTICATOR, &by.interaction))
            }
            Err(failure) => Err(failure.into()),
        }
    };
    let answer = answer.await;
    by.finish_form(AUTHENTICATOR, answer)
}

/// Asks for a code before the app is removed.
pub(super) async fn ask_to_remove<S: Store, G: Signer, P: PasswordHasher>(
    owner: Owner<S, G, P>,
) -> Response {
    ask(owner, REMOVE_AUTHENTICATOR)
}

/// Asks for a code before there are new recovery codes.
pub(super) async fn ask_for_codes<S: Store, G: Signer, P: PasswordHasher>(
    owner: Owner<S, G, P>,
) -> Response {
    ask(owner, RECOVERY_CODES)
}

/// Removes the app.
pub(super) async fn remove<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, fields }: Sent<S, G, P>,
) -> Response {
    let answer = async {
        let code = required("code", fields.code)?;
        let accounts = &by.visit.services.accounts;
        accounts
            .remove_authenticator(&by.visit.tenant, &by.live.user, &by.live.session, &code)
            .await?;
        Ok(done("removed"))
    };
    let answer = answer.await;
    by.finish_form(REMOVE_AUTHENTICATOR, answer)
}

/// Makes new recovery codes.
pub(super) async fn new_codes<S: Store, G: Signer, P: PasswordHasher>(
    Sent { by, fields }: Sent<S, G, P>,
) -> Response {
    let answer = async {
        let code = required("code", fields.code)?;
        let accounts = &by.visit.services.accounts;
        let codes = accounts
            .renew_recovery_codes(&by.visit.tenant, &by.live.user, &by.live.session, &code)
            .await?;
        Ok(recovery_codes(&by, codes, ACCOUNT))
    };
    let answer = answer.await;
    by.finish_form(RECOVERY_CODES, answer)
}

fn ask<S: Store, G: Signer, P: PasswordHasher>(
    mut owner: Owner<S, G, P>,
    path: &'static str,
) -> Response {
    let trouble = owner.take_trouble();
    // A login that is too long ago is noticed before a code is typed in vain.
    let answer = match owner.live.session.is_fresh(owner.visit.now()) {
        Ok(()) => Ok(confirmation(&owner, path, trouble.as_ref())),
        Err(refusal) => Err(Failure::from(refusal).into()),
    };
    owner.finish(path, answer)
}

fn confirmation<S: Store, G: Signer, P: PasswordHasher>(
    owner: &Owner<S, G, P>,
    path: &str,
    trouble: Option<&Trouble>,
) -> Response {
    let visit = &owner.visit;
    let csrf = visit.csrf();
    let view = ConfirmCodeView {
        page: visit.page(),
        form: Visit::<S, G, P>::form(path, &csrf, None),
        problem: trouble.map(|trouble| trouble.problem),
        remove: path == REMOVE_AUTHENTICATOR,
    };
    Trouble::show(trouble, visit.page(), &view)
}

fn page<S: Store, G: Signer, P: PasswordHasher>(
    owner: &mut Owner<S, G, P>,
    trouble: Option<&Trouble>,
) -> Result<Response, Unserved> {
    let kept = owner.enrollment().ok();
    let (user, session) = (&owner.live.user, &owner.live.session);
    let (accounts, tenant) = (&owner.visit.services.accounts, &owner.visit.tenant);
    let begun = match (accounts.begin_authenticator(tenant, user, session), kept) {
        (Ok(_), Some(state)) => accounts.enrollment(tenant, user, state)?,
        (Ok(begun), None) => begun,
        // It is set up: just now and here, or before.
        (Err(Failure::Refused(Refusal::FactorPresent)), kept) => {
            let codes = kept.map(|state| accounts.recovery_codes(tenant, user, &state));
            return Ok(match codes.transpose()?.flatten() {
                Some(codes) => {
                    let next = owner.way_on().unwrap_or_else(|| ACCOUNT.to_owned());
                    recovery_codes(owner, codes, &next)
                }
                None => see_other(ACCOUNT),
            });
        }
        (Err(failure), _) => return Err(failure.into()),
    };
    enrollment(owner, &begun, trouble)
}

fn enrollment<S: Store, G: Signer, P: PasswordHasher>(
    owner: &mut Owner<S, G, P>,
    begun: &Enrollment,
    trouble: Option<&Trouble>,
) -> Result<Response, Unserved> {
    owner.enroll(&begun.state);
    let visit = &owner.visit;
    let (csrf, sealed) = (visit.csrf(), visit.seal(&owner.interaction));
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
        back: &owner.way_back(),
    };
    Ok(Trouble::show(trouble, visit.page(), &view))
}

fn recovery_codes<S: Store, G: Signer, P: PasswordHasher>(
    owner: &Owner<S, G, P>,
    codes: Vec<String>,
    next: &str,
) -> Response {
    let page = owner.visit.page();
    let view = RecoveryCodesView { page, codes, next };
    page.show(StatusCode::OK, &view)
}
