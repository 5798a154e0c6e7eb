//! Discovery documents, keys, health checks and unknown paths.

use crate::facts::{ISSUER, KEYS};
use crate::harness::Server;
use axum::http::header;
use countersign_adapters_jwt::KeyRing;
use countersign_domain::client::ClientId;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::claims::{AccessTokenClaims, IdTokenClaims, LogoutTokenClaims};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::{
    Document, PublishedKeys, SessionTokenClaims, Signer, SigningError, StoreError,
};
use countersign_store_contract::{MemoryStore, MockStore};
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn aero2_18_documents_list_only_enabled_features() {
    let server = Server::start().await;
    let oauth = json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/oauth2/authorize"),
        "token_endpoint": format!("{ISSUER}/oauth2/token"),
        "jwks_uri": format!("{ISSUER}/oauth2/jwks.json"),
        "introspection_endpoint": format!("{ISSUER}/oauth2/introspect"),
        "revocation_endpoint": format!("{ISSUER}/oauth2/revoke"),
        "registration_endpoint": format!("{ISSUER}/oauth2/register"),
        "device_authorization_endpoint": "https://auth.example/oauth2/device_authorization",
        "scopes_supported": ["openid", "profile", "email", "address", "phone", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "ui_locales_supported": ["en", "de"],
        "authorization_response_iss_parameter_supported": true,
        "grant_types_supported": [
            "authorization_code", "refresh_token", "client_credentials",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:ietf:params:oauth:grant-type:device_code"
        ],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "private_key_jwt", "none"
        ],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
        "introspection_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "private_key_jwt"
        ],
        "introspection_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
        "introspection_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "revocation_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "private_key_jwt", "none"
        ],
        "revocation_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
        "code_challenge_methods_supported": ["S256"],
    });
    assert_eq!(
        server
            .get("/.well-known/oauth-authorization-server")
            .await
            .ok()
            .json(),
        oauth
    );
    let mut openid = oauth;
    let own = json!({
        "userinfo_endpoint": format!("{ISSUER}/oauth2/userinfo"),
        "end_session_endpoint": format!("{ISSUER}/oauth2/logout"),
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "userinfo_signing_alg_values_supported": ["RS256", "ES256", "EdDSA", "HS256"],
        "acr_values_supported": ["urn:countersign:1fa", "urn:countersign:2fa", "phr"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_supported": [
            "iss", "sub", "aud", "azp", "iat", "exp", "auth_time", "nonce", "acr", "amr", "sid", "at_hash",
            "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
            "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at", "email",
            "email_verified", "address", "phone_number", "phone_number_verified"
        ],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
    });
    openid
        .as_object_mut()
        .unwrap()
        .extend(own.as_object().unwrap().clone());
    assert_eq!(
        server
            .get("/.well-known/openid-configuration")
            .await
            .ok()
            .json(),
        openid
    );
}

#[tokio::test]
async fn aero2_18_keys_are_served_as_set_and_individually() {
    let server = Server::start().await;
    let set = server.get("/oauth2/jwks.json").await.ok();
    assert_eq!(
        set.header(header::CACHE_CONTROL),
        Some("public, max-age=300")
    );
    let keys = set.json()["keys"].as_array().unwrap().clone();
    assert_eq!(keys.len(), 3);
    for key in keys {
        assert_eq!(key["use"], "sig");
        assert_eq!(
            (&key["d"], &key["k"], &key["p"]),
            (&json!(null), &json!(null), &json!(null))
        );
        let bare = server
            .get(&format!("/oauth2/jwks/{}", key["kid"].as_str().unwrap()))
            .await
            .ok();
        assert_eq!(bare.json(), key);
    }
    for unknown in ["unknown", "%ff", "%00"] {
        let answer = server.get(&format!("/oauth2/jwks/{unknown}")).await;
        assert_eq!(answer.refusal(), (404, "not_found".into()), "{unknown}");
    }
}

#[tokio::test]
async fn aries_28_health_returns_status() {
    let server = Server::start().await;
    for path in ["/health", "/health/live", "/health/ready"] {
        assert_eq!(server.get(path).await.ok().json()["status"], "ok", "{path}");
    }
}

#[tokio::test]
async fn server_without_store_is_live_but_not_ready() {
    let mut store = MockStore::new();
    store
        .expect_latest_change()
        .returning(|| Box::pin(async { Err(StoreError::new("disk on fire")) }));
    store
        .expect_find_client()
        .returning(|_, _| Box::pin(async { Err(StoreError::new("disk on fire")) }));
    let server = Server::on(store);
    server.get("/health/live").await.ok();
    for path in ["/health", "/health/ready"] {
        let answer = server.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text("status").as_str()),
            (503, "unavailable")
        );
    }
    let answer = server
        .form("/oauth2/token", &crate::requests::machine())
        .await;
    assert_eq!(answer.refusal(), (503, "temporarily_unavailable".into()));
    assert_eq!(answer.header(header::RETRY_AFTER), Some("1"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("fire"));
}

/// Signer without usable keys.
struct NoKeys;

impl Signer for NoKeys {
    async fn sign_access_token(
        &self,
        _: TenantId,
        _: &AccessTokenClaims<'_>,
        _: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Err(SigningError::new("no key"))
    }

    async fn sign_id_token(
        &self,
        _: TenantId,
        _: &IdTokenClaims<'_>,
        _: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Err(SigningError::new("no key"))
    }

    async fn sign_session_token(
        &self,
        _: TenantId,
        _: &SessionTokenClaims<'_>,
        _: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Err(SigningError::new("no key"))
    }

    async fn sign_logout_token(
        &self,
        _: TenantId,
        _: &LogoutTokenClaims<'_>,
        _: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Err(SigningError::new("no key"))
    }

    async fn sign_document(
        &self,
        _: TenantId,
        _: &Document<'_>,
        _: &ClientId,
        _: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Err(SigningError::new("no key"))
    }
}

impl PublishedKeys for NoKeys {
    fn key_set(&self, _: TenantId) -> Arc<str> {
        r#"{"keys":[]}"#.into()
    }

    fn key(&self, _: TenantId, _: &str) -> Option<Arc<str>> {
        None
    }

    fn algorithms(&self, _: TenantId) -> Vec<SigningAlgorithm> {
        Vec::new()
    }
}

#[tokio::test]
async fn server_without_signing_key_is_not_ready() {
    let server = Server::with_signer(
        MemoryStore::default(),
        Arc::new(NoKeys),
        Arc::new(NoKeys),
        Arc::new(KeyRing::new(&KEYS.0)),
    );
    let answer = server.get("/health/ready").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["keys"]),
        (503, &json!("unavailable"))
    );
}

#[tokio::test]
async fn unknown_path_returns_404_json() {
    let server = Server::start().await;
    for path in ["/nowhere", "/oauth2", "/oauth2/token/", "/v2/oauth2/token"] {
        assert_eq!(
            server.get(path).await.refusal(),
            (404, "not_found".into()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn malformed_path_gets_answer_of_its_endpoint() {
    let server = Server::start().await;
    for path in ["/assets/%ff", "/api/sessions/%ff", "/oauth2/jwks/%ff"] {
        let answer = server.get(path).await;
        assert_ne!(
            answer.header(header::CONTENT_TYPE),
            Some("text/plain; charset=utf-8"),
            "{path}"
        );
        assert!(answer.status.is_client_error(), "{path}");
    }
    let page = server.get("/login/%ff").await;
    assert_eq!(
        page.header(header::CONTENT_TYPE),
        Some("text/html; charset=utf-8")
    );
}
