//! `/login/passkey`: a passkey, alone or as the second factor.

use super::{LOGIN, PASSKEY, SECOND_FACTOR};
use crate::browser::Visit;
use crate::browser::interaction::Interaction;
use crate::browser::troubles::{Trouble, trouble};
use crate::pages::views::{PasskeyView, Problem};
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use countersign_application::{App, Failure, PasskeyPurpose};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::parameters::given;

/// Asks for the second factor of a login.
pub(crate) async fn show<A: App>(mut visit: Visit<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let mut interaction = visit.interaction(query.as_deref())?;
        let (trouble, _) = interaction.take_trouble(visit.now());
        page(&mut visit, interaction, trouble.as_ref()).await
    };
    let answer = answer.await;
    visit.finish(PASSKEY, answer)
}

/// Asks for a passkey, or takes what the browser says when it was asked.
pub(crate) async fn submit<A: App>(mut visit: Visit<A>, request: Request) -> Response {
    let answer = async {
        let fields = visit.fields(request).await?;
        let mut interaction = visit.open(fields.interaction.as_deref())?;
        let (Some(ceremony), Some(credential)) = (interaction.passkey(), given(fields.credential))
        else {
            return Ok(visit.lead_to(PASSKEY, &interaction));
        };
        match visit
            .services
            .app
            .sign_in
            .by_passkey(&visit.tenant, &ceremony, &credential)
            .await
        {
            Ok(proof) => visit.logged_in(interaction, proof).await,
            Err(failure) => {
                let mut trouble = trouble(failure.into(), PASSKEY)?;
                if trouble.problem == Problem::LoginFailed {
                    trouble.problem = Problem::PasskeyFailed;
                }
                // The page asks anew, and what this ceremony remembered need not be in its address.
                match &ceremony.purpose {
                    PasskeyPurpose::LogIn => interaction.pending = None,
                    PasskeyPurpose::SecondFactor(login) => {
                        interaction.wait_for_second_factor(login);
                    }
                }
                Ok(visit.lead_back(PASSKEY, interaction, trouble, None))
            }
        }
    };
    let answer = answer.await;
    visit.finish(PASSKEY, answer)
}

/// Each page is a ceremony of its own, with a challenge that is good once.
async fn page<A: App>(
    visit: &mut Visit<A>,
    mut interaction: Interaction,
    trouble: Option<&Trouble>,
) -> Result<Response, Unserved> {
    if let Err(response) = visit.purpose(&interaction).await? {
        return Ok(response);
    }
    let purpose = match (interaction.second_factor(), interaction.passkey()) {
        (Some(login), _) => PasskeyPurpose::SecondFactor(login),
        (None, Some(ceremony)) => ceremony.purpose,
        (None, None) => PasskeyPurpose::LogIn,
    };
    let mut before = interaction.clone();
    let back = match &purpose {
        PasskeyPurpose::LogIn => {
            before.pending = None;
            LOGIN
        }
        PasskeyPurpose::SecondFactor(login) => {
            before.wait_for_second_factor(login);
            SECOND_FACTOR
        }
    };
    let begun = visit
        .services
        .app
        .sign_in
        .ask_for_passkey(&visit.tenant, purpose)
        .await;
    let (options, ceremony) = match begun {
        Ok(begun) => begun,
        // Too late, or there is no passkey to ask for: the login begins again.
        Err(Failure::Refused(
            Refusal::LoginStepExpired | Refusal::LoginFailed | Refusal::PasswordChanged,
        )) => {
            before.pending = None;
            return Ok(visit.lead_to(LOGIN, &before));
        }
        Err(failure) => return Err(failure.into()),
    };
    interaction.wait_for_passkey(&ceremony);
    let (csrf, sealed) = (visit.csrf(), visit.seal(&interaction));
    let view = PasskeyView {
        page: visit.page(),
        form: Visit::<A>::form(PASSKEY, &csrf, Some(&sealed)),
        problem: trouble.map(|trouble| trouble.problem),
        new: false,
        options: &options,
        back: &visit.link(back, &before),
    };
    Ok(Trouble::show(trouble, visit.page(), &view))
}
