//! Test server with an in-memory store, real keys and codecs, a test clock and free password hashing.

use crate::facts::{
    CALLBACK, CHALLENGE, CountedPasswords, FORM, ISSUER, KEYS, TENANT, TestClock, registered,
    tenant,
};
use crate::outside::Outside;
use crate::requests::{Answer, claims, exchange, form, json, refreshing};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use countersign_adapters_jwt::{
    Codecs, EventEncoder, JwtAssertions, KeyRing, generate_signing_key,
};
use countersign_adapters_system::{CachedKeySets, SystemEntropy, TotpCodes};
use countersign_application::admin::keys::NewSigningKey;
use countersign_application::admin::{AdminTools, EventSource};
use countersign_application::{App, Clients, Definitions, Ports};
use countersign_cli::Endpoints;
use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::client::Client;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::{ChallengeMethod, CodeChallenge};
use countersign_domain::identifier::{GrantId, NodeId, UserId};
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_domain::token::claims::TokenId;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::User;
use countersign_ports::{
    AuthorizationCodeCodec, ClientRepository as _, Clock as _, Cursor, Definition,
    DefinitionRepository as _, Entropy as _, GrantRepository as _, PublishedKeys, Race, Signer,
    Store, TokenVerifier, UserKey, UserRepository as _,
};
use countersign_server_http::wire::{ClientAddress, identified};
use countersign_server_http::{Answers as _, Front};
use countersign_server_pages::pages::{PageSettings, Pages};
use countersign_store_contract::{MemoryStore, fixtures};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tower::ServiceExt as _;

pub(crate) struct Server<S = MemoryStore> {
    pub(crate) router: Router,
    /// Router behind the front.
    pub(crate) behind: Router,
    pub(crate) store: Arc<S>,
    pub(crate) passwords: Arc<CountedPasswords>,
    pub(crate) clients: Arc<Clients<S>>,
    definitions: Arc<Definitions<S>>,
    pub(crate) outside: Arc<Outside>,
    /// Network address of all requests.
    pub(crate) address: Option<IpAddr>,
    clock: Arc<TestClock>,
}
impl Server {
    pub(crate) async fn start() -> Self {
        let store = MemoryStore::default();
        for client in registered() {
            let event = fixtures::event();
            let inserted = store.insert_client(TENANT, &client, &event);
            assert_eq!(inserted.await.unwrap(), Race::Won);
        }
        Self::on(store)
    }

    /// Returns everything in the store, as text.
    pub(crate) fn contents(&self) -> String {
        format!("{:?}", self.store)
    }

    /// Changes a client and notifies the server.
    pub(crate) async fn change(&self, id: &str, change: impl FnOnce(&mut Client)) {
        let mut client = self
            .store
            .find_client(TENANT, &fixtures::client_id(id))
            .await
            .unwrap()
            .unwrap();
        change(&mut client);
        let event = fixtures::event();
        let updated = self.store.update_client(TENANT, &client, &event);
        assert_eq!(updated.await.unwrap(), Race::Won);
        self.follow().await;
    }

    /// Registers a client.
    pub(crate) async fn register(&self, client: &Client) {
        let event = fixtures::event();
        let inserted = self.store.insert_client(TENANT, client, &event);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }

    /// Deletes a client and notifies the server.
    pub(crate) async fn delete(&self, id: &str) {
        let (id, event) = (fixtures::client_id(id), fixtures::event());
        let deleted = self.store.delete_client(TENANT, &id, &event);
        assert_eq!(deleted.await.unwrap(), Race::Won);
        self.follow().await;
    }

    /// Stores a user.
    /// Stores a resource server.
    pub(crate) async fn put_resource_server(&self, server: ResourceServer) {
        let definition = Definition::ResourceServer(server);
        let event = fixtures::event();
        let race = if definition.version() == 0 {
            self.store
                .insert_definition(TENANT, &definition, &event)
                .await
        } else {
            self.store
                .update_definition(TENANT, &definition, &event)
                .await
        };
        assert_eq!(race.unwrap(), Race::Won);
        self.follow().await;
    }

    pub(crate) async fn add_user(&self, user: &User) {
        let inserted = self.store.insert_user(TENANT, user, None);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }

    /// Changes the fields of a user that administrators edit.
    pub(crate) async fn change_user(&self, id: UserId, change: impl FnOnce(&mut User)) {
        let found = self.store.find_user(TENANT, UserKey::Id(id));
        let mut user = found.await.unwrap().unwrap();
        change(&mut user);
        let event = fixtures::event();
        let updated = self.store.update_user(TENANT, &user, &event);
        assert_eq!(updated.await.unwrap(), Race::Won);
    }

    /// Sets the password of a user, as an administrator does.
    pub(crate) async fn set_password(&self, id: UserId, password: &str) {
        let event = fixtures::event();
        let set = self.store.set_password_hash(TENANT, id, password, &event);
        assert_eq!(set.await.unwrap(), Race::Won);
    }

    /// Returns the generation of the grant of an access token.
    pub(crate) async fn generation(&self, access_token: &str) -> u32 {
        let id: TokenId = claims(access_token)["jti"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        self.store
            .find_grant(TENANT, id.grant.unwrap())
            .await
            .unwrap()
            .unwrap()
            .facts()
            .generation
    }
}

/// Parts of a server besides its store.
pub(crate) struct Made<G> {
    pub(crate) tenant: Tenant,
    pub(crate) codecs: Codecs,
    pub(crate) signer: Arc<G>,
    pub(crate) keys: Arc<dyn PublishedKeys>,
    pub(crate) verifier: Arc<dyn TokenVerifier>,
}

impl Made<KeyRing> {
    /// Creates the parts with these keys.
    pub(crate) fn of((codecs, keys): &(Codecs, Vec<SigningKey>)) -> Self {
        let ring = Arc::new(KeyRing::new(codecs));
        ring.load(TENANT, keys, codecs, fixtures::NOW).unwrap();
        Self {
            tenant: tenant(),
            codecs: codecs.clone(),
            signer: ring.clone(),
            keys: ring.clone(),
            verifier: ring,
        }
    }
}

/// Adapters of a test: a store and a signer of its choice, and passwords that cost nothing.
struct InMemory<S, G>(PhantomData<(S, G)>);

impl<S: Store, G: Signer> App for InMemory<S, G> {
    type Store = S;
    type Signer = G;
    type PasswordHasher = CountedPasswords;
}

/// Returns the tools of the admin API.
fn admin_tools<A: App>(ports: &Ports<A>) -> AdminTools {
    let node = NodeId::from_bytes(ports.entropy.time_ordered_id());
    let events = EventSource::new(node, ports.entropy.clone(), Arc::new(EventEncoder));
    AdminTools {
        events: Arc::new(events),
        make_key: Box::new(|new: NewSigningKey<'_>| {
            let (tenant, client) = (new.tenant, new.client.cloned());
            let (created_at, signs_from) = (new.created_at, new.signs_from);
            let codecs = &KEYS.0;
            generate_signing_key(
                tenant,
                new.algorithm,
                client,
                created_at,
                signs_from,
                codecs,
            )
        }),
        announcement: Duration::from_secs(300),
    }
}

/// Returns a router that passes every request to the front, as the server does. With `COUNTERSIGN_TEST_WAY_IN=router`,
/// returns the router behind it, which has the token endpoint too: the same tests must pass.
fn way_in<A: App>(front: Front<A>) -> Router {
    match std::env::var("COUNTERSIGN_TEST_WAY_IN").as_deref() {
        Ok("router") => front.router().clone(),
        Ok(other) => panic!("unknown way in: {other}"),
        Err(_) => Router::new().fallback(async move |request: Request<Body>| {
            let address = ClientAddress::of(request.extensions());
            front.answer(request, address).await
        }),
    }
}

impl<S: Store> Server<S> {
    pub(crate) fn on(store: S) -> Self {
        Self::made(store, Made::of(&KEYS))
    }

    pub(crate) fn with_signer<G: Signer>(
        store: S,
        signer: Arc<G>,
        keys: Arc<dyn PublishedKeys>,
        verifier: Arc<dyn TokenVerifier>,
    ) -> Self {
        let made = Made {
            tenant: tenant(),
            codecs: KEYS.0.clone(),
            signer,
            keys,
            verifier,
        };
        Self::made(store, made)
    }

    pub(crate) fn made<G: Signer>(store: S, made: Made<G>) -> Self {
        let Made {
            tenant,
            codecs,
            signer,
            keys,
            verifier,
        } = made;
        let codecs = Arc::new(codecs);
        let store = Arc::new(store);
        let clients = Arc::new(Clients::new(store.clone()));
        let definitions = Arc::new(Definitions::new(store.clone()));
        let clock = Arc::new(TestClock(AtomicU64::new(fixtures::NOW.as_unix_seconds())));
        let passwords = Arc::new(CountedPasswords::default());
        let outside = Arc::new(Outside::default());
        let ports: Ports<InMemory<S, G>> = Ports {
            store: store.clone(),
            definitions: definitions.clone(),
            clients: clients.clone(),
            secret_uses: Arc::default(),
            signer,
            verifier,
            assertions: Arc::new(JwtAssertions),
            key_sets: Arc::new(CachedKeySets::new(outside.clone())),
            codes: codecs.clone(),
            refresh_tokens: codecs.clone(),
            steps: codecs.clone(),
            vault: codecs.clone(),
            formats: codecs.clone(),
            passwords: passwords.clone(),
            one_time_codes: Arc::new(TotpCodes),
            passkeys: outside.clone(),
            mailer: outside.clone(),
            logout: outside.clone(),
            clock: clock.clone(),
            entropy: Arc::new(SystemEntropy::new()),
        };
        let endpoints = Endpoints {
            tenant: Arc::new(tenant),
            envelopes: codecs.clone(),
            known_devices: codecs,
            keys,
            key_set_max_age: Duration::from_secs(300),
            pages: Pages::new(PageSettings::default()).unwrap(),
            admin: Some(admin_tools(&ports)),
        };
        let front = endpoints.front(&ports);
        Self {
            behind: front.router().clone(),
            router: way_in(front),
            store,
            passwords,
            clients,
            definitions,
            outside,
            address: None,
            clock,
        }
    }

    /// Returns a server with the same users, clients and time, but with other account settings.
    pub(crate) fn with_accounts(self, mfa: MfaPolicy, registration: Option<&str>) -> Self {
        let mut made = Made::of(&KEYS);
        made.tenant.settings.mfa = mfa;
        made.tenant.settings.registration_client = registration.map(fixtures::client_id);
        drop((self.router, self.behind, self.clients, self.definitions));
        Self::made(Arc::into_inner(self.store).unwrap(), made)
    }

    /// Returns a server with the same users, clients and time, but with another policy for requests.
    pub(crate) fn with_requests(self, requests: RequestPolicy) -> Self {
        let mut made = Made::of(&KEYS);
        made.tenant.settings.requests = requests;
        drop((self.router, self.behind, self.clients, self.definitions));
        Self::made(Arc::into_inner(self.store).unwrap(), made)
    }

    /// Applies the recorded changes to the server.
    pub(crate) async fn follow(&self) {
        let (changes, _) = self.store.changes_after(Cursor(0)).await.unwrap();
        self.clients.follow(&changes);
        self.definitions.follow(&changes);
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        self.send_to(&self.router, request).await
    }

    pub(crate) async fn send_to(&self, router: &Router, mut request: Request<Body>) -> Answer {
        if let Some(address) = self.address {
            request.extensions_mut().insert(ClientAddress(address));
        }
        let address = ClientAddress::of(request.extensions());
        let handled = router.clone().oneshot(request);
        let response = identified(address, handled).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: head.status,
            headers: head.headers,
            body,
        }
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

    /// Returns an authorization code for `client`, as a login would seal it.
    pub(crate) fn code(&self, client: &str) -> String {
        self.code_with(client, |_| {})
    }

    pub(crate) fn code_with(&self, client: &str, change: impl FnOnce(&mut CodeFacts)) -> String {
        let now = self.clock.now();
        let mut code = CodeFacts {
            grant: GrantId::from_bytes(SystemEntropy::new().time_ordered_id()),
            authorization: Authorization {
                access: Access {
                    client: fixtures::client_id(client),
                    scope: Scope::parse("openid read write").unwrap(),
                    ..fixtures::access()
                },
                authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
                ..fixtures::authorization()
            },
            binding: CodeBinding {
                redirect_uri: RedirectUri::parse(CALLBACK).unwrap(),
                challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
                nonce: Some("n-0S6".to_owned()),
            },
            password: None,
            expires_at: now.plus(Lifetimes::DEFAULT.authorization_code()),
        };
        change(&mut code);
        code.authorization.bound_to_verifier = code.binding.challenge.is_some();
        AuthorizationCodeCodec::seal(&KEYS.0, TENANT, &AuthorizationCode::from_sealed(code))
    }

    /// Redeems a code of `client` in the form dialect, with its secret unless it is public.
    pub(crate) async fn redeem(&self, client: &str, code: &str) -> Answer {
        self.form(FORM, &exchange(client, code)).await
    }

    /// Redeems a refresh token in the form dialect.
    pub(crate) async fn refresh(&self, client: &str, refresh_token: &str) -> Answer {
        self.form(FORM, &refreshing(client, refresh_token)).await
    }

    /// Redeems a fresh code of `client`.
    pub(crate) async fn tokens(&self, client: &str) -> Answer {
        self.redeem(client, &self.code(client)).await.ok()
    }
}
impl<S: Store> Server<S> {
    /// Verifies a signature with the published key set and an independent library.
    pub(crate) async fn assert_signed(&self, token: &str) {
        use jsonwebtoken::jwk::JwkSet;
        let set: JwkSet =
            serde_json::from_slice(&self.get("/oauth2/jwks.json").await.ok().body).unwrap();
        let header = jsonwebtoken::decode_header(token).unwrap();
        let key =
            jsonwebtoken::DecodingKey::from_jwk(set.find(&header.kid.unwrap()).unwrap()).unwrap();
        let mut validation = jsonwebtoken::Validation::new(header.alg);
        validation.validate_aud = false;
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        validation.set_issuer(&[ISSUER]);
        jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
    }
}

impl<S> Server<S> {
    /// Returns the current time of the server.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
