//! `/account`: what users do with their own account in a browser.

mod authenticator;
mod email;
mod names;
mod overview;
mod passkeys;
mod password;
mod qr;
mod removals;
mod setup;

pub(crate) use setup::MFA_SETUP;

use crate::Services;
use crate::authorize::see_other;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::{Fields, Visit};
use crate::error::Unserved;
use crate::sign_in::LOGIN;
use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use countersign_application::{Failure, LiveSession};
use countersign_domain::refusal::Refusal;
use countersign_ports::{PasswordHasher, Signer, Store};
use std::sync::Arc;

pub(crate) const ACCOUNT: &str = "/account";
const PASSWORD: &str = "/account/password";
const EMAIL: &str = "/account/email";
const PASSKEY: &str = "/account/passkey";
const AUTHENTICATOR: &str = "/account/authenticator";
const REMOVE_AUTHENTICATOR: &str = "/account/authenticator/remove";
const RECOVERY_CODES: &str = "/account/recovery-codes";

/// The pages by their paths.
pub(crate) fn routes<S: Store, G: Signer, P: PasswordHasher>() -> Router<Arc<Services<S, G, P>>> {
    Router::new()
        .route("/", get(async || see_other(ACCOUNT)))
        .route(ACCOUNT, get(overview::show::<S, G, P>))
        .route(
            PASSWORD,
            get(password::show::<S, G, P>).post(password::change::<S, G, P>),
        )
        .route(
            EMAIL,
            get(email::show::<S, G, P>).post(email::submit::<S, G, P>),
        )
        .route(
            PASSKEY,
            get(passkeys::show::<S, G, P>).post(passkeys::add::<S, G, P>),
        )
        .route("/account/passkey/remove", post(passkeys::remove::<S, G, P>))
        .route(
            AUTHENTICATOR,
            get(authenticator::show::<S, G, P>).post(authenticator::set_up::<S, G, P>),
        )
        .route(
            REMOVE_AUTHENTICATOR,
            get(authenticator::ask_to_remove::<S, G, P>).post(authenticator::remove::<S, G, P>),
        )
        .route(
            RECOVERY_CODES,
            get(authenticator::ask_for_codes::<S, G, P>).post(authenticator::new_codes::<S, G, P>),
        )
        .route("/account/sessions", post(removals::session::<S, G, P>))
        .route(
            "/account/sessions/others",
            post(removals::other_sessions::<S, G, P>),
        )
        .route("/account/devices", post(removals::device::<S, G, P>))
        .route("/account/consents", post(removals::consent::<S, G, P>))
        .route(MFA_SETUP, get(setup::show::<S, G, P>))
}

impl<S: Store, G: Signer, P: PasswordHasher> Visit<S, G, P> {
    /// Who is here; `Err` is the way to a login that leads back to `path`.
    fn owner(&self, path: &str) -> Result<LiveSession, Response> {
        let current = self.sessions.live.first();
        current.cloned().ok_or_else(|| self.log_in_first(path))
    }

    /// Who sent this form, and its fields.
    async fn owner_and_fields(
        &self,
        request: Request,
    ) -> Result<Result<(LiveSession, Fields), Response>, Unserved> {
        let fields = self.fields(request).await?;
        Ok(self.owner(ACCOUNT).map(|owner| (owner, fields)))
    }

    fn log_in_first(&self, path: &str) -> Response {
        let interaction = Interaction::new(Errand::Visit(path.to_owned()), self.now());
        self.lead_to(LOGIN, &interaction)
    }

    /// The answer, with the way to a login in the place of the refusal of one that is too long ago.
    fn finish_account(
        self,
        path: &'static str,
        answer: Result<Result<Response, Response>, Unserved>,
    ) -> Response {
        let answer = match answer {
            Err(Unserved::Failure(Failure::Refused(Refusal::AuthenticationStale))) => {
                Ok(self.log_in_first(path))
            }
            Ok(Ok(response) | Err(response)) => Ok(response),
            Err(unserved) => Err(unserved),
        };
        self.finish(path, answer)
    }
}

/// Back to the account, which says what was done.
fn done(what: &str) -> Response {
    see_other(&format!("{ACCOUNT}?done={what}"))
}
