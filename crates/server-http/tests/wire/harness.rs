//! A server on a store in memory, with real keys and codecs, a clock that the test sets, and passwords
//! that cost nothing.

use crate::facts::{
    CALLBACK, CHALLENGE, CountedPasswords, FORM, ISSUER, KEYS, TestClock, registered,
};
use crate::outside::Outside;
use crate::requests::{Answer, claims, exchange, form, json, refreshing};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use countersign_adapters_jwt::KeyRing;
use countersign_adapters_system::{SystemEntropy, TotpCodes};
use countersign_application::{
    AccessTokens, AccountSettings, Accounts, Authorizations, Clients, Introspections, Logins,
    Revocations, SecretUses, SessionSettings, Sessions, SignIn, TokenIssuer, TokenSettings,
    UserInfos,
};
use countersign_domain::authentication::{Authentication, Method, Methods};
use countersign_domain::authorization_code::AuthorizationCode;
use countersign_domain::authorization_request::RequestedGrant;
use countersign_domain::claims::TokenId;
use countersign_domain::claims_request::RequestedClaims;
use countersign_domain::client::Client;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::mfa_policy::MfaPolicy;
use countersign_domain::pkce::{ChallengeMethod, CodeChallenge};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::scope::Scope;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    AuthorizationCodeCodec, ClientRepository as _, Clock as _, Entropy as _, GrantRepository as _,
    PublishedKeys, Signer, SigningKeyRepository as _, Store, TokenVerifier,
};
use countersign_server_http::pages::{PageSettings, Pages};
use countersign_server_http::{Services, router};
use countersign_store_contract::{MemoryStore, fixtures};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tower::ServiceExt as _;

pub(crate) struct Server<S = MemoryStore> {
    pub(crate) router: Router,
    pub(crate) store: Arc<S>,
    pub(crate) passwords: Arc<CountedPasswords>,
    pub(crate) clients: Arc<Clients<S>>,
    pub(crate) outside: Arc<Outside>,
    clock: Arc<TestClock>,
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
        let id: TokenId = claims(access_token)["jti"]
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
        Self::with_signer(store, ring.clone(), ring.clone(), ring)
    }

    pub(crate) fn with_signer<G: Signer>(
        store: S,
        signer: Arc<G>,
        keys: Arc<dyn PublishedKeys>,
        verifier: Arc<dyn TokenVerifier>,
    ) -> Self {
        let accounts = AccountSettings {
            name: "Test".to_owned(),
            mfa: MfaPolicy::default(),
            registration_client: None,
        };
        Self::with(store, signer, keys, verifier, accounts)
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one use case after the other, nothing else"
    )]
    fn with<G: Signer>(
        store: S,
        signer: Arc<G>,
        keys: Arc<dyn PublishedKeys>,
        verifier: Arc<dyn TokenVerifier>,
        account_settings: AccountSettings,
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
            signer: signer.clone(),
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
            vault: codecs.clone(),
            one_time_codes: Arc::new(TotpCodes),
            clock: clock.clone(),
            entropy: entropy.clone(),
            mfa: account_settings.mfa,
            lifetimes: Lifetimes::DEFAULT,
        };
        let live_tokens = Arc::new(AccessTokens {
            store: store.clone(),
            clients: clients.clone(),
            verifier: verifier.clone(),
            issuer: ISSUER.to_owned(),
        });
        let user_infos = UserInfos {
            tokens: live_tokens.clone(),
            signer: signer.clone(),
            clock: clock.clone(),
        };
        let introspections = Introspections {
            tokens: live_tokens.clone(),
            clients: clients.clone(),
            secret_uses: Arc::new(SecretUses::default()),
            refresh_tokens: codecs.clone(),
            signer: signer.clone(),
            clock: clock.clone(),
            settings: tokens.settings.clone(),
        };
        let revocations = Revocations {
            tokens: live_tokens,
            clients: clients.clone(),
            secret_uses: Arc::new(SecretUses::default()),
            refresh_tokens: codecs.clone(),
            clock: clock.clone(),
        };
        let outside = Arc::new(Outside::default());
        let sessions = Sessions {
            store: store.clone(),
            clients: clients.clone(),
            signer,
            verifier: verifier.clone(),
            logout: outside.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: SessionSettings {
                issuer: ISSUER.to_owned(),
                lifetime: Lifetimes::DEFAULT.session,
                sliding: true,
                signing_algorithm: SigningAlgorithm::Rs256,
            },
        };
        let sign_in = SignIn {
            store: store.clone(),
            passwords: passwords.clone(),
            vault: codecs.clone(),
            one_time_codes: Arc::new(TotpCodes),
            passkeys: outside.clone(),
            mailer: outside.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            mfa: account_settings.mfa,
            lifetimes: Lifetimes::DEFAULT,
        };
        let authorizations = Authorizations {
            store: store.clone(),
            clients: clients.clone(),
            verifier,
            codes: codecs.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            issuer: ISSUER.to_owned(),
            lifetimes: Lifetimes::DEFAULT,
        };
        let accounts = Accounts {
            store: store.clone(),
            clients: clients.clone(),
            passwords: passwords.clone(),
            vault: codecs.clone(),
            one_time_codes: Arc::new(TotpCodes),
            passkeys: outside.clone(),
            clock: clock.clone(),
            entropy,
            settings: account_settings,
        };
        let services = Services {
            tokens,
            user_infos,
            introspections,
            revocations,
            logins,
            sessions,
            sign_in,
            authorizations,
            accounts,
            envelopes: codecs,
            keys,
            key_set_max_age: Duration::from_secs(300),
            pages: Pages::new(PageSettings::default()).unwrap(),
        };
        Self {
            router: router(services).unwrap(),
            store,
            passwords,
            clients,
            outside,
            clock,
        }
    }

    /// The same people, clients and time on a server with other settings of accounts.
    pub(crate) fn with_accounts(self, mfa: MfaPolicy, registration: Option<&str>) -> Self {
        let (codecs, keys) = &*KEYS;
        let ring = Arc::new(KeyRing::new());
        ring.load(keys, codecs, fixtures::NOW).unwrap();
        let accounts = AccountSettings {
            name: "Test".to_owned(),
            mfa,
            registration_client: registration.map(fixtures::client_id),
        };
        drop((self.router, self.clients));
        let store = Arc::into_inner(self.store).unwrap();
        Self::with(store, ring.clone(), ring.clone(), ring, accounts)
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
                claims: RequestedClaims::default(),
                resources: Vec::new(),
            },
            authentication: Authentication {
                time: now,
                methods: Methods::NONE.with(Method::Password),
                session: None,
            },
            password: None,
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
        validation.required_spec_claims.clear();
        validation.set_issuer(&[ISSUER]);
        jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
    }
}

impl<S> Server<S> {
    /// The server's present.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
