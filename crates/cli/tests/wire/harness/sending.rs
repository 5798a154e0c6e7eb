//! Requests to the server.

use super::Server;
use crate::facts::TENANT;
use crate::requests::{Answer, form, json};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use countersign_application::CurrentRequest;
use countersign_domain::audit::event::Event;
use countersign_ports::{After, Store};
use countersign_server_http::wire::{ClientAddress, identified};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

impl<S: Store> Server<S> {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        self.send_to(&self.router, request).await
    }

    pub(crate) async fn send_to(&self, router: &Router, mut request: Request<Body>) -> Answer {
        if let Some(address) = self.address {
            request.extensions_mut().insert(ClientAddress(address));
        }
        let address = ClientAddress::of(request.extensions());
        let current = CurrentRequest::new(address, self.now());
        let handled = router.clone().oneshot(request);
        let after = |request: &mut CurrentRequest| {
            let tenant = request.tenant.unwrap_or(TENANT);
            self.activity.take(tenant, request);
        };
        let response = identified(current, handled, after).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    /// Stores the events of all requests so far, and returns all events that are no commands, in order.
    pub(crate) async fn happened(&self) -> Vec<Event> {
        let lost = self.activity.store(&*self.store, &self.events).await;
        assert_eq!(lost.unwrap(), 0);
        let stored = self.store.list_events(TENANT, After::start()).await;
        let stored = stored.unwrap().items.into_iter();
        let mut events: Vec<_> = stored.map(|record| record.event).collect();
        events.retain(|event| event.id.node == self.events.node());
        events
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        headers: &[(header::HeaderName, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn form<V: AsRef<str>>(&self, path: &str, parameters: &[(&str, V)]) -> Answer {
        self.post(
            path,
            &[(header::CONTENT_TYPE, "application/x-www-form-urlencoded")],
            form(parameters),
        )
        .await
    }

    pub(crate) async fn json<V: AsRef<str>>(&self, path: &str, parameters: &[(&str, V)]) -> Answer {
        self.post(
            path,
            &[(header::CONTENT_TYPE, "application/json")],
            json(parameters),
        )
        .await
    }
}
