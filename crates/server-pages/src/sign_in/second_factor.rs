//! `/login/second-factor` and `/login/recovery-code`: a code of the authenticator app, or one in its place.

use super::{LOGIN, PASSKEY, RECOVERY_CODE, SECOND_FACTOR};
use crate::browser::Visit;
use crate::browser::interaction::Interaction;
use crate::browser::troubles::{Trouble, trouble};
use crate::pages::views::{Problem, SecondFactorView};
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{App, Failure, HalfDone, Proof};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::parameters::{given, required};

/// Which code is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    TimeCode,
    RecoveryCode,
}

impl Kind {
    const fn path(self) -> &'static str {
        match self {
            Self::TimeCode => SECOND_FACTOR,
            Self::RecoveryCode => RECOVERY_CODE,
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::TimeCode => Self::RecoveryCode,
            Self::RecoveryCode => Self::TimeCode,
        }
    }
}

/// Shows the form.
pub(crate) async fn show<A: App>(
    mut visit: Visit<A>,
    RawQuery(query): RawQuery,
    kind: Kind,
) -> Response {
    let answer = async {
        let mut interaction = visit.interaction(query.as_deref())?;
        let (trouble, _) = interaction.take_trouble(visit.now());
        match visit.half_done(&interaction).await? {
            Some(login) => page(&visit, &interaction, &login, kind, trouble.as_ref()).await,
            None => visit.go_on(interaction).await,
        }
    };
    let answer = answer.await;
    visit.finish(kind.path(), answer)
}

/// Takes the form.
pub(crate) async fn submit<A: App>(mut visit: Visit<A>, request: Request, kind: Kind) -> Response {
    let answer = async {
        let fields = visit.fields(request).await?;
        let mut interaction = visit.open(fields.interaction.as_deref())?;
        let Some(login) = visit.half_done(&interaction).await? else {
            return visit.go_on(interaction).await;
        };
        match check(&visit, &login, kind, fields.code).await {
            Ok(proof) => {
                if given(fields.remember).is_some() {
                    let name = visit.user_agent().unwrap_or_default();
                    let device = visit
                        .services
                        .app
                        .sign_in
                        .remember_device(&visit.tenant, &proof, &name)
                        .await?;
                    visit.remember(device.id);
                }
                visit.logged_in(interaction, proof).await
            }
            // This login is over, and its first factor has to be given again.
            Err(Unserved::Failure(Failure::Refused(
                Refusal::LoginEnded | Refusal::LoginStepUsed,
            ))) => {
                interaction.pending = None;
                Ok(visit.lead_to(LOGIN, &interaction))
            }
            Err(unserved) => {
                let mut trouble = trouble(unserved, kind.path())?;
                if kind == Kind::RecoveryCode && trouble.problem == Problem::CodeWrong {
                    trouble.problem = Problem::RecoveryCodeWrong;
                }
                Ok(visit.lead_back(kind.path(), interaction, trouble, None))
            }
        }
    };
    let answer = answer.await;
    visit.finish(kind.path(), answer)
}

async fn check<A: App>(
    visit: &Visit<A>,
    login: &HalfDone,
    kind: Kind,
    code: Option<String>,
) -> Result<Proof, Unserved> {
    let code = required("code", code)?;
    let sign_in = &visit.services.app.sign_in;
    Ok(match kind {
        Kind::TimeCode => {
            sign_in
                .by_time_code(&visit.tenant, login, code.trim())
                .await?
        }
        Kind::RecoveryCode => {
            sign_in
                .by_recovery_code(&visit.tenant, login, &code)
                .await?
        }
    })
}

async fn page<A: App>(
    visit: &Visit<A>,
    interaction: &Interaction,
    login: &HalfDone,
    kind: Kind,
    trouble: Option<&Trouble>,
) -> Result<Response, Unserved> {
    let has_passkey = visit
        .services
        .app
        .sign_in
        .has_passkey(&visit.tenant, login.user)
        .await?;
    let (csrf, sealed) = (visit.csrf(), visit.seal(interaction));
    let lifetime = visit.tenant.settings.lifetimes.device;
    let view = SecondFactorView {
        page: visit.page(),
        form: Visit::<A>::form(kind.path(), &csrf, Some(&sealed)),
        problem: trouble.map(|trouble| trouble.problem),
        recovery: kind == Kind::RecoveryCode,
        other: &visit.link(kind.other().path(), interaction),
        passkey: has_passkey.then_some(PASSKEY),
        remember_days: Some(lifetime.as_secs() / 86_400).filter(|days| *days > 0),
    };
    Ok(Trouble::show(trouble, visit.page(), &view))
}
