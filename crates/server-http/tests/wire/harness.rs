//! A server on a store in memory, with real keys and codecs, a clock that the test sets, and passwords
//! that cost nothing.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use countersign_adapters_jwt::{Codecs, KeyRing, MasterKeys, generate_signing_key};
use countersign_adapters_system::{SystemEntropy, TotpCodes};
use countersign_application::{Clients, Logins, SecretUses, TokenIssuer, TokenSettings};
use countersign_domain::authorization_code::AuthorizationCode;
use countersign_domain::authorization_request::RequestedGrant;
use countersign_domain::client::{Client, ClientType, GrantType, SigningAlgorithm};
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::pkce::{ChallengeMethod, CodeChallenge};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    AuthorizationCodeCodec, ClientRepository as _, Clock, Entropy as _, GrantRepository as _,
    PasswordHasher, PasswordsBusy, PublishedKeys, Signer, Store,
};
use countersign_server_http::{Services, router};
use countersign_store_contract::{MemoryStore, fixtures};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tower::ServiceExt as _;

pub(crate) const FORM: &str = "/oauth2/token";
pub(crate) const JSON: &str = "/v1/oauth2/token";
pub(crate) const SECRET: &str = "correct horse battery staple";
pub(crate) const CALLBACK: &str = "https://app.example/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const ISSUER: &str = "https://auth.example";

/// Keys that all tests of this process share: an RSA key takes long to find.
static KEYS: LazyLock<(Codecs, Vec<SigningKey>)> = LazyLock::new(|| {
    let codecs = Codecs::new(&MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap());
    let mut keys: Vec<_> = SigningAlgorithm::ASYMMETRIC
        .iter()
        .map(|algorithm| {
            generate_signing_key(*algorithm, None, fixtures::NOW, fixtures::NOW, &codecs).unwrap()
        })
        .collect();
    let shared = fixtures::client_id("hs256");
    keys.push(
        generate_signing_key(
            SigningAlgorithm::Hs256,
            Some(shared),
            fixtures::NOW,
            fixtures::NOW,
            &codecs,
        )
        .unwrap(),
    );
    (codecs, keys)
});

pub(crate) fn hs256_secret() -> String {
    let (codecs, keys) = &*KEYS;
    countersign_adapters_jwt::shared_secret(keys.last().unwrap(), codecs)
        .unwrap()
        .expose_secret()
        .to_owned()
}

pub(crate) struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// Passwords in the clear, and a count of how often one was looked at.
#[derive(Default)]
pub(crate) struct CountedPasswords(AtomicUsize);

impl PasswordHasher for CountedPasswords {
    async fn hash(&self, password: &Secret) -> Result<String, PasswordsBusy> {
        Ok(password.expose_secret().to_owned())
    }

    async fn verify(&self, password: &Secret, hash: Option<&str>) -> Result<bool, PasswordsBusy> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(hash == Some(password.expose_secret()))
    }
}

impl CountedPasswords {
    pub(crate) fn looked_at(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

pub(crate) struct Server<S = MemoryStore> {
    pub(crate) router: Router,
    pub(crate) store: Arc<S>,
    pub(crate) passwords: Arc<CountedPasswords>,
    pub(crate) clients: Arc<Clients<S>>,
    clock: Arc<TestClock>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn text(&self, field: &str) -> String {
        let json = self.json();
        json[field]
            .as_str()
            .unwrap_or_else(|| panic!("no text {field} in {json}"))
            .to_owned()
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and `error`.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.text("error"))
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(
            self.status,
            StatusCode::OK,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        self
    }
}

/// The claims of a JWT, signature unseen.
pub(crate) fn claims(token: &str) -> Value {
    part(token, 1)
}

/// The header of a JWT.
pub(crate) fn head(token: &str) -> Value {
    part(token, 0)
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!(
        "Basic {}",
        Base64::encode_string(format!("{id}:{secret}").as_bytes())
    )
}

pub(crate) fn form<V: AsRef<str>>(parameters: &[(&str, V)]) -> String {
    let escape =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", escape(value.as_ref())))
        .collect::<Vec<_>>()
        .join("&")
}

pub(crate) fn json<V: AsRef<str>>(parameters: &[(&str, V)]) -> String {
    Value::Object(
        parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_ref())))
            .collect(),
    )
    .to_string()
}

/// A web application, a public one, a machine, one that may use `plain`, one whose verifier stands for
/// its secret, and one that shares its key.
fn registered() -> Vec<Client> {
    let code = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    let web = Client {
        grant_types: code.clone(),
        ..fixtures::client("web")
    };
    let mut loose = Client {
        id: fixtures::client_id("loose"),
        ..web.clone()
    };
    loose.pkce.required = false;
    let mut plain = Client {
        id: fixtures::client_id("plain"),
        ..web.clone()
    };
    plain.pkce.plain_allowed = true;
    let mut verifier = Client {
        id: fixtures::client_id("verifier"),
        ..web.clone()
    };
    verifier.pkce.replaces_secret = true;
    vec![
        Client {
            id: fixtures::client_id("other"),
            ..web.clone()
        },
        Client {
            id: fixtures::client_id("app"),
            client_type: ClientType::Public,
            secrets: Vec::new(),
            ..web.clone()
        },
        Client {
            id: fixtures::client_id("hs256"),
            signing_algorithm: Some(SigningAlgorithm::Hs256),
            ..web.clone()
        },
        Client {
            id: fixtures::client_id("es256"),
            signing_algorithm: Some(SigningAlgorithm::Es256),
            ..web.clone()
        },
        Client {
            grant_types: vec![GrantType::ClientCredentials],
            scope: Scope::parse("api:read api:write").unwrap(),
            redirect_uris: Vec::new(),
            ..fixtures::client("machine")
        },
        web,
        loose,
        plain,
        verifier,
    ]
}

impl Server {
    pub(crate) async fn start() -> Self {
        let store = MemoryStore::default();
        for client in registered() {
            let _ = store.insert_client(&client).await.unwrap();
        }
        Self::on(store)
    }

    /// Everything that is stored, as text.
    pub(crate) fn contents(&self) -> String {
        format!("{:?}", self.store)
    }

    /// Replaces a client and lets the server know.
    pub(crate) async fn change(&self, id: &str, change: impl FnOnce(&mut Client)) {
        use countersign_ports::SigningKeyRepository as _;
        let mut client = self
            .store
            .find_client(&fixtures::client_id(id))
            .await
            .unwrap()
            .unwrap();
        change(&mut client);
        let _ = self.store.update_client(&client).await.unwrap();
        self.clients.follow(self.store.revision().await.unwrap());
    }

    /// The generation of the grant behind an access token.
    pub(crate) async fn generation(&self, access_token: &str) -> u32 {
        let id: countersign_domain::claims::TokenId = claims(access_token)["jti"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        self.store
            .find_grant(id.grant.unwrap())
            .await
            .unwrap()
            .unwrap()
            .generation
    }
}

impl<S: Store> Server<S> {
    pub(crate) fn on(store: S) -> Self {
        let (codecs, keys) = &*KEYS;
        let codecs = Arc::new(codecs.clone());
        let ring = Arc::new(KeyRing::new());
        ring.load(keys, &*codecs, fixtures::NOW).unwrap();
        Self::with_signer(store, ring.clone(), ring)
    }

    pub(crate) fn with_signer<G: Signer>(
        store: S,
        signer: Arc<G>,
        keys: Arc<dyn PublishedKeys>,
    ) -> Self {
        let codecs = Arc::new(KEYS.0.clone());
        let store = Arc::new(store);
        let clients = Arc::new(Clients::new(store.clone()));
        let clock = Arc::new(TestClock(AtomicU64::new(fixtures::NOW.as_unix_seconds())));
        let entropy = Arc::new(SystemEntropy::new());
        let passwords = Arc::new(CountedPasswords::default());
        let settings = TokenSettings {
            issuer: ISSUER.to_owned(),
            lifetimes: Lifetimes::DEFAULT,
            signing_algorithm: SigningAlgorithm::Rs256,
        };
        let tokens = TokenIssuer {
            store: store.clone(),
            clients: clients.clone(),
            secret_uses: Arc::new(SecretUses::default()),
            signer,
            codes: codecs.clone(),
            refresh_tokens: codecs.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings,
        };
        let logins = Logins {
            store: store.clone(),
            clients: clients.clone(),
            passwords: passwords.clone(),
            steps: codecs.clone(),
            codes: codecs.clone(),
            vault: codecs,
            one_time_codes: Arc::new(TotpCodes),
            clock: clock.clone(),
            entropy,
            lifetimes: Lifetimes::DEFAULT,
        };
        let services = Services {
            tokens,
            logins,
            keys,
            key_set_max_age: Duration::from_secs(300),
        };
        Self {
            router: router(services).unwrap(),
            store,
            passwords,
            clients,
            clock,
        }
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
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

    pub(crate) async fn form(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.post(
            path,
            &[(header::CONTENT_TYPE, "application/x-www-form-urlencoded")],
            form(parameters),
        )
        .await
    }

    pub(crate) async fn json(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.post(
            path,
            &[(header::CONTENT_TYPE, "application/json")],
            json(parameters),
        )
        .await
    }

    /// A code for `client`, as a login would seal it.
    pub(crate) fn code(&self, client: &str) -> String {
        self.code_with(client, |_| {})
    }

    pub(crate) fn code_with(
        &self,
        client: &str,
        change: impl FnOnce(&mut AuthorizationCode),
    ) -> String {
        let now = self.clock.now();
        let mut code = AuthorizationCode {
            grant: GrantId::from_bytes(SystemEntropy::new().time_ordered_id()),
            subject: Subject::new("jane"),
            requested: RequestedGrant {
                client: fixtures::client_id(client),
                redirect_uri: RedirectUri::parse(CALLBACK).unwrap(),
                scope: Scope::parse("openid read write").unwrap(),
                challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
                nonce: Some("n-0S6".to_owned()),
            },
            auth_time: now,
            expires_at: now.plus(Lifetimes::DEFAULT.authorization_code),
        };
        change(&mut code);
        AuthorizationCodeCodec::seal(&KEYS.0, &code)
    }

    /// Redeems a code of `client` (with its secret unless public) in the form dialect.
    pub(crate) async fn redeem(&self, client: &str, code: &str) -> Answer {
        self.form(FORM, &exchange(client, code)).await
    }

    /// Refreshes in the form dialect.
    pub(crate) async fn refresh(&self, client: &str, refresh_token: &str) -> Answer {
        self.form(FORM, &refreshing(client, refresh_token)).await
    }

    /// Redeems a fresh code of `client`.
    pub(crate) async fn tokens(&self, client: &str) -> Answer {
        self.redeem(client, &self.code(client)).await.ok()
    }
}

fn authenticated<'a>(
    client: &'a str,
    parameters: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("client_id", client)];
    if client != "app" {
        all.push(("client_secret", SECRET));
    }
    all.extend_from_slice(parameters);
    all
}

/// The parameters of a good exchange.
pub(crate) fn exchange<'a>(client: &'a str, code: &'a str) -> Vec<(&'a str, &'a str)> {
    let parameters = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    authenticated(client, &parameters)
}

/// The parameters of a good refresh.
pub(crate) fn refreshing<'a>(client: &'a str, refresh_token: &'a str) -> Vec<(&'a str, &'a str)> {
    authenticated(
        client,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ],
    )
}

/// The parameters of a good request of the machine.
pub(crate) fn machine() -> Vec<(&'static str, &'static str)> {
    authenticated("machine", &[("grant_type", "client_credentials")])
}

/// `parameters` without the one called `name`.
pub(crate) fn without<'a>(
    parameters: &[(&'a str, &'a str)],
    name: &str,
) -> Vec<(&'a str, &'a str)> {
    parameters
        .iter()
        .copied()
        .filter(|(own, _)| *own != name)
        .collect()
}

/// `parameters` with the one called `name` set to `value`.
pub(crate) fn with<'a>(
    parameters: &[(&'a str, &'a str)],
    name: &'a str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let mut changed = without(parameters, name);
    changed.push((name, value));
    changed
}

impl<S: Store> Server<S> {
    /// Checks a signature against the published key set, with somebody else's code.
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
        validation.set_issuer(&[ISSUER]);
        jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
    }
}

impl<S> Server<S> {
    /// Seals a secret as the command line does.
    pub(crate) fn seal(&self, context: &str, plaintext: &[u8]) -> Vec<u8> {
        countersign_ports::Vault::seal(&KEYS.0, context, plaintext)
    }

    /// The server's present.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
