//! Requests to an operation: operator, parameters, version and body.

use super::attempt::Attempt;
use super::body;
use super::problem::Problem;
use super::services::{AdminServices, Operators};
use super::shape::Shape;
use axum::body::Body;
use axum::extract::RawPathParams;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use countersign_application::admin::{AdminError, Administration, Conflict};
use countersign_application::{App, CurrentRequest};
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::PresentedApiKey;
use countersign_domain::tenant::Tenant;
use countersign_server_http::wire::Tenants as _;
use countersign_server_http::wire::bearer;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Request of an authenticated operator to an operation.
pub(super) struct Call<A: App> {
    services: Arc<AdminServices<A>>,
    /// Tenant of the request.
    pub(super) tenant: Arc<Tenant>,
    /// Operator who runs the command.
    pub(super) operator: Operator,
    /// Version that `If-Match` requires.
    pub(super) expected: Option<u64>,
    /// Name of a request that the client may retry.
    pub(super) attempt: Option<Attempt>,
    path: Vec<String>,
    query: Vec<(String, String)>,
    body: body::Body,
}

impl<A: App> Call<A> {
    /// Returns the tenant and the operator of a request.
    pub(super) async fn authenticate(
        services: &AdminServices<A>,
        shape: &Shape,
        head: &Parts,
    ) -> Result<(Arc<Tenant>, Operator), Problem> {
        let tenant = services.tenant(head);
        let operator = operator(services, &tenant, shape, &head.headers).await?;
        Ok((tenant, operator))
    }

    /// Reads a request. Checks the permissions of the operator first, so that others learn nothing about the operation,
    /// and get no stored reply.
    pub(super) async fn read(
        services: Arc<AdminServices<A>>,
        (tenant, operator): (Arc<Tenant>, Operator),
        shape: &Shape,
        path: &RawPathParams,
        (head, content): (Parts, Body),
    ) -> Result<Self, Problem> {
        shape.check(&operator).map_err(RequestError::from)?;
        let query = query(head.uri.query().unwrap_or_default(), shape.query)?;
        let expected = if shape.is_conditional {
            expected(&head.headers)?
        } else {
            None
        };
        let body = match shape.members() {
            Some(known) => body::read(&head.headers, content, known).await?,
            None => body::Body::default(),
        };
        let path: Vec<String> = path.iter().map(|(_, value)| value.to_owned()).collect();
        let attempt = if shape.method == Method::POST {
            Attempt::read(&head.headers, (shape.id, &path), &body.value)?
        } else {
            None
        };
        Ok(Self {
            services,
            tenant,
            operator,
            expected,
            attempt,
            path,
            query,
            body,
        })
    }

    /// Returns the state of the API.
    pub(super) fn services(&self) -> Arc<AdminServices<A>> {
        self.services.clone()
    }

    /// Returns the commands.
    pub(super) fn commands(&self) -> &Administration<A> {
        &self.services.commands
    }

    /// Returns a path parameter by its position.
    pub(super) fn path(&self, position: usize) -> &str {
        self.path.get(position).map_or("", String::as_str)
    }

    /// Returns a query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let mut all = self.query.iter();
        all.find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Parses a query parameter. `rule` completes the error message.
    pub(super) fn parsed<T>(
        &self,
        name: &str,
        rule: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let parsed = |text| parse(text).ok_or_else(|| Problem::field(name, rule));
        self.query(name).map(parsed).transpose()
    }

    /// Returns the body of a request.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::typed(self.body.value.clone())
    }

    /// Returns whether the body has a member with this name.
    pub(super) fn gives(&self, name: &str) -> bool {
        self.body.value.get(name).is_some()
    }

    /// Applies the body, a merge patch (RFC 7396), to the current state.
    pub(super) fn patched<T: Serialize + DeserializeOwned>(
        &self,
        current: &T,
    ) -> Result<T, Problem> {
        let current = serde_json::to_value(current).map_err(|error| Problem::internal(&error))?;
        body::typed(body::merged(current, self.body.value.clone()))
    }

    /// Returns the version that a change requires: the version that the patch is applied to. Fails if `If-Match`
    /// requires another one.
    pub(super) fn version(&self, read: u64) -> Result<Option<u64>, Problem> {
        required(self.expected, read).map(Some)
    }

    /// Converts the error of a conditional change. Without `If-Match`, a stale version is a conflict.
    pub(super) fn changed<T>(&self, outcome: Result<T, AdminError>) -> Result<T, Problem> {
        Ok(outcome.map_err(|error| match error {
            AdminError::Stale if self.expected.is_none() => Conflict::Changed.into(),
            error => error,
        })?)
    }
}

/// Returns the operator who runs the request.
async fn operator<A: App>(
    services: &AdminServices<A>,
    tenant: &Tenant,
    shape: &Shape,
    headers: &HeaderMap,
) -> Result<Operator, RequestError> {
    if let Operators::Only(operator) = &services.operators {
        return Ok((**operator).clone());
    }
    let token = bearer::in_header(headers)?;
    if token.is_none() && shape.is_for_visitors {
        let address = CurrentRequest::get().and_then(|request| request.address);
        return Ok(Operator::visitor(address));
    }
    let token = token.ok_or(Malformed::AccessTokenMissing)?;
    let operators = &services.commands.operators;
    let operator = match PresentedApiKey::parse(&token) {
        Some(key) if shape.accepts_api_keys => operators.operator_of_key(tenant, key).await,
        _ => operators.operator(tenant, &token).await,
    };
    Ok(operator?)
}

fn query(text: &str, known: &[&str]) -> Result<Vec<(String, String)>, Problem> {
    let mut parameters: Vec<(String, String)> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8();
            decoded.map(std::borrow::Cow::into_owned)
        };
        let invalid = |_| Problem::field("query", "must be percent-encoded UTF-8");
        let name = decoded(name).map_err(invalid)?;
        let value = decoded(value).map_err(invalid)?;
        if !known.contains(&name.as_str()) {
            return Err(body::unknown(&name, known.iter().copied()));
        }
        if parameters.iter().any(|(own, _)| *own == name) {
            return Err(Problem::field(&name, "must not be repeated"));
        }
        parameters.push((name, value));
    }
    Ok(parameters)
}

fn required(expected: Option<u64>, read: u64) -> Result<u64, Problem> {
    if expected.is_none_or(|version| version == read) {
        Ok(read)
    } else {
        Err(AdminError::Stale.into())
    }
}

/// Returns the version of `If-Match` (RFC 9110 section 13.1.1); `None` without it, and for `*`. A value that this server
/// never sent matches no version.
fn expected(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().unwrap_or_default().trim(),
        (Some(_), Some(_)) => return Err(AdminError::Stale.into()),
    };
    if value == "*" {
        return Ok(None);
    }
    let version = value
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let version = version.and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| AdminError::Stale.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patch_requires_version_that_it_is_applied_to() {
        assert_eq!(required(None, 2).ok(), Some(2));
        assert_eq!(required(Some(2), 2).ok(), Some(2));
        for other in [1, 3] {
            let problem = required(Some(other), 2).unwrap_err();
            assert_eq!(problem.into_response().status(), 412);
        }
    }
}
