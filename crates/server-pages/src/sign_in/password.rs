//! `/login`: e-mail address and password.

use super::{EMAIL_CODE, LOGIN, PASSKEY, Purpose};
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::{Trouble, trouble};
use crate::pages::views::LoginView;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::secret::Secret;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::parameters::{given, required};

/// Shows the form.
pub(crate) async fn show<A: App>(mut visit: Visit<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let mut interaction = visit.interaction(query.as_deref())?;
        let (trouble, typed) = interaction.take_trouble(visit.now());
        page(&mut visit, &interaction, typed.as_deref(), trouble).await
    };
    let answer = answer.await;
    visit.finish(LOGIN, answer)
}

/// Takes the form.
pub(crate) async fn submit<A: App>(mut visit: Visit<A>, request: Request) -> Response {
    let answer = async {
        let fields = visit.fields(request).await?;
        let interaction = visit.open(fields.interaction.as_deref())?;
        let (typed, services) = (given(fields.email), visit.services.clone());
        let checked = async {
            let email = required("email", typed.clone())?;
            let password = Secret::new(required("password", fields.password)?);
            let (devices, address) = (visit.devices(), visit.address);
            let by_password = services.app.sign_in.by_password(
                &visit.tenant,
                &email,
                &password,
                &devices,
                address,
            );
            Ok::<_, Unserved>(by_password.await?)
        };
        match checked.await {
            Ok(outcome) => visit.after_first_factor(interaction, outcome).await,
            Err(unserved) => {
                let trouble = trouble(unserved, LOGIN)?;
                Ok(visit.lead_back(LOGIN, interaction, trouble, typed))
            }
        }
    };
    let answer = answer.await;
    visit.finish(LOGIN, answer)
}

async fn page<A: App>(
    visit: &mut Visit<A>,
    interaction: &Interaction,
    typed: Option<&str>,
    trouble: Option<Trouble>,
) -> Result<Response, Unserved> {
    let purpose = match visit.purpose(interaction).await? {
        Ok(purpose) => purpose,
        Err(response) => return Ok(response),
    };
    let Purpose {
        client, login_hint, ..
    } = purpose;
    // Whoever logs in again is most likely the same person.
    let again = match interaction.errand {
        Errand::Authorize(_) => visit.sessions.live.first(),
        Errand::Visit(_) => None,
    };
    let email = typed
        .or(login_hint.as_deref())
        .or(again.map(|live| live.user.email.as_str()))
        .unwrap_or_default();
    let is_mail_sent = visit.services.app.sign_in.mailer.is_set_up();
    let email_code = is_mail_sent.then(|| visit.link(EMAIL_CODE, interaction));
    let (csrf, sealed) = (visit.csrf(), visit.seal(interaction));
    let view = LoginView {
        page: visit.page(),
        form: Visit::<A>::form(LOGIN, &csrf, Some(&sealed)),
        client: client.as_deref(),
        email,
        problem: trouble.as_ref().map(|trouble| trouble.problem),
        passkey: visit
            .services
            .app
            .sign_in
            .passkeys
            .are_possible(&visit.tenant)
            .then_some(PASSKEY),
        email_code: email_code.as_deref(),
    };
    Ok(Trouble::show(trouble.as_ref(), visit.page(), &view))
}
