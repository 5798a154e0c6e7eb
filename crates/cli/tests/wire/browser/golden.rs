//! Browser state of a release (`tests/golden`), which every later version must accept.

use super::enrollment::code;
use super::{Browser, REQUEST, SESSION};
use crate::facts::{TENANT, registered};
use crate::harness::{Made, Server};
use crate::login::{PASSWORD, TOTP_SECRET, one_time_code};
use crate::requests::claims;
use base64ct::{Base64, Encoding as _};
use countersign_adapters_jwt::{Codecs, MasterKeys, generate_signing_key};
use countersign_application::totp_context;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::sign_up::SignUpMode;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::User;
use countersign_ports::{
    After, ClientRepository as _, DeviceRepository as _, PasskeyRepository as _, Race,
    SessionRepository as _, Vault as _,
};
use countersign_store_contract::{MemoryStore, fixtures};
use serde_json::{Value, json};
use std::path::Path;
use std::{env, fs};
use tokio::sync::OnceCell;

const JANE: &str = "jane@example.com";
const MIA: &str = "mia@example.com";
pub(crate) const BROWSER: &str = "__Host-countersign-browser";
const DEVICE: &str = "__Host-countersign-device";

/// Returns the vectors of a release. With `WRITE_GOLDEN` in the environment, first writes a missing file.
async fn vectors() -> &'static Value {
    static VECTORS: OnceCell<Value> = OnceCell::const_new();
    let read = async {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/browser-1.json");
        if !path.exists() && env::var_os("WRITE_GOLDEN").is_some() {
            let made = serde_json::to_string_pretty(&make().await).unwrap();
            fs::write(&path, made + "\n").unwrap();
        }
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    VECTORS.get_or_init(|| read).await
}

/// Returns the keys of the vectors.
pub(crate) fn keys(vectors: &Value) -> (Codecs, Vec<SigningKey>) {
    let master_keys = MasterKeys::parse(vectors["master_key"].as_str().unwrap()).unwrap();
    let key = SigningKey {
        id: vectors["signing_key"]["id"].as_str().unwrap().to_owned(),
        algorithm: SigningAlgorithm::Es256,
        sealed_private_key: Base64::decode_vec(vectors["signing_key"]["sealed"].as_str().unwrap())
            .unwrap(),
        ..fixtures::signing_key("es256")
    };
    (Codecs::new(&master_keys), vec![key])
}

/// Returns a server with these keys, and with two users: jane has a passkey, mia has an authenticator app.
pub(crate) async fn server(keys: (Codecs, Vec<SigningKey>)) -> Server {
    let mut made = Made::of(&keys);
    made.tenant.settings.signing_algorithm = SigningAlgorithm::Es256;
    made.tenant.settings.sign_up.mode = SignUpMode::Open;
    let server = Server::made(MemoryStore::default(), made);
    for client in registered() {
        server.register(&client).await;
    }
    let jane = User {
        password_hash: Some(PASSWORD.into()),
        ..fixtures::user(1, JANE)
    };
    let mia = fixtures::user(2, MIA);
    let mia = User {
        password_hash: Some(PASSWORD.into()),
        sealed_totp_secret: Some(keys.0.seal(TENANT, &totp_context(mia.id), TOTP_SECRET)),
        ..mia
    };
    for user in [&jane, &mia] {
        server.add_user(user).await;
    }
    for user in [&jane, &mia] {
        let passkey = Passkey {
            id: user.email.as_str().as_bytes().to_vec(),
            user: user.id,
            ..fixtures::passkey(b"")
        };
        let inserted = server.store.insert_passkey(TENANT, &passkey);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }
    server
}

/// Returns a hidden field of the current form.
pub(crate) fn field(browser: &Browser<'_>, name: &str) -> String {
    let (_, fields) = browser.form();
    let mut fields = fields.into_iter();
    fields.find(|(own, _)| own == name).unwrap().1
}

fn passkey_answer(browser: &Browser<'_>, email: &str) -> String {
    let options = super::attribute(&browser.html(), "data-options").unwrap();
    let options: Value = serde_json::from_str(&options).unwrap();
    let challenge = options["publicKey"]["challenge"].as_str().unwrap();
    format!("{email}:{challenge}")
}

/// Returns codecs with this master key, and a signing key.
pub(crate) fn new_keys(master_key: &str) -> (Codecs, SigningKey) {
    let codecs = Codecs::new(&MasterKeys::parse(master_key).unwrap());
    let es256 = SigningAlgorithm::Es256;
    let now = fixtures::NOW;
    let key = generate_signing_key(TENANT, es256, None, now, now, &codecs).unwrap();
    (codecs, key)
}

/// Creates the vectors of this version.
async fn make() -> Value {
    let master_key = MasterKeys::generate().unwrap();
    let (codecs, key) = new_keys(&master_key);
    let mut made = json!({
        "master_key": master_key,
        "signing_key": {"id": key.id, "sealed": Base64::encode_string(&key.sealed_private_key)},
    });
    let server = server((codecs, vec![key])).await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    made["browser"] = json!(browser.cookies[BROWSER]);
    made["csrf"] = json!(field(&browser, "csrf"));
    made["authorize"] = json!({"interaction": field(&browser, "interaction")});
    browser.log_in("unknown@example.com").await;
    made["told"] = json!({"interaction": field(&browser, "interaction"), "at": browser.at});
    let (_, fields) = browser.form();
    browser.post("/login/passkey", &fields).await;
    made["passkey"] = json!({
        "interaction": field(&browser, "interaction"),
        "credential": passkey_answer(&browser, JANE),
    });
    browser.authorize(&REQUEST).await;
    let mut fields = browser.form().1;
    fields.push(("email".to_owned(), JANE.to_owned()));
    browser.post("/login/email-code", &fields).await;
    let mail = server.outside.mail().pop().unwrap();
    made["email_code"] = json!({
        "interaction": field(&browser, "interaction"),
        "code": mail.letter.subject.chars().take(6).collect::<String>(),
    });
    browser.authorize(&REQUEST).await;
    browser.log_in(MIA).await;
    made["second_factor"] = json!({"interaction": field(&browser, "interaction")});
    let page = browser.at.clone();
    browser
        .open(&page.replace("second-factor", "passkey"))
        .await;
    made["passkey_as_second_factor"] = json!({
        "interaction": field(&browser, "interaction"),
        "credential": passkey_answer(&browser, MIA),
    });
    browser.open(&page).await;
    let right = one_time_code(&server, 0);
    browser
        .submit(&[("code", right.as_str()), ("remember", "yes")])
        .await;
    made["session_of_mia"] = json!(browser.cookies[SESSION]);
    let mia = fixtures::user_id(2);
    let devices = server.store.list_devices(TENANT, mia, After::start());
    let device = devices.await.unwrap().items[0].id;
    made["device"] = json!({"cookie": browser.cookies[DEVICE], "id": device.to_string()});
    browser
        .authorize(&[&REQUEST[..], &[("prompt", "login")]].concat())
        .await;
    browser.log_in(JANE).await;
    made["sessions_of_jane_and_mia"] = json!(browser.cookies[SESSION]);
    browser.open("/account/authenticator").await;
    made["enrollment"] = json!({
        "interaction": field(&browser, "interaction"),
        "code": code(&browser),
    });
    made
}

/// A browser with the cookies and sealed values of a release.
pub(crate) struct Kept<'a> {
    pub(crate) browser: Browser<'a>,
    vectors: &'a Value,
}

impl<'a> Kept<'a> {
    pub(crate) fn new(server: &'a Server, vectors: &'a Value, cookies: &[(&str, &Value)]) -> Self {
        let mut browser = Browser::new(server);
        let own = [(BROWSER, &vectors["browser"])];
        for (name, value) in own.iter().chain(cookies) {
            let value = value.as_str().unwrap().to_owned();
            browser.cookies.insert((*name).to_owned(), value);
        }
        Self { browser, vectors }
    }

    /// Submits the form of a page of the release.
    pub(crate) async fn submit(&mut self, path: &str, name: &str, typed: &[(&str, &str)]) {
        let mut fields = vec![
            ("csrf".to_owned(), self.vectors["csrf"].clone()),
            (
                "interaction".to_owned(),
                self.vectors[name]["interaction"].clone(),
            ),
        ];
        let typed = typed.iter();
        fields.extend(typed.map(|(name, value)| ((*name).to_owned(), json!(value))));
        let fields: Vec<_> = fields
            .into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap().to_owned()))
            .collect();
        self.browser.post(path, &fields).await;
    }
}

/// Stores the session of each token.
async fn store_sessions(server: &Server, tokens: &Value) {
    for token in tokens.as_str().unwrap().split('~') {
        let claims = claims(token);
        let session = Session {
            id: claims["sid"].as_str().unwrap().parse().unwrap(),
            user: claims["sub"].as_str().unwrap().parse().unwrap(),
            secret: None,
            ..fixtures::session(1)
        };
        let inserted = server.store.insert_session(TENANT, &session);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }
}

#[tokio::test]
async fn golden_session_cookies_open() {
    let vectors = vectors().await;
    for (name, present) in [
        ("session_of_mia", &[MIA][..]),
        ("sessions_of_jane_and_mia", &[JANE, MIA]),
    ] {
        let server = server(keys(vectors)).await;
        let cookie = &vectors[name];
        store_sessions(&server, cookie).await;
        let mut kept = Kept::new(&server, vectors, &[(SESSION, cookie)]);
        let demand = [&REQUEST[..], &[("prompt", "select_account")]].concat();
        kept.browser.authorize(&demand).await;
        assert_eq!(kept.browser.path(), "/accounts");
        let html = kept.browser.html();
        assert!(present.iter().all(|email| html.contains(email)), "{html}");
    }
}

#[tokio::test]
async fn golden_device_cookie_opens() {
    let vectors = vectors().await;
    let server = server(keys(vectors)).await;
    let device = Device {
        id: vectors["device"]["id"].as_str().unwrap().parse().unwrap(),
        user: fixtures::user_id(2),
        ..fixtures::device(1)
    };
    let inserted = server.store.insert_device(TENANT, &device);
    assert_eq!(inserted.await.unwrap(), Race::Won);
    let cookie = (DEVICE, &vectors["device"]["cookie"]);
    let mut kept = Kept::new(&server, vectors, &[cookie]);
    kept.browser.authorize(&REQUEST).await;
    kept.browser.log_in(MIA).await;
    assert_eq!(kept.browser.path(), "/consent", "no second factor");
}

#[tokio::test]
async fn golden_interactions_open() {
    let vectors = vectors().await;
    let text = |name: &str, member: &str| vectors[name][member].as_str().unwrap().to_owned();
    let password = vec![
        ("email", JANE.to_owned()),
        ("password", PASSWORD.to_owned()),
    ];
    for (path, name, typed) in [
        ("/login", "authorize", password.clone()),
        ("/login", "told", password),
        (
            "/login/email-code",
            "email_code",
            vec![("code", text("email_code", "code"))],
        ),
        (
            "/login/passkey",
            "passkey",
            vec![("credential", text("passkey", "credential"))],
        ),
        (
            "/login/passkey",
            "passkey_as_second_factor",
            vec![("credential", text("passkey_as_second_factor", "credential"))],
        ),
        ("/login/second-factor", "second_factor", Vec::new()),
    ] {
        let server = server(keys(vectors)).await;
        let mut kept = Kept::new(&server, vectors, &[]);
        let mut typed = typed;
        if typed.is_empty() {
            typed.push(("code", one_time_code(&server, 0)));
        }
        let typed: Vec<_> = typed.iter().map(|(n, v)| (*n, v.as_str())).collect();
        kept.submit(path, name, &typed).await;
        assert_eq!(kept.browser.path(), "/consent", "{name}");
    }
}

#[tokio::test]
async fn golden_problem_is_shown() {
    let vectors = vectors().await;
    let server = server(keys(vectors)).await;
    let mut kept = Kept::new(&server, vectors, &[]);
    let at = vectors["told"]["at"].as_str().unwrap();
    kept.browser.open(at).await;
    assert_eq!(kept.browser.path(), "/login");
    let html = kept.browser.html();
    assert!(html.contains("class=\"problem\""), "{html}");
}

#[tokio::test]
async fn golden_enrollment_opens() {
    let vectors = vectors().await;
    let server = server(keys(vectors)).await;
    let cookie = &vectors["sessions_of_jane_and_mia"];
    store_sessions(&server, cookie).await;
    let mut kept = Kept::new(&server, vectors, &[(SESSION, cookie)]);
    let code = vectors["enrollment"]["code"].as_str().unwrap();
    kept.submit("/account/authenticator", "enrollment", &[("code", code)])
        .await;
    let jane = super::account::user(&kept.browser, JANE).await;
    assert!(jane.sealed_totp_secret.is_some());
}

#[tokio::test]
async fn golden_interaction_of_another_tenant_is_unknown() {
    let vectors = vectors().await;
    let keys = keys(vectors);
    let mut made = Made::of(&keys);
    made.tenant.id = fixtures::second_tenant().id;
    let server = Server::made(MemoryStore::default(), made);
    for client in registered() {
        let (second, event) = (fixtures::second_tenant().id, fixtures::event());
        let inserted = server.store.insert_client(second, &client, &event);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }
    let mut kept = Kept::new(&server, vectors, &[]);
    kept.browser.authorize(&REQUEST).await;
    let query = kept.browser.at.split_once('?').unwrap().1.to_owned();
    kept.browser.open(&format!("/login?{query}")).await;
    assert_eq!(kept.browser.status().as_u16(), 200, "same tenant");
    let sealed = vectors["authorize"]["interaction"].as_str().unwrap();
    let others = format!("/login?interaction={sealed}");
    kept.browser.open(&others).await;
    assert_eq!(kept.browser.status().as_u16(), 400, "the other tenant's");
}
