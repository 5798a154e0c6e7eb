//! Problem that the page of a login method shows.

use crate::browser::Browser;
use crate::browser::problem::{FormProblem, problem};
use crate::pages::views::Problem;
use crate::paths::LOGIN;
use countersign_application::App;
use countersign_domain::login::methods::Method;
use countersign_server_http::wire::error::RequestError;

/// Returns the problem that the page of a method shows.
pub(super) fn problem_of<A: App>(
    browser: &Browser<A>,
    method: Method,
    error: RequestError,
) -> Result<FormProblem, RequestError> {
    let mut problem = problem(error, LOGIN, browser.client_id.as_deref())?;
    problem.problem = match (method, problem.problem) {
        (Method::PASSKEY, Problem::LoginFailed) => Problem::PasskeyFailed,
        (Method::RECOVERY_CODE, Problem::CodeWrong) => Problem::RecoveryCodeWrong,
        (_, other) => other,
    };
    Ok(problem)
}
