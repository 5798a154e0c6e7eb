//! Errors: problem details (RFC 9457).

use super::fields_of;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use countersign_application::Failure;
use countersign_application::admin::AdminError;
use countersign_domain::administration::role::InvalidRole;
use countersign_domain::audit::operator::Operator;
use countersign_domain::claims::attribute::InvalidAttribute;
use countersign_domain::client::registration::InvalidRegistration;
use countersign_domain::evidence::Evidence;
use countersign_domain::login::authentication::Acr;
use countersign_domain::refusal::Refusal;
use countersign_ports::names::ACR_NAMES;
use countersign_server_http::wire::answer::answered_with;
use countersign_server_http::wire::error::{RequestError, record_refusal};
use countersign_server_http::wire::malformed::Malformed;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Display;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");
const REALM: &str = "Bearer realm=\"countersign\"";

/// Problem details (RFC 9457). `code` is stable; the texts may change.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct Details {
    /// Always `about:blank`: `code` names the kind of problem.
    r#type: &'static str,
    /// Short text for the status.
    title: String,
    /// Status code.
    status: u16,
    /// Name of the rule that the request broke.
    pub(super) code: &'static str,
    /// What happened, and what to do.
    pub(super) detail: String,
    /// Field or parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) field: Option<String>,
    /// Permissions that the operator lacks, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_permissions: Option<String>,
}

/// Reason why an operation failed.
#[derive(Debug)]
pub(super) struct Problem {
    details: Box<Details>,
    headers: HeaderMap,
    /// Error that the log and the metrics record.
    cause: Option<Box<RequestError>>,
}

impl Problem {
    /// Creates a problem.
    pub(super) fn of(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            details: Box::new(Details {
                r#type: "about:blank",
                title: status.canonical_reason().unwrap_or_default().to_owned(),
                status: status.as_u16(),
                code,
                detail: detail.into(),
                field: None,
                missing_permissions: None,
            }),
            headers: HeaderMap::new(),
            cause: None,
        }
    }

    /// Creates the problem of an invalid field or parameter. Shortens a long name, which can come from the request.
    pub(super) fn field(name: &str, rule: impl Display) -> Self {
        let name = Evidence::of(name);
        let detail = format!("{name}: {rule}");
        Self::of(StatusCode::BAD_REQUEST, "field_invalid", detail).about(name.as_str())
    }

    /// Returns whether the operation was refused and changed nothing.
    pub(super) fn is_refusal(&self) -> bool {
        match self.cause.as_deref() {
            Some(RequestError::Failure(failure)) => matches!(failure, Failure::Refused(_)),
            Some(RequestError::Malformed(_)) => true,
            None => self.details.status < 500,
        }
    }

    /// Adds a header to the response.
    pub(super) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Names the field that is wrong.
    pub(super) fn about(mut self, field: &str) -> Self {
        self.details.field = Some(field.to_owned());
        self
    }

    /// Creates the problem of an internal error. Only the log contains the cause.
    pub(super) fn internal(error: &dyn Display) -> Self {
        tracing::error!(%error, "the admin API failed");
        let detail = "internal server error; see the server log";
        Self::of(StatusCode::INTERNAL_SERVER_ERROR, "server_error", detail)
    }

    /// Creates the problem of a method that the path does not allow.
    pub(super) fn method_not_allowed() -> Self {
        RequestError::from(Malformed::MethodNotAllowed).into()
    }

    /// Creates the problem of an unknown path.
    pub(super) fn path_unknown() -> Self {
        RequestError::from(Malformed::PathUnknown).into()
    }

    /// Completes the problem from its cause, and records it in the log and the metrics.
    pub(super) fn recorded(mut self, operation: &'static str) -> Self {
        let Some(cause) = self.cause.take() else {
            if self.details.status < 500 {
                // Not the detail, which may quote a value of the request, such as a password.
                let field = self.details.field.as_deref().map(Evidence::of);
                record_refusal(operation, self.details.code, field.as_ref());
            }
            return self;
        };
        let mut answer = cause.answer(operation, None, false);
        if let Some(challenge) = challenge(&cause, answer.error, &answer.description) {
            answer.headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        let mut problem = Self::of(answer.status, answer.code(), answer.description.clone());
        if let RequestError::Failure(Failure::Refused(Refusal::PermissionMissing(missing))) =
            &*cause
        {
            let missing = missing.as_str();
            let detail = format!("the operator lacks the permission: {missing}");
            problem.details.detail = detail;
            problem.details.missing_permissions = Some(missing.to_owned());
        }
        problem.headers = answer.headers;
        problem
    }

    /// Returns the parts that other dialects render.
    pub(super) fn into_parts(self) -> (StatusCode, HeaderMap, Box<Details>) {
        let status = StatusCode::from_u16(self.details.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, self.headers, self.details)
    }

    pub(super) fn into_response(self) -> Response {
        let problem = match self.cause {
            Some(_) => self.recorded("/admin/v1"),
            None => self,
        };
        let (status, headers, details) = problem.into_parts();
        let response = answered_with(status, headers, &details);
        ([(header::CONTENT_TYPE, MEDIA_TYPE)], response).into_response()
    }
}

/// Returns the challenge for a missing or insufficient token (RFC 6750 section 3, RFC 9470 section 3).
fn challenge(cause: &RequestError, error: &str, description: &str) -> Option<HeaderValue> {
    let challenge = match cause {
        RequestError::Malformed(Malformed::AccessTokenMissing) => REALM.to_owned(),
        RequestError::Malformed(Malformed::BearerUnreadable | Malformed::TwoAccessTokens) => {
            format!("{REALM}, error=\"{error}\"")
        }
        RequestError::Failure(Failure::Refused(Refusal::SecondFactorStale)) => {
            let acr = ACR_NAMES.name_of(Acr::TWO_FACTORS).unwrap_or_default();
            let max_age = Operator::FRESH.as_secs();
            format!(
                "{REALM}, error=\"{error}\", error_description=\"{description}\", acr_values=\"{acr}\", max_age=\"{max_age}\""
            )
        }
        RequestError::Failure(Failure::Refused(Refusal::PermissionMissing(missing))) => {
            let error = "insufficient_scope";
            format!("{REALM}, error=\"{error}\", scope=\"{missing}\"")
        }
        RequestError::Failure(Failure::Refused(_)) => {
            format!("{REALM}, error=\"{error}\", error_description=\"{description}\"")
        }
        _ => return None,
    };
    HeaderValue::try_from(challenge).ok()
}

impl From<RequestError> for Problem {
    fn from(error: RequestError) -> Self {
        let mut problem = Self::of(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "");
        problem.cause = Some(Box::new(error));
        problem
    }
}

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        let text = error.to_string();
        let invalid = |code: &'static str| Self::of(StatusCode::BAD_REQUEST, code, text.clone());
        match error {
            AdminError::Refused(refusal) => RequestError::from(refusal).into(),
            AdminError::Failure(failure) => RequestError::from(failure).into(),
            AdminError::NotFound(_) | AdminError::Unexplained(_) => {
                Self::of(StatusCode::NOT_FOUND, "not_found", text)
            }
            AdminError::Stale => Self::of(StatusCode::PRECONDITION_FAILED, "stale", text),
            AdminError::Conflict(_)
            | AdminError::AttributeDefinition(InvalidAttribute::TooMany)
            | AdminError::AttributeUsed(..)
            | AdminError::Registration(InvalidRegistration::TooManySecrets)
            | AdminError::Role(InvalidRole::Shipped) => {
                Self::of(StatusCode::CONFLICT, "conflict", text)
            }
            AdminError::Registration(rule) => {
                invalid("client_invalid").about(fields_of::client(rule))
            }
            AdminError::ResourceServer(rule) => {
                invalid("resource_server_invalid").about(fields_of::resource_server(rule))
            }
            AdminError::IntrospectionClient(..) => {
                invalid("resource_server_invalid").about("introspection_clients")
            }
            AdminError::Role(rule) => invalid("admin_role_invalid").about(fields_of::role(rule)),
            AdminError::InvalidTenant(rule) => {
                invalid("tenant_invalid").about(fields_of::tenant(rule))
            }
            AdminError::Webhook(rule) => invalid("webhook_invalid").about(fields_of::webhook(rule)),
            AdminError::UpstreamProvider(rule) => {
                invalid("upstream_provider_invalid").about(rule.field())
            }
            AdminError::Group(rule) => invalid("group_invalid").about(fields_of::group(rule)),
            AdminError::ApplicationRoles(_) | AdminError::RoleUndefined(..) => {
                invalid("roles_invalid").about("roles")
            }
            AdminError::ClaimsPolicy(_) => invalid("claims_policy_invalid").about("claims_policy"),
            AdminError::AttributeDefinition(rule) => {
                invalid("attribute_invalid").about(fields_of::attribute(rule))
            }
            AdminError::Attribute(name, _) => {
                invalid("attribute_invalid").about(&format!("attributes.{name}"))
            }
            AdminError::Assignment(_) => Self::of(StatusCode::CONFLICT, "assignment_invalid", text),
            AdminError::Keys(_) => invalid("keys_invalid").about("jwks"),
            AdminError::SigningKeyMissing(_) => {
                invalid("signing_key_missing").about("access_token_signed_response_alg")
            }
            AdminError::SharedKeyMissing => Self::field("access_token_signed_response_alg", text),
            AdminError::Claim(claim, _) => invalid("claim_invalid").about(claim.as_str()),
            AdminError::Language => Self::field("language", text),
            AdminError::Password => invalid("password_invalid").about("password"),
        }
    }
}
