//! Tenants with the same users, clients, secrets and definitions.

use super::answer::made_up;
use crate::browser::Browser;
use crate::facts::{CALLBACK, CHALLENGE, KEYS, SECRET, TENANT, VERIFIER, seal_in};
use crate::federation::provider::{self, DISCOVERY, corp};
use crate::harness::{Made, Server};
use crate::login::{PASSWORD, TOTP_SECRET};
use crate::tenants::Place;
use crate::token::private_key_jwt::OWN as KEY;
use countersign_application::totp_context;
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::RoleName;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientSecret, ExchangeRule, GrantType, KeySource,
};
use countersign_domain::identifier::WebhookId;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::sign_up::SignUpMode;
use countersign_domain::user::User;
use countersign_domain::webhook::url::WebhookUrl;
use countersign_domain::webhook::{Webhook, WebhookName};
use countersign_ports::{
    ClientRepository as _, Definition, DefinitionRepository as _, KeyChange, Race,
    SigningKeyRepository as _, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, fixtures};
use serde_json::json;
use std::collections::BTreeMap;

/// Identifier of the browser, which visits all tenants.
const BROWSER: &str = "AAECAwQFBgcICQoLDA0ODw";

/// Values that are the same in every tenant.
pub(super) const WITHOUT_TENANT: &[(&str, &str)] = &[
    ("BROWSER", BROWSER),
    ("CALLBACK", CALLBACK),
    ("CHALLENGE", CHALLENGE),
    ("PASSWORD", PASSWORD),
    ("SECRET", SECRET),
    ("VERIFIER", VERIFIER),
];

/// A tenant, and one artefact of each kind that it issued.
pub(super) struct Home {
    pub(super) place: Place,
    /// Time of the artefacts, in Unix seconds.
    pub(super) now: u64,
    pub(super) values: BTreeMap<&'static str, String>,
}

impl Home {
    pub(super) fn value(&self, kind: &str) -> &str {
        let same = WITHOUT_TENANT.iter().find(|(name, _)| *name == kind);
        let own = self.values.get(kind).map(String::as_str);
        let value = same.map(|(_, value)| *value).or(own);
        value.unwrap_or_else(|| panic!("no {kind}"))
    }

    /// Returns an artefact of the same shape that no tenant issued.
    pub(super) fn fake(&self, kind: &str) -> String {
        if kind == "assertion" {
            // Only its audience belongs to the tenant.
            signed_for("https://elsewhere.example", self.now)
        } else {
            made_up(self.value(kind))
        }
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.values.keys().copied()
    }

    /// Returns a cookie of the tenant.
    pub(super) fn cookie(&self, name: &str, value: &str) -> String {
        format!("{}={value}", self.place.cookie(name))
    }

    /// Returns everything in the store that belongs to the tenant.
    pub(super) fn contents(&self, server: &Server) -> String {
        server.store.contents_of(self.place.id)
    }
}

impl Place {
    /// Returns the name of a cookie.
    pub(super) fn cookie(self, name: &str) -> String {
        let suffix = self.root.strip_prefix("/t/").map(|name| format!("-{name}"));
        format!("__Host-countersign-{name}{}", suffix.unwrap_or_default())
    }

    pub(super) fn issuer(self) -> String {
        format!("https://{}{}", self.host, self.root)
    }

    /// Returns the browser at this tenant, with no other cookies.
    pub(super) fn browser(self, server: &Server) -> Browser<'_> {
        let mut browser = Browser::new(server);
        browser.host = Some(self.host);
        let cookie = self.cookie("browser");
        browser.cookies.insert(cookie, BROWSER.to_owned());
        browser
    }

    /// Returns a name that only this tenant has.
    pub(super) fn only(self) -> String {
        format!("only-{}", self.id.number())
    }
}

/// Returns an assertion of the client `signer` for an issuer.
pub(super) fn signed_for(issuer: &str, now: u64) -> String {
    KEY.sign(&json!({
        "iss": "signer", "sub": "signer", "aud": issuer, "iat": now, "exp": now + 60,
        "jti": "the same in every tenant",
    }))
}

/// Returns a server on a store, which lets everyone sign up and sends notices.
pub(super) async fn on(store: MemoryStore) -> Server {
    let mut made = Made::of(&KEYS);
    made.tenant.settings.sign_up.mode = SignUpMode::Open;
    made.tenant.settings.recovery.sends_notices = true;
    let server = Server::made(store, made);
    let document = provider::document().to_string();
    server.outside.publish(DISCOVERY, &document);
    server.outside.publish(provider::KEYS, KEY.jwks().as_str());
    server.follow().await;
    server
}

/// Stores the users, clients and definitions of a tenant.
pub(super) async fn settle(server: &Server, place: Place) {
    settle_clients(server, place).await;
    settle_users(server, place).await;
    if place.id == TENANT {
        let (seen, _) = server.store.list_signing_keys(TENANT).await.unwrap();
        let (add, retire) = (KEYS.1.clone(), Vec::new());
        let change = KeyChange { seen, add, retire };
        let changed = server.store.change_signing_keys(TENANT, &change, None);
        assert_eq!(changed.await.unwrap(), Race::Won);
    }
    let mut all = Administrators::new();
    let owner = RoleName::parse("owner").unwrap();
    let jane = Holder::User(fixtures::user_id(1));
    all.grant(&jane, owner, false).unwrap();
    let group = GroupName::parse(&place.only()).unwrap();
    let webhook = Webhook::new(
        WebhookId::from_bytes([1; 16]),
        WebhookName::parse(&place.only()).unwrap(),
        WebhookUrl::parse("https://crm.example/hook").unwrap(),
        fixtures::NOW,
    );
    for definition in [
        Definition::Administrators(all),
        Definition::Group(Group::new(group, fixtures::NOW)),
        Definition::Webhook(webhook),
        Definition::UpstreamProvider(corp()),
    ] {
        let event = fixtures::event_in(place.id);
        let inserted = server
            .store
            .insert_definition(place.id, &definition, &event);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }
}

async fn settle_clients(server: &Server, place: Place) {
    let event = || fixtures::event_in(place.id);
    let id = fixtures::client_id("web");
    let stored = server.store.find_client(place.id, &id).await.unwrap();
    let mut web = stored.unwrap();
    let logout = RedirectUri::parse("https://app.example/backchannel").unwrap();
    web.openid.backchannel_logout_uri = Some(logout);
    web.grant_types.push(GrantType::TOKEN_EXCHANGE);
    web.token_exchange = vec![ExchangeRule {
        subject_client: id.clone(),
        audience: id.as_str().to_owned(),
        impersonation: false,
    }];
    let updated = server.store.update_client(place.id, &web, &event()).await;
    assert_eq!(updated.unwrap(), Race::Won);
    let admin = Resource::parse(&format!("{}/admin/v1", place.issuer())).unwrap();
    let console = Client {
        scope: Scope::parse("openid admin").unwrap(),
        resources: vec![admin],
        ..fixtures::client("console")
    };
    let secret = Secret::new(place.secret());
    let keyed = Client {
        secrets: vec![ClientSecret {
            digest: secret.digest(),
            ..fixtures::client_secret("first")
        }],
        ..fixtures::client("keyed")
    };
    let signer = Client {
        authentication_method: Some(AuthenticationMethod::PrivateKeyJwt),
        keys: Some(KeySource::Registered(KEY.jwks())),
        secrets: Vec::new(),
        ..fixtures::client("signer")
    };
    for client in [console, keyed, signer, fixtures::client(&place.only())] {
        let inserted = server
            .store
            .insert_client(place.id, &client, &event())
            .await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
}

impl Place {
    /// Returns the secret of the client `keyed`.
    pub(super) fn secret(self) -> String {
        format!("secret-of-the-client-keyed-{:04}", self.id.number())
    }
}

async fn settle_users(server: &Server, place: Place) {
    let mia = fixtures::user(2, "mia@example.com");
    let context = totp_context(mia.id);
    let mia = User {
        sealed_totp_secret: Some(seal_in(place.id, &context, TOTP_SECRET)),
        ..mia
    };
    let own = u8::try_from(place.id.number()).unwrap() + 100;
    for user in [
        mia,
        fixtures::user(3, "joe@example.com"),
        fixtures::user(own, "own@example.com"),
    ] {
        let inserted = server.store.insert_user(place.id, &user, None);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }
    for user in [1, 2, 3] {
        let (user, event) = (fixtures::user_id(user), fixtures::event_in(place.id));
        let set = server
            .store
            .set_password_hash(place.id, user, PASSWORD, &event);
        assert_eq!(set.await.unwrap(), Race::Won);
    }
}
