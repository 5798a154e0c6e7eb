//! Tenants: each of them is an authorization server that knows nothing of the others.

mod administration;
mod foreign;
mod isolation;
mod places;

use crate::facts::{KEYS, SECRET, registered};
use crate::harness::Server;
use crate::requests::{Answer, basic, form};
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_adapters_jwt::{EventEncoder, generate_signing_key};
use countersign_adapters_system::SystemEntropy;
use countersign_application::admin::EventSource;
use countersign_application::admin::keys::NewSigningKey;
use countersign_application::admin::tenants::{TenantAdmin, TenantChange};
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::overrides::TenantOverrides;
use countersign_domain::tenant::place::{HostName, TenantPlace};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::{ClientRepository as _, Entropy as _, Race, UserRepository as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

/// Tenant of a test, as clients see it.
#[derive(Clone, Copy, Debug)]
struct Place {
    id: TenantId,
    host: &'static str,
    root: &'static str,
}

/// The server's own tenant.
const OWN: Place = Place {
    id: TenantId::SINGLE,
    host: "auth.example",
    root: "",
};

/// Returns the commands for tenants.
fn admin(server: &Server) -> TenantAdmin<MemoryStore> {
    let entropy = Arc::new(SystemEntropy::new());
    let node = NodeId::from_bytes(entropy.time_ordered_id());
    TenantAdmin {
        store: server.store.clone(),
        events: Arc::new(EventSource::new(node, entropy, Arc::new(EventEncoder))),
        clock: server.clock(),
    }
}

fn make(
    new: NewSigningKey<'_>,
) -> Result<countersign_domain::token::signing_key::SigningKey, countersign_ports::SigningError> {
    let client = new.client.cloned();
    let (created_at, signs_from) = (new.created_at, new.signs_from);
    generate_signing_key(
        new.tenant,
        new.algorithm,
        client,
        created_at,
        signs_from,
        &KEYS.0,
    )
}

/// Creates a tenant with the users and clients of the server's own tenant.
async fn add(server: &Server, name: &'static str, host: Option<&'static str>) -> Place {
    let change = TenantChange {
        overrides: TenantOverrides {
            signing_algorithm: Some(SigningAlgorithm::Es256),
            ..TenantOverrides::default()
        },
        ..TenantChange::default()
    };
    let place = host.map_or(TenantPlace::Path, |host| {
        TenantPlace::Host(HostName::parse(host).unwrap())
    });
    let new = (TenantName::parse(name).unwrap(), place);
    let operator = Operator::command_line("test");
    let own = crate::facts::tenant();
    let admin = admin(server);
    let created = admin.create(&own, &operator, &make, new, &change);
    let id = created.await.unwrap().id;
    for client in registered() {
        let event = fixtures::event();
        let inserted = server.store.insert_client(id, &client, &event);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }
    let user = fixtures::user(1, "jane@example.com");
    let inserted = server.store.insert_user(id, &user, None);
    assert_eq!(inserted.await.unwrap(), Race::Won);
    server.follow().await;
    Place {
        id,
        host: host.unwrap_or(OWN.host),
        root: match (host, name) {
            (None, "acme") => "/t/acme",
            (None, _) => "/t/other",
            (Some(_), _) => "",
        },
    }
}

/// Returns a server with a tenant at a path and one at a host.
async fn server() -> (Server, [Place; 3]) {
    let server = Server::start().await;
    server
        .add_user(&fixtures::user(1, "jane@example.com"))
        .await;
    let acme = add(&server, "acme", None).await;
    let bolt = add(&server, "bolt", Some("bolt.example")).await;
    (server, [OWN, acme, bolt])
}

impl Place {
    async fn send(self, server: &Server, method: Method, path: &str, body: Body) -> Answer {
        self.send_as(server, (method, path), None, body).await
    }

    async fn send_as(
        self,
        server: &Server,
        (method, path): (Method, &str),
        authorization: Option<&str>,
        body: Body,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.root))
            .header(header::HOST, self.host);
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        server.send(request.unwrap()).await
    }

    async fn get(self, server: &Server, path: &str) -> Answer {
        self.send(server, Method::GET, path, Body::empty()).await
    }

    async fn form(self, server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
        let own = basic("web", SECRET);
        let request = (Method::POST, path);
        self.send_as(server, request, Some(&own), form(fields).into())
            .await
    }

    /// Redeems a new code.
    async fn tokens(self, server: &Server) -> Answer {
        let code = server.code_in(self.id, "web", |_| {});
        self.redeem(server, &code).await.ok()
    }

    async fn redeem(self, server: &Server, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", crate::facts::CALLBACK),
            ("code_verifier", crate::facts::VERIFIER),
        ];
        self.form(server, "/oauth2/token", &fields).await
    }

    async fn is_active(self, server: &Server, token: &str) -> bool {
        let answer = self
            .form(server, "/oauth2/introspect", &[("token", token)])
            .await;
        answer.ok().json()["active"] == true
    }
}
