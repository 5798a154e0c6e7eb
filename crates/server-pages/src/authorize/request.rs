//! The authorization request of an interaction. Every page validates it again, because a client may have been disabled.

use super::parameters::AuthorizeParameters;
use super::response::{ResponseMode, ResponseTarget};
use crate::browser::Browser;
use crate::paths::AUTHORIZE;
use axum::response::Response;
use countersign_application::{App, Failure, ValidRequest};
use countersign_server_http::wire::error::RequestError;

/// Validated authorization request, or the response that ends it.
pub(crate) enum JudgedRequest {
    Valid(Box<Asked>),
    Ended(Response),
}

/// Valid authorization request.
pub(crate) struct Asked {
    pub(crate) request: ValidRequest,
    pub(crate) target: ResponseTarget,
    /// `login_hint`.
    pub(crate) login_hint: Option<String>,
    /// `acr_values`, for an upstream provider.
    pub(crate) acr_values: Option<String>,
}

/// Validates an authorization request.
///
/// Errors before the redirect URI is validated go to an error page. Later errors go to the client.
pub(crate) async fn judge<A: App>(
    browser: &mut Browser<A>,
    query: &str,
) -> Result<JudgedRequest, RequestError> {
    let parameters = AuthorizeParameters::parse(query)?;
    browser.ui_locales = parameters.ui_locales().map(str::to_owned);
    let (client_id, redirect_uri) = parameters
        .requesting_client()
        .inspect_err(|_| parameters.note())?;
    browser.client_id = Some(client_id.to_owned());
    let services = browser.services.clone();
    let authorizations = &services.app.authorizations;
    let asking = authorizations
        .requesting_client(&browser.tenant, client_id, redirect_uri)
        .await
        .inspect_err(|_| parameters.note())?;
    let mode = parameters.response_mode();
    // A parameter inside the request object supersedes the one outside (OpenID Connect Core section 6.1).
    let object = parameters.request_object();
    let target = ResponseTarget {
        asking,
        mode: object
            .mode
            .unwrap_or(*mode.as_ref().unwrap_or(&ResponseMode::Query)),
        state: object
            .state
            .or_else(|| parameters.state().map(str::to_owned)),
    };
    let is_told = target.asking.client.receives_request_errors();
    if let Some(fault) = parameters.fault() {
        parameters.note();
        if !is_told {
            return Err(fault.into());
        }
        return Ok(JudgedRequest::Ended(refused(
            browser,
            &target,
            &fault.into(),
        )));
    }
    let judged = mode.and_then(|_| {
        let claims = parameters.claims()?;
        let resources = parameters.resources();
        let acr: Vec<&str> = claims.essential_acr.iter().map(String::as_str).collect();
        authorizations.judge(
            &browser.tenant,
            &target.asking,
            &parameters.request(&claims, &resources),
            &parameters.demands(&claims, Some(&acr)),
            parameters.id_token_hint(),
        )
    });
    if judged.is_err() {
        parameters.note();
    }
    Ok(match judged {
        Ok(request) => JudgedRequest::Valid(Box::new(Asked {
            request,
            target,
            login_hint: parameters.login_hint().map(str::to_owned),
            acr_values: parameters.acr_values().map(str::to_owned),
        })),
        Err(refusal) if is_told && refusal.may_be_redirected() => {
            let refusal = Failure::Refused(refusal).into();
            JudgedRequest::Ended(refused(browser, &target, &refusal))
        }
        Err(refusal) => return Err(Failure::Refused(refusal).into()),
    })
}

/// Returns the error response for the client.
pub(crate) fn refused<A: App>(
    browser: &Browser<A>,
    target: &ResponseTarget,
    error: &RequestError,
) -> Response {
    let client = target.asking.client.id.as_str();
    let answer = error.answer(AUTHORIZE, Some(client), false);
    target.error(browser, answer.error, &answer.description)
}
