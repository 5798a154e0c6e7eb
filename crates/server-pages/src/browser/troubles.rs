//! What a browser is told when something does not go on.

use super::Visit;
use crate::pages::views::{ErrorView, Fault, Problem};
use crate::pages::{Page, View};
use axum::http::{StatusCode, header};
use axum::response::Response;
use countersign_application::{App, Failure};
use countersign_domain::login::password::LEAST;
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::malformed::Malformed;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

impl<A: App> Visit<A> {
    /// The page that says what went wrong and whose mistake it is.
    pub(crate) fn trouble(
        &self,
        unserved: &Unserved,
        endpoint: &'static str,
        client: Option<&str>,
    ) -> Response {
        let request_id = self.request_id();
        let answer = tracing::info_span!("request", request_id)
            .in_scope(|| unserved.answer(endpoint, self.client_id.as_deref(), false));
        let fault = match unserved {
            _ if answer.status.is_server_error() => Fault::Server,
            _ if answer.status == StatusCode::FORBIDDEN => Fault::Denied,
            Unserved::Malformed(
                Malformed::InteractionUnknown
                | Malformed::FormOfAnotherBrowser
                | Malformed::FormOfAnotherSite,
            )
            | Unserved::Failure(Failure::TooManyAttempts(_)) => Fault::User,
            _ => Fault::Client,
        };
        // An unknown client is no failed authentication here: nobody tried.
        let status = match answer.status {
            StatusCode::UNAUTHORIZED => StatusCode::BAD_REQUEST,
            other => other,
        };
        let view = ErrorView {
            page: self.page(),
            fault,
            client,
            detail: (fault != Fault::Server).then_some(&answer.description),
            request_id: &request_id,
            back: None,
        };
        let mut response = self.page().show(status, &view);
        if let Some(wait) = answer.headers.get(header::RETRY_AFTER) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, wait.clone());
        }
        response
    }

    /// Names this request, here and in the log.
    fn request_id(&self) -> String {
        let mut bytes = [0; 8];
        self.services.app.authorizations.entropy.fill(&mut bytes);
        bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing into a text does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Why a form did not lead on, to be said above it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub(crate) problem: Problem,
    status: u16,
    /// In seconds.
    retry_after: Option<u64>,
}

impl Trouble {
    /// What is left of it after some time: who had to wait and has waited may try again.
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

    /// Shows a form, again if there was trouble.
    pub(crate) fn show<V: View>(trouble: Option<&Self>, page: Page<'_>, view: &V) -> Response {
        let status = trouble.and_then(|trouble| StatusCode::from_u16(trouble.status).ok());
        let mut response = page.show(status.unwrap_or(StatusCode::OK), view);
        if let Some(wait) = trouble.and_then(|trouble| trouble.retry_after) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, wait.into());
        }
        response
    }
}

/// What is said above a form that did not lead on. What cannot be mended there gets a page of its own.
pub(crate) fn trouble(unserved: Unserved, endpoint: &'static str) -> Result<Trouble, Unserved> {
    let problem = match &unserved {
        Unserved::Malformed(Malformed::Missing(_)) => Problem::Incomplete,
        Unserved::Failure(Failure::TooManyAttempts(wait)) => {
            Problem::Wait(wait.as_secs().div_ceil(60))
        }
        Unserved::Failure(Failure::PasswordsBusy(_)) => Problem::Busy,
        Unserved::Failure(Failure::Refused(refusal)) => match refusal {
            Refusal::LoginFailed => Problem::LoginFailed,
            Refusal::OneTimeCodeWrong => Problem::CodeWrong,
            Refusal::OneTimeCodesExhausted
            | Refusal::LoginEnded
            | Refusal::LoginStepExpired
            | Refusal::PasswordChanged
            | Refusal::LoginStepUsed => Problem::CodeExpired,
            Refusal::PasswordWeak => Problem::PasswordShort(LEAST),
            Refusal::PasskeyRefused => Problem::PasskeyFailed,
            _ => return Err(unserved),
        },
        _ => return Err(unserved),
    };
    let answer = unserved.answer(endpoint, None, false);
    Ok(Trouble {
        problem,
        status: answer.status.as_u16(),
        retry_after: answer
            .headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok()),
    })
}
