//! JSON login: `POST /v1/oauth2/authorize`, `/mfa` and `/confirm`. The last step returns a code.

use crate::Services;
use crate::wire::ClientAddress;
use crate::wire::RequestTenant;
use crate::wire::answer::answered;
use crate::wire::body::{self, Accepts};
use crate::wire::error::RequestError;
use crate::wire::flat_error;
use crate::wire::malformed::Malformed;
use crate::wire::parameters::{Parameters, given, parameters, required};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{
    App, CurrentRequest, Failure, IssuedCode, LoginRequest, PendingStep,
};
use countersign_domain::authorize::AuthorizationRequest;
use countersign_domain::login::interaction::{Page, Step};
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use serde::Serialize;
use std::sync::Arc;

pub(crate) const AUTHORIZE: &str = "/v1/oauth2/authorize";
pub(crate) const MFA: &str = "/v1/oauth2/authorize/mfa";
pub(crate) const CONFIRM: &str = "/v1/oauth2/authorize/confirm";

parameters! {
    /// Parameters of the first step. The server accepts and ignores `state` and `sid`. `sid` names a transport
    /// encryption, for which this server relies on TLS.
    AuthorizeParameters {
        email,
        password,
        client_id,
        redirect_uri,
        response_type,
        scope,
        state,
        code_challenge,
        code_challenge_method,
        nonce,
        sid,
    }
}

parameters! {
    MfaParameters { next_step_auth_id, verification_code }
}

parameters! {
    ConfirmParameters { next_step_auth_id }
}

#[derive(Serialize)]
struct StepBody<'a> {
    next_step_auth_id: &'a str,
    is_mfa: bool,
    consent_required: bool,
    client_name: &'a str,
    scopes: Vec<&'a str>,
}

#[derive(Serialize)]
struct CodeBody<'a> {
    code: &'a str,
    redirect_uri: &'a str,
}

/// Handles the first step: email address and password.
pub(crate) async fn authorize<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let address = ClientAddress::of(request.extensions());
    let mut named = None;
    let begun = async {
        let parameters: AuthorizeParameters = parameters(request).await?;
        let client_id = required("client_id", parameters.client_id)?;
        named = Some(client_id.clone());
        let redirect_uri = required("redirect_uri", parameters.redirect_uri)?;
        let email = required("email", parameters.email)?;
        let password = Secret::new(required("password", parameters.password)?);
        let response_type = given(parameters.response_type);
        let (scope, nonce) = (given(parameters.scope), given(parameters.nonce));
        let (challenge, method) = (
            given(parameters.code_challenge),
            given(parameters.code_challenge_method),
        );
        let authorization = AuthorizationRequest {
            response_type: response_type.as_deref().unwrap_or("code"),
            redirect_uri: &redirect_uri,
            scope: scope.as_deref(),
            code_challenge: challenge.as_deref(),
            code_challenge_method: method.as_deref(),
            nonce: nonce.as_deref(),
            ..AuthorizationRequest::default()
        };
        let login = LoginRequest {
            client_id: &client_id,
            authorization,
            email: &email,
            password: &password,
            address,
        };
        let begun = services.app.logins.begin(&tenant, &login).await;
        Ok(begun.inspect_err(|_| CurrentRequest::note_authorization(&login.authorization))?)
    };
    let begun = begun.await;
    step_answer(begun, AUTHORIZE, named.as_deref())
}

/// Handles the second step, for a user with one-time codes.
pub(crate) async fn mfa<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let passed = async {
        let parameters: MfaParameters = parameters(request).await?;
        let step = required("next_step_auth_id", parameters.next_step_auth_id)?;
        let code = required("verification_code", parameters.verification_code)?;
        if code.len() != 6 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Malformed::OneTimeCodeFormat.into());
        }
        Ok(services
            .app
            .logins
            .second_factor(&tenant, &step, &code)
            .await?)
    };
    step_answer(passed.await, MFA, None)
}

/// Handles the last step: consent of the resource owner.
pub(crate) async fn confirm<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let confirmed = async {
        let parameters: ConfirmParameters = parameters(request).await?;
        let step = required("next_step_auth_id", parameters.next_step_auth_id)?;
        Ok(services.app.logins.confirm(&tenant, &step).await?)
    };
    match confirmed.await {
        Ok(IssuedCode { code, redirect_uri }) => {
            metrics::counter!("countersign_codes_issued_total").increment(1);
            answered(&CodeBody {
                code: &code,
                redirect_uri: redirect_uri.as_str(),
            })
        }
        Err(request_error) => failed(&request_error, CONFIRM, None),
    }
}

async fn parameters<T: Parameters>(request: Request) -> Result<T, RequestError> {
    let (head, body) = request.into_parts();
    Ok(body::read(&head.headers, body, Accepts::Json).await?)
}

fn step_answer(
    step: Result<PendingStep, RequestError>,
    endpoint: &'static str,
    client: Option<&str>,
) -> Response {
    match step {
        Ok(PendingStep {
            id,
            step,
            client_name,
            scope,
        }) => answered(&StepBody {
            next_step_auth_id: &id,
            is_mfa: matches!(step, Step::Ask(_)),
            consent_required: step == Step::Show(Page::Consent),
            client_name: &client_name,
            scopes: scope.tokens().collect(),
        }),
        Err(request_error) => failed(&request_error, endpoint, client),
    }
}

/// Returns an error response. For wrong user credentials the JSON API returns 401, which RFC 6749 does not define.
fn failed(request_error: &RequestError, endpoint: &'static str, client: Option<&str>) -> Response {
    let mut answer = request_error.answer(endpoint, client, false);
    if let RequestError::Failure(Failure::Refused(
        Refusal::LoginFailed | Refusal::OneTimeCodeWrong,
    )) = request_error
    {
        answer.status = StatusCode::UNAUTHORIZED;
    }
    flat_error::failure(&answer)
}
