//! Dispatch of requests: to their tenant, and the token endpoint ahead of the router.
//!
//! Most requests are token requests. For each of them, the router would allocate the body, the handler, every layer and
//! the matched path. The router also has the token endpoint, for requests with an `Origin` header and for methods other
//! than `POST`.

use crate::cors;
use crate::introspection;
use crate::revocation;
use crate::services::Services;
use crate::token::device_authorization;
use crate::token::json_v1::JsonV1;
use crate::token::rfc6749::Rfc6749;
use crate::token::{Dialect as _, respond};
use crate::wire::body::RequestBody;
use crate::wire::error::{Answer, RequestError, not_found};
use crate::wire::{ClientAddress, RequestTenant, flat_error, oauth_error};
use axum::Router;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Uri, header};
use axum::response::Response;
use countersign_application::{App, CurrentRequest, RequestPlace, TenantDirectory};
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::place::TenantPlace;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use tower::ServiceExt as _;

/// Service that answers requests: a router, or [`Front`].
pub trait Answers: Clone + Send + Sync + 'static {
    /// Answers a request from a client address, if it is known.
    fn answer<B: RequestBody>(
        &self,
        request: Request<B>,
        address: Option<IpAddr>,
    ) -> impl Future<Output = Response> + Send;

    /// Returns whether a request must be completed after its client has closed the connection. By default, all changes must,
    /// because a client could otherwise hide their events.
    fn is_detached(&self, method: &Method, _: &str) -> bool {
        !method.is_safe()
    }

    /// Takes what a request did, after its response. By default, nothing happens.
    fn after(&self, _: &mut CurrentRequest) {}
}

impl Answers for Router {
    async fn answer<B: RequestBody>(
        &self,
        mut request: Request<B>,
        address: Option<IpAddr>,
    ) -> Response {
        if let Some(address) = address {
            request.extensions_mut().insert(ClientAddress(address));
        }
        let Ok(response) = self.clone().oneshot(request).await;
        response
    }
}

/// Finds the tenant of each request. The token endpoint is ahead of a router, which has all endpoints.
pub struct Front<A: App> {
    services: Arc<Services<A>>,
    tenants: Arc<TenantDirectory<A::Store>>,
    router: Router,
}

impl<A: App> Clone for Front<A> {
    fn clone(&self) -> Self {
        Self {
            services: Arc::clone(&self.services),
            tenants: Arc::clone(&self.tenants),
            router: self.router.clone(),
        }
    }
}

impl<A: App> Front<A> {
    /// Matches the token endpoint ahead of `router`, which must also have it.
    #[must_use]
    pub const fn new(
        services: Arc<Services<A>>,
        tenants: Arc<TenantDirectory<A::Store>>,
        router: Router,
    ) -> Self {
        Self {
            services,
            tenants,
            router,
        }
    }

    /// Returns the router of all endpoints.
    pub const fn router(&self) -> &Router {
        &self.router
    }

    /// Replaces the router with the result of `change`.
    #[must_use]
    pub fn around(self, change: impl FnOnce(Router) -> Router) -> Self {
        Self {
            router: change(self.router),
            ..self
        }
    }

    /// Answers a request with the router, even if it is for the token endpoint. The response is the same.
    pub async fn answer_with_router<B: RequestBody>(
        &self,
        mut request: Request<B>,
        address: Option<IpAddr>,
    ) -> Response {
        match self.find_tenant(&mut request).await {
            Ok(tenant) => self.route(tenant, request, address).await,
            Err(refused) => *refused,
        }
    }

    /// Finds the tenant of a request, and sets its path to that within the tenant. Returns an error response if there is
    /// no such tenant.
    async fn find_tenant<B: RequestBody>(
        &self,
        request: &mut Request<B>,
    ) -> Result<Arc<Tenant>, Box<Response>> {
        let place = place_of(request);
        if is_health(place.path) {
            let own = &self.services.tenant;
            CurrentRequest::note_tenant(own.id);
            return Ok(own.clone());
        }
        let found = match self.tenants.find(place).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                let sent_to = format!("{}{}", place.host.unwrap_or_default(), place.path);
                return Err(Box::new(failure_at(place.path, &not_found(&sent_to))));
            }
            Err(failure) => {
                let answer = RequestError::from(failure).answer("tenant", None, false);
                return Err(Box::new(failure_at(place.path, &answer)));
            }
        };
        if let Some(path) = &found.path {
            set_path(request, path);
        }
        CurrentRequest::note_tenant(found.tenant.id);
        Ok(found.tenant)
    }

    async fn route<B: RequestBody>(
        &self,
        tenant: Arc<Tenant>,
        mut request: Request<B>,
        address: Option<IpAddr>,
    ) -> Response {
        request
            .extensions_mut()
            .insert(RequestTenant(tenant.clone()));
        let mut response = self.router.answer(request, address).await;
        keep_within(&tenant, response.headers_mut());
        response
    }

    /// Answers a request within its tenant.
    async fn answer_in<B: RequestBody>(
        &self,
        tenant: Arc<Tenant>,
        request: Request<B>,
        address: Option<IpAddr>,
    ) -> Response {
        let is_simple =
            *request.method() == Method::POST && !request.headers().contains_key(header::ORIGIN);
        let services = &self.services;
        let mut response = match request.uri().path() {
            Rfc6749::ENDPOINT if is_simple => {
                respond::<Rfc6749, A, B>(services, &tenant, request.into_parts()).await
            }
            JsonV1::ENDPOINT if is_simple => {
                respond::<JsonV1, A, B>(services, &tenant, request.into_parts()).await
            }
            // Boxed, because otherwise every connection would reserve memory for the future of the router.
            _ => return Box::pin(self.route(tenant, request, address)).await,
        };
        cors::allow(response.headers_mut(), None);
        response
    }
}

/// Returns whether a path does not depend on the tenant: load balancers ask an address.
fn is_health(path: &str) -> bool {
    let rest = path.strip_prefix("/health");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns an error response in the form of the endpoint at this path, which may be that of a tenant.
fn failure_at(path: &str, answer: &Answer) -> Response {
    let path = TenantPlace::split(path).map_or(path, |(_, path)| path);
    if path.starts_with("/v1/") {
        flat_error::failure(answer)
    } else {
        oauth_error::failure(answer)
    }
}

/// Returns where a request was sent. A host in the request line takes precedence (RFC 9112 section 3.2.2).
fn place_of<B>(request: &Request<B>) -> RequestPlace<'_> {
    let of_line = request.uri().authority().map(Authority::as_str);
    let of_header = || request.headers().get(header::HOST)?.to_str().ok();
    RequestPlace {
        host: of_line.or_else(of_header),
        path: request.uri().path(),
    }
}

/// Sets the path of a request to that within its tenant. Keeps the query.
fn set_path<B>(request: &mut Request<B>, path: &str) {
    let query = request.uri().query();
    let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    // It is a part of a valid target.
    if let Ok(uri) = Uri::try_from(target) {
        *request.uri_mut() = uri;
    }
}

/// Adds the path of the tenant to a redirect within the server.
fn keep_within(tenant: &Tenant, headers: &mut HeaderMap) {
    let root = tenant.path();
    if root.is_empty() {
        return;
    }
    let location = headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok());
    let Some(path) = location.filter(|path| path.starts_with('/') && !path.starts_with("//"))
    else {
        return;
    };
    if let Ok(location) = HeaderValue::try_from(format!("{root}{path}")) {
        headers.insert(header::LOCATION, location);
    }
}

impl<A: App> Answers for Front<A> {
    async fn answer<B: RequestBody>(
        &self,
        mut request: Request<B>,
        address: Option<IpAddr>,
    ) -> Response {
        match self.find_tenant(&mut request).await {
            Ok(tenant) => self.answer_in(tenant, request, address).await,
            Err(refused) => *refused,
        }
    }

    /// Requests for tokens are too many for a task of their own, and a success is no event.
    fn is_detached(&self, method: &Method, path: &str) -> bool {
        const TOKENS: [&str; 5] = [
            Rfc6749::ENDPOINT,
            JsonV1::ENDPOINT,
            introspection::ENDPOINT,
            revocation::ENDPOINT,
            device_authorization::ENDPOINT,
        ];
        let path = TenantPlace::split(path).map_or(path, |(_, path)| path);
        !method.is_safe() && !TOKENS.contains(&path)
    }

    fn after(&self, request: &mut CurrentRequest) {
        // A request for no tenant concerns the operators of the server.
        let tenant = request.tenant.unwrap_or(self.services.tenant.id);
        self.services.app.activity.take(tenant, request);
    }
}
