//! The admin API under `/admin/v1`, and dialects of it.
//!
//! A dialect has the paths and bodies of another authorization server, and runs the same commands: `aries`, `aero2`.
//! `resources` has one file per resource that lists its operations. This module has the parts that operations share:
//! the token of the operator, bodies, versions, slices, errors, and the `OpenAPI` document. The document is built from
//! the same list.

mod aero2;
mod aries;
mod attempt;
mod body;
mod call;
mod declaration;
mod dialect;
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
mod unhurried;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::response::{Html, Response};
use axum::routing::{MethodFilter, MethodRouter, get};
pub use body::suggestion;
use call::Call;
use countersign_application::App;
use countersign_server_http::wire::answer::answered_as_json;
pub use declaration::{InvalidField, ObjectKind};
use dialect::Dialect;
use document::ROOT;
use operation::Operation;
use problem::Problem;
use rate_limit::Quota;
pub use rate_limit::RateLimit;
pub use resources::{client_metadata, event_json, webhook_message};
pub use services::{AdminServices, Operators, SeedApis};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

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

/// Returns the admin API with its `OpenAPI` document at `/admin/v1/openapi.json` and a page for it at `/admin/v1/docs`,
/// and the dialects that are enabled.
pub fn admin_api<A: App>(services: AdminServices<A>) -> Router {
    let services = Arc::new(services);
    // Made by the first request for it: it takes memory and time that most servers never need.
    let document = Arc::new(OnceLock::new());
    let page = document.clone();
    let router = Router::new()
        .route(
            "/openapi.json",
            get(async move || {
                let Document { json, .. } = document.get_or_init(Document::of::<A>);
                answered_as_json(json.clone())
            }),
        )
        .route(
            "/docs",
            get(async move || {
                let Document { page, .. } = page.get_or_init(Document::of::<A>);
                page::secured(Html(page.clone()))
            }),
        )
        .route("/docs.css", get(async || page::style()))
        .merge(routes(&services, resources::all::<A>(), V1))
        .method_not_allowed_fallback(async || Problem::method_not_allowed().into_response())
        .fallback(async || Problem::path_unknown().into_response());
    let mut all = Router::new().nest(ROOT, router);
    if services.seed_apis.aries {
        all = all.merge(beside(&services, aries::operations(), aries::DIALECT));
    }
    if services.seed_apis.aero2 {
        all = all.merge(beside(&services, aero2::operations(), aero2::DIALECT));
    }
    all
}

/// `OpenAPI` document, and the page that shows it.
struct Document {
    json: Vec<u8>,
    page: Bytes,
}

impl Document {
    fn of<A: App>() -> Self {
        let operations = resources::all::<A>();
        let document = document::of(operations.iter().map(|operation| &operation.shape));
        Self {
            json: document.to_string().into_bytes(),
            page: page::of(&document).into(),
        }
    }
}

/// Form of the responses under `/admin/v1`.
const V1: Dialect = Dialect {
    root: ROOT,
    failure: Problem::into_response,
    limit: Quota::write,
};

/// Returns the routes of a dialect. Unknown paths below its root belong to the other endpoints of the server.
fn beside<A: App>(
    services: &Arc<AdminServices<A>>,
    operations: Vec<Operation<A>>,
    dialect: Dialect,
) -> Router {
    let Dialect { root, failure, .. } = dialect;
    routes(services, operations, dialect).method_not_allowed_fallback(async move || {
        failure(Problem::method_not_allowed().recorded(root))
    })
}

fn routes<A: App>(
    services: &Arc<AdminServices<A>>,
    operations: Vec<Operation<A>>,
    dialect: Dialect,
) -> Router {
    let mut paths: BTreeMap<&'static str, MethodRouter> = BTreeMap::new();
    for operation in operations {
        let path = operation.shape.path;
        let route = route(services.clone(), Arc::new(operation), dialect);
        let paths = paths.entry(path);
        paths
            .and_modify(|present| *present = present.clone().merge(route.clone()))
            .or_insert(route);
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        router = router.route(path, methods);
    }
    router
}

type PathParams = Result<RawPathParams, RawPathParamsRejection>;

fn route<A: App>(
    services: Arc<AdminServices<A>>,
    operation: Arc<Operation<A>>,
    dialect: Dialect,
) -> MethodRouter {
    let filter =
        MethodFilter::try_from(operation.shape.method.clone()).unwrap_or(MethodFilter::GET);
    let handler = move |path: PathParams, request: Request| {
        let (services, operation) = (services.clone(), operation.clone());
        async move { serve(services, &operation, path, request, dialect).await }
    };
    MethodRouter::new().on(filter, handler)
}

async fn serve<A: App>(
    services: Arc<AdminServices<A>>,
    operation: &Operation<A>,
    path: PathParams,
    request: Request,
    dialect: Dialect,
) -> Response {
    let failure = |problem: Problem| (dialect.failure)(problem.recorded(operation.shape.id));
    let shape = &operation.shape;
    let (head, content) = request.into_parts();
    let caller = match Call::authenticate(&services, shape, &head).await {
        Ok(caller) => caller,
        Err(problem) => return failure(problem),
    };
    let now = services.commands.clients.clock.now();
    let quota = services.limit.count(caller.0.id, &caller.1.identity, now);
    let reply = async {
        quota.check()?;
        // A path that is not UTF-8 names no object.
        let path = path.map_err(|_| Problem::path_unknown())?;
        let call = Call::read(services, caller, shape, &path, (head, content)).await?;
        once::run(operation, call).await
    };
    let mut response = match reply.await {
        Ok(reply) => reply.into_response(shape.status),
        Err(problem) => failure(problem),
    };
    (dialect.limit)(&quota, response.headers_mut());
    response
}
