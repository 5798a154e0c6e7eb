//! Dispatch of requests: the token endpoint is matched ahead of the router.
//!
//! Most requests are token requests. For each of them, the router would allocate the body, the handler, every layer and
//! the matched path. The router also has the token endpoint, for requests with an `Origin` header and for methods other
//! than `POST`.

use crate::cors;
use crate::introspection;
use crate::revocation;
use crate::services::Services;
use crate::token::json_v1::JsonV1;
use crate::token::rfc6749::Rfc6749;
use crate::token::{Dialect as _, respond};
use crate::wire::ClientAddress;
use crate::wire::body::RequestBody;
use axum::Router;
use axum::http::{Method, Request, header};
use axum::response::Response;
use countersign_application::{App, CurrentRequest};
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

/// Token endpoint ahead of a router, which has all endpoints.
pub struct Front<A: App> {
    services: Arc<Services<A>>,
    router: Router,
}

impl<A: App> Clone for Front<A> {
    fn clone(&self) -> Self {
        Self {
            services: Arc::clone(&self.services),
            router: self.router.clone(),
        }
    }
}

impl<A: App> Front<A> {
    /// Matches the token endpoint ahead of `router`, which must also have it.
    #[must_use]
    pub const fn new(services: Arc<Services<A>>, router: Router) -> Self {
        Self { services, router }
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
            services: self.services,
        }
    }
}

impl<A: App> Answers for Front<A> {
    async fn answer<B: RequestBody>(
        &self,
        request: Request<B>,
        address: Option<IpAddr>,
    ) -> Response {
        let is_simple =
            *request.method() == Method::POST && !request.headers().contains_key(header::ORIGIN);
        let mut response = match request.uri().path() {
            Rfc6749::ENDPOINT if is_simple => {
                respond::<Rfc6749, A, B>(&self.services, request).await
            }
            JsonV1::ENDPOINT if is_simple => respond::<JsonV1, A, B>(&self.services, request).await,
            // Boxed, because otherwise every connection would reserve memory for the future of the router.
            _ => return Box::pin(self.router.answer(request, address)).await,
        };
        cors::allow(response.headers_mut(), None);
        response
    }

    /// Requests for tokens are too many for a task of their own, and a success is no event.
    fn is_detached(&self, method: &Method, path: &str) -> bool {
        const TOKENS: [&str; 4] = [
            Rfc6749::ENDPOINT,
            JsonV1::ENDPOINT,
            introspection::ENDPOINT,
            revocation::ENDPOINT,
        ];
        !method.is_safe() && !TOKENS.contains(&path)
    }

    fn after(&self, request: &mut CurrentRequest) {
        let Services { tenant, app, .. } = &*self.services;
        app.activity.take(tenant.id, request);
    }
}
