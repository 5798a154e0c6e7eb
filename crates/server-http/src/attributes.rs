//! `/v1/users/{sub}/attributes`: attributes of a user, for applications.

use crate::Services;
use crate::wire::RequestTenant;
use crate::wire::answer::answered;
use crate::wire::bearer::{bearer_token, refused, refused_because, required_in_header};
use crate::wire::body;
use crate::wire::error::RequestError;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use countersign_application::admin::users::{AttributeChanges, InvalidUserAttribute};
use countersign_application::{App, NotSet, ReadableAttributes, refusals};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::claims::value_rule::InvalidValue;
use countersign_domain::tenant::Tenant;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const ENDPOINT: &str = "/v1/users/{sub}/attributes";

/// Path with the subject. A malformed one names no user.
type Subject = Result<Path<String>, PathRejection>;

/// Body of a change: `null` removes an attribute.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    attributes: BTreeMap<String, Value>,
}

/// Returns the attributes that applications may read.
pub(crate) async fn read<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    subject: Subject,
    request: Request,
) -> Response {
    let subject = subject.map(|Path(subject)| subject).unwrap_or_default();
    let found = async {
        let access_token = bearer_token(request).await?;
        let attributes = &services.app.user_attributes;
        let found = attributes.read(&tenant, &access_token, &subject).await?;
        Ok::<_, RequestError>(view(&subject, &found))
    };
    match found.await {
        Ok(response) => response,
        Err(request_error) => refused(&request_error, ENDPOINT),
    }
}

/// Sets attributes that applications may write.
pub(crate) async fn write<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    subject: Subject,
    request: Request,
) -> Response {
    let subject = subject.map(|Path(subject)| subject).unwrap_or_default();
    match written(&services, &tenant, &subject, request).await {
        Ok(found) => view(&subject, &found),
        Err(NotWritten::Request(request_error)) => refused(&request_error, ENDPOINT),
        Err(NotWritten::Attribute(name, reason)) => {
            let refusal = RequestError::from(refusals::ATTRIBUTE_INVALID);
            let description = format!("the attribute {name} is not valid: {reason}");
            refused_because(&refusal, ENDPOINT, Some(description))
        }
    }
}

/// Reason why no attribute was set.
enum NotWritten {
    Request(RequestError),
    Attribute(AttributeName, InvalidUserAttribute),
}

impl<E: Into<RequestError>> From<E> for NotWritten {
    fn from(error: E) -> Self {
        Self::Request(error.into())
    }
}

async fn written<A: App>(
    services: &Services<A>,
    tenant: &Tenant,
    subject: &str,
    request: Request,
) -> Result<ReadableAttributes, NotWritten> {
    let (head, body) = request.into_parts();
    let access_token = required_in_header(&head.headers)?;
    let Changes { attributes } = body::object(&head.headers, body).await?;
    let mut changes = AttributeChanges::new();
    for (name, value) in attributes {
        let name = AttributeName::parse(&name).map_err(|_| refusals::ATTRIBUTE_INVALID)?;
        let value = match value {
            Value::Null => None,
            value => {
                let invalid = |_| NotWritten::Attribute(name.clone(), InvalidValue::Type.into());
                Some(AttributeValue::deserialize(value).map_err(invalid)?)
            }
        };
        changes.insert(name, value);
    }
    let attributes = &services.app.user_attributes;
    let set = attributes.write(tenant, &access_token, (subject, changes));
    set.await.map_err(|error| match error {
        NotSet::Attribute(name, reason) => NotWritten::Attribute(name, reason),
        NotSet::Failure(failure) => NotWritten::Request(failure.into()),
    })
}

fn view(subject: &str, found: &ReadableAttributes) -> Response {
    let attributes: BTreeMap<_, _> = found
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    answered(&json!({"sub": subject, "attributes": attributes}))
}
