//! Problems with the previous submission of a form, which its page shows.

use crate::pages::views::{Problem, ShownProblem};
use crate::pages::{PageContext, View};
use axum::http::{StatusCode, header};
use axum::response::Response;
use countersign_application::{CurrentRequest, Failure, refusals};
use countersign_domain::login::password::{LEAST, MOST};
use countersign_domain::login::weakness::Weakness;
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use serde::{Deserialize, Serialize};

/// Problem with a form, as its page shows it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct FormProblem {
    pub(crate) problem: Problem,
    status: u16,
    /// In seconds.
    retry_after: Option<u64>,
    /// ID of the request with the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl FormProblem {
    /// Updates the problem after some seconds. Returns `None` if the rate limit has passed.
    pub(crate) fn after(mut self, seconds: u64) -> Option<Self> {
        if let Some(wait) = self.retry_after {
            let rest = wait.checked_sub(seconds).filter(|rest| *rest > 0)?;
            self.retry_after = Some(rest);
            if let Problem::Wait(minutes) = &mut self.problem {
                *minutes = rest.div_ceil(60);
            }
        }
        Some(self)
    }

    /// Returns the problem as a view shows it.
    pub(crate) fn shown(&self) -> ShownProblem<'_> {
        ShownProblem {
            problem: self.problem,
            request_id: self.request_id.as_deref(),
        }
    }

    /// Shows a form with its problem, if any.
    pub(crate) fn show<V: View>(
        problem: Option<&Self>,
        page: PageContext<'_>,
        view: &V,
    ) -> Response {
        let status = problem.and_then(|problem| StatusCode::from_u16(problem.status).ok());
        let mut response = page.show(status.unwrap_or(StatusCode::OK), view);
        if let Some(wait) = problem.and_then(|problem| problem.retry_after) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, wait.into());
        }
        response
    }
}

/// Returns the problem that a form shows for an error. Returns the error itself if only an error page can show it. The
/// log line names `client_id`, the client of the authorization request.
pub(crate) fn problem(
    request_error: RequestError,
    endpoint: &'static str,
    client_id: Option<&str>,
) -> Result<FormProblem, RequestError> {
    let problem = match &request_error {
        RequestError::Malformed(Malformed::Request(MalformedRequest::Missing("confirm"))) => {
            Problem::NotConfirmed
        }
        RequestError::Malformed(Malformed::Request(MalformedRequest::Missing(_))) => {
            Problem::Incomplete
        }
        RequestError::Failure(Failure::TooManyAttempts(wait)) => {
            Problem::Wait(wait.as_secs().div_ceil(60))
        }
        RequestError::Failure(Failure::PasswordsBusy(_)) => Problem::Busy,
        RequestError::Failure(Failure::Refused(refusal)) => match refusal {
            Refusal::LoginFailed => Problem::LoginFailed,
            Refusal::OneTimeCodeWrong => Problem::CodeWrong,
            Refusal::OneTimeCodesExhausted
            | Refusal::LoginEnded
            | Refusal::LoginStepExpired
            | Refusal::PasswordChanged
            | Refusal::LoginStepUsed => Problem::CodeExpired,
            Refusal::PasswordWeak(weakness) => match weakness {
                Weakness::Short => Problem::PasswordShort(LEAST),
                Weakness::Long => Problem::PasswordLong(MOST),
                Weakness::Common => Problem::PasswordCommon,
                Weakness::Personal => Problem::PasswordPersonal,
                Weakness::Breached => Problem::PasswordBreached,
                Weakness::Guessable => Problem::PasswordGuessable,
            },
            Refusal::UserCodeUnknown => Problem::UserCodeUnknown,
            Refusal::UserCodeExpired => Problem::UserCodeExpired,
            Refusal::UserCodeUsed => Problem::UserCodeUsed,
            &refusals::EMAIL_MALFORMED => Problem::EmailMalformed,
            &refusals::ADDRESS_CHANGED_RECENTLY => Problem::AddressChangedRecently,
            &refusals::EMAIL_NOT_ADMITTED => Problem::EmailNotAdmitted,
            &refusals::CLAIM_MALFORMED => Problem::ClaimMalformed,
            &refusals::AGREEMENT_MISSING => Problem::AgreementMissing,
            &refusals::PASSKEY_UNKNOWN => Problem::PasskeyUnknown,
            &refusals::PROFILE_INVALID => Problem::ProfileInvalid,
            &refusals::ATTRIBUTE_INVALID => Problem::AttributeInvalid,
            &refusals::PASSKEY_REFUSED => Problem::PasskeyFailed,
            _ => return Err(request_error),
        },
        _ => return Err(request_error),
    };
    let answer = request_error.answer(endpoint, client_id, false);
    Ok(FormProblem {
        problem,
        status: answer.status.as_u16(),
        retry_after: answer
            .headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok()),
        request_id: CurrentRequest::current_id().map(|id| id.to_string()),
    })
}
