//! Errors of the admin API as errors of commands.

use super::values::member;
use crate::command_error::{CommandError, Exit};
use axum::http::StatusCode;
use serde_json::Value;

/// Returns the error for a response with this status and these problem details (RFC 9457). `is_login` tells whether the
/// token was that of `countersign login`.
pub(super) fn error(status: StatusCode, problem: &Value, is_login: bool) -> CommandError {
    let exit = match status {
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Exit::Usage,
        StatusCode::NOT_FOUND => Exit::NotFound,
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Exit::Conflict,
        _ => Exit::Failed,
    };
    let detail = member(problem, "detail").as_str().unwrap_or("no details");
    let field = member(problem, "field").as_str();
    let field = field.filter(|field| !detail.starts_with(field));
    let field = field.map(|field| format!("{field}: ")).unwrap_or_default();
    let hint = match status {
        StatusCode::UNAUTHORIZED if is_login => " Sign in again: `countersign login`.",
        _ => "",
    };
    CommandError::new(
        exit,
        format!("The command failed ({status}): {field}{detail}.{hint}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn exit_code_follows_status() {
        for (status, exit) in [
            (400, Exit::Usage),
            (403, Exit::Failed),
            (404, Exit::NotFound),
            (409, Exit::Conflict),
            (412, Exit::Conflict),
            (500, Exit::Failed),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let failed = error(status, &json!({"detail": "the name is taken"}), true);
            assert_eq!(failed.exit, exit, "{status}");
            assert!(failed.message.contains("the name is taken"));
        }
    }

    #[test]
    fn only_operator_of_a_login_is_told_to_sign_in() {
        let of = |is_login| error(StatusCode::UNAUTHORIZED, &json!({}), is_login).message;
        assert!(of(true).contains("countersign login"));
        assert!(!of(false).contains("countersign login"));
    }
}
