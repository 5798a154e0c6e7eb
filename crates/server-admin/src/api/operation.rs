//! Operations: one method of one path each.

use super::call::Call;
use super::problem::Problem;
use super::reply::Reply;
use super::shape::{Shape, schema_of};
use super::slice;
use axum::http::{Method, StatusCode};
use countersign_application::App;
use countersign_domain::audit::operator::Permission;
use schemars::JsonSchema;
use std::any::Any;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

/// Result of an operation.
pub(super) type Outcome = Result<Reply, Problem>;

type Pending = Pin<Box<dyn Future<Output = Outcome> + Send>>;
type Render = Arc<dyn Fn(&dyn Any) -> Option<Reply> + Send + Sync>;
type Handler<A> = Box<dyn Fn(Call<A>) -> Pending + Send + Sync>;

/// Operation of the admin API.
pub(super) struct Operation<A: App> {
    /// Request, permissions and response.
    pub(super) shape: Shape,
    handler: Handler<A>,
    /// Renders the reply for the outcome of the command; `None` for an outcome of another type.
    pub(super) render: Option<Render>,
}

impl<A: App> Operation<A> {
    /// Creates an operation. The texts are path, ID and summary.
    pub(super) fn new(
        method: Method,
        status: StatusCode,
        (path, id, summary): (&'static str, &'static str, &'static str),
        permissions: &'static [Permission],
    ) -> Self {
        let shape = Shape {
            id,
            method,
            path,
            summary,
            permissions,
            own: None,
            query: &[],
            is_conditional: false,
            accepts_api_keys: false,
            is_for_visitors: false,
            fixed: &[],
            takes: None,
            members: OnceLock::new(),
            status,
            gives: None,
        };
        Self {
            shape,
            handler: Box::new(|_| Box::pin(async { Ok(Reply::empty()) })),
            render: None,
        }
    }

    /// Creates an operation that reads one object. The texts are path, ID and summary.
    pub(super) fn get(
        texts: (&'static str, &'static str, &'static str),
        permissions: &'static [Permission],
    ) -> Self {
        Self::new(Method::GET, StatusCode::OK, texts, permissions)
    }

    /// Creates an operation that reads a slice of a list.
    pub(super) fn list(
        texts: (&'static str, &'static str, &'static str),
        permissions: &'static [Permission],
    ) -> Self {
        Self::get(texts, permissions).queried_by(slice::PARAMETERS)
    }

    /// Creates an operation that creates an object.
    pub(super) fn create(
        texts: (&'static str, &'static str, &'static str),
        permissions: &'static [Permission],
    ) -> Self {
        Self::new(Method::POST, StatusCode::CREATED, texts, permissions)
    }

    /// Creates an operation that runs a command.
    pub(super) fn post(
        texts: (&'static str, &'static str, &'static str),
        permissions: &'static [Permission],
    ) -> Self {
        Self::new(Method::POST, StatusCode::OK, texts, permissions)
    }

    /// Creates an operation that changes an object by a merge patch (RFC 7396).
    pub(super) fn patch(
        texts: (&'static str, &'static str, &'static str),
        permissions: &'static [Permission],
    ) -> Self {
        Self::new(Method::PATCH, StatusCode::OK, texts, permissions).conditional()
    }

    /// Creates an operation that deletes an object.
    pub(super) fn delete(
        texts: (&'static str, &'static str, &'static str),
        permissions: &'static [Permission],
    ) -> Self {
        Self::new(Method::DELETE, StatusCode::NO_CONTENT, texts, permissions)
    }

    /// Sets the permission that suffices for objects that the operator owns.
    pub(super) fn or_own(mut self, permission: Permission) -> Self {
        self.shape.own = Some(permission);
        self
    }

    /// Sets the names of the query parameters.
    pub(super) fn queried_by(mut self, names: &'static [&'static str]) -> Self {
        self.shape.query = names;
        self
    }

    /// Makes the operation check `If-Match` against the version of the object.
    pub(super) fn conditional(mut self) -> Self {
        self.shape.is_conditional = true;
        self
    }

    /// Makes the operation accept API keys.
    pub(super) fn with_api_keys(mut self) -> Self {
        self.shape.accepts_api_keys = true;
        self
    }

    /// Makes the operation serve requests without a token.
    pub(super) fn for_visitors(mut self) -> Self {
        self.shape.is_for_visitors = true;
        self
    }

    /// Sets the fields of the body that cannot change.
    pub(super) fn keeping(mut self, fields: &'static [&'static str]) -> Self {
        self.shape.fixed = fields;
        self
    }

    /// Sets the type of the request body.
    pub(super) fn takes<T: JsonSchema>(mut self) -> Self {
        self.shape.takes = Some(schema_of::<T>);
        self
    }

    /// Sets the type of the response body.
    pub(super) fn gives<T: JsonSchema>(mut self) -> Self {
        self.shape.gives = Some(schema_of::<T>);
        self
    }

    /// Makes a repeated request get the reply for this outcome, which the command stores with its change.
    pub(super) fn keeps<T: Any>(mut self, render: fn(&T) -> Outcome) -> Self {
        let any = move |outcome: &dyn Any| render(outcome.downcast_ref()?).ok();
        self.render = Some(Arc::new(any));
        self
    }

    /// Sets the function that runs the operation.
    pub(super) fn by<F>(self, run: impl Fn(Call<A>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let handler: Handler<A> = Box::new(move |call| Box::pin(run(call)));
        Self { handler, ..self }
    }

    /// Runs the operation.
    pub(super) fn run(&self, call: Call<A>) -> Pending {
        (self.handler)(call)
    }
}
