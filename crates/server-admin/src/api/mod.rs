//! The admin API under `/admin/v1`.
//!
//! `resources` has one file per resource that lists its operations. This module has the parts that operations share:
//! the token of the operator, bodies, versions, slices, errors, and the `OpenAPI` document. The document is built from
//! the same list.

mod attempt;
mod body;
mod call;
mod document;
mod fields_of;
mod once;
mod operation;
mod page;
mod problem;
mod rate_limit;
mod reply;
mod resources;
mod services;
mod shape;
mod slice;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::response::{Html, Response};
use axum::routing::{MethodFilter, MethodRouter, get};
use call::Call;
use countersign_application::App;
use countersign_server_http::wire::answer::answered;
use document::ROOT;
use operation::Operation;
use problem::Problem;
pub use rate_limit::RateLimit;
pub use resources::{client_metadata, event_json};
pub use services::{AdminServices, Operators};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Returns the JSON Schema of the body of an operation, named by its `operationId`.
#[must_use]
pub fn body_schema<A: App>(operation: &str) -> Option<serde_json::Value> {
    let mut all = resources::all::<A>().into_iter();
    let operation = all.find(|own| own.shape.id == operation)?;
    operation
        .shape
        .takes
        .map(|schema| shape::inline(schema).into())
}

/// Returns the admin API with its `OpenAPI` document at `/admin/v1/openapi.json` and a page for it at `/admin/v1/docs`.
pub fn admin_api<A: App>(services: AdminServices<A>) -> Router {
    let services = Arc::new(services);
    let operations = resources::all::<A>();
    let document = Arc::new(document::of(
        operations.iter().map(|operation| &operation.shape),
    ));
    let page: Arc<str> = page::of(&document).into();
    let mut paths: BTreeMap<&'static str, MethodRouter> = BTreeMap::new();
    for operation in operations {
        let path = operation.shape.path;
        let route = route(services.clone(), Arc::new(operation));
        let paths = paths.entry(path);
        paths
            .and_modify(|present| *present = present.clone().merge(route.clone()))
            .or_insert(route);
    }
    let mut router = Router::new()
        .route("/openapi.json", get(async move || answered(&*document)))
        .route(
            "/docs",
            get(async move || page::secured(Html(page.to_string()))),
        );
    for (path, methods) in paths {
        router = router.route(path, methods);
    }
    let router = router
        .method_not_allowed_fallback(async || Problem::method_not_allowed().into_response())
        .fallback(async || Problem::path_unknown().into_response());
    Router::new().nest(ROOT, router)
}

type PathParams = Result<RawPathParams, RawPathParamsRejection>;

fn route<A: App>(services: Arc<AdminServices<A>>, operation: Arc<Operation<A>>) -> MethodRouter {
    let filter =
        MethodFilter::try_from(operation.shape.method.clone()).unwrap_or(MethodFilter::GET);
    let handler = move |path: PathParams, request: Request| {
        let (services, operation) = (services.clone(), operation.clone());
        async move { serve(services, &operation, path, request).await }
    };
    MethodRouter::new().on(filter, handler)
}

async fn serve<A: App>(
    services: Arc<AdminServices<A>>,
    operation: &Operation<A>,
    path: PathParams,
    request: Request,
) -> Response {
    let shape = &operation.shape;
    let (head, content) = request.into_parts();
    let caller = match Call::authenticate(&services, &head).await {
        Ok(caller) => caller,
        Err(problem) => return problem.recorded(shape.id).into_response(),
    };
    let now = services.commands.clients.clock.now();
    let quota = services.limit.count(&caller.1.identity, now);
    let reply = async {
        quota.check()?;
        // A path that is not UTF-8 names no object.
        let path = path.map_err(|_| Problem::path_unknown())?;
        let call = Call::read(services, caller, shape, &path, (head, content)).await?;
        once::run(operation, call).await
    };
    let mut response = match reply.await {
        Ok(reply) => reply.into_response(shape.status),
        Err(problem) => problem.recorded(shape.id).into_response(),
    };
    quota.write(response.headers_mut());
    response
}
