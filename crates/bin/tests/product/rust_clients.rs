//! Third-party client crates: `oauth2` and `openidconnect`.

use crate::support::{
    CALLBACK, EMAIL, Http, ISSUER, Installation, Registered, Server, TOKEN, Visitor, parameter,
};
use oauth2::basic::{BasicClient, BasicErrorResponseType};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, HttpRequest, HttpResponse,
    PkceCodeChallenge, RedirectUrl, RequestTokenError, Scope, TokenResponse as _, TokenUrl,
};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
    CoreUserInfoClaims,
};
use openidconnect::{
    CsrfToken, IssuerUrl, JsonWebKeySetUrl, LogoutRequest, Nonce, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout,
};
use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;

type Sent = Pin<Box<dyn Future<Output = reqwest::Result<HttpResponse>> + Send>>;

/// Returns an HTTP client for the crates, which maps the issuer to the server's address, as a proxy would.
fn sender(http: &Http) -> impl Fn(HttpRequest) -> Sent {
    let http = http.clone();
    move |mut request| {
        let path = request.uri().path_and_query().unwrap().as_str();
        assert!(request.uri().to_string().starts_with(ISSUER));
        *request.uri_mut() = http.url(path).parse().unwrap();
        let client = http.client.clone();
        Box::pin(async move {
            let answer = client.execute(request.try_into()?).await?;
            let mut response = HttpResponse::new(Vec::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            *response.body_mut() = answer.bytes().await?.to_vec();
            Ok(response)
        })
    }
}

fn token_url() -> TokenUrl {
    TokenUrl::new(format!("{ISSUER}{TOKEN}")).unwrap()
}

fn callback() -> RedirectUrl {
    RedirectUrl::new(CALLBACK.to_owned()).unwrap()
}

/// Starts a server on an installation with a user.
fn started() -> (Installation, Server) {
    let installation = Installation::new();
    installation.user();
    let server = installation.start();
    (installation, server)
}

#[tokio::test]
async fn oauth2_crate_gets_client_credentials_token() {
    let installation = Installation::new();
    let machine = installation.machine();
    let server = installation.start();
    let client = BasicClient::new(ClientId::new(machine.id))
        .set_client_secret(ClientSecret::new(machine.secret.unwrap()))
        .set_token_uri(token_url());
    let sender = sender(&server.http);
    let all = client.exchange_client_credentials().request_async(&sender);
    let all = all.await.unwrap();
    assert_eq!(all.expires_in().unwrap().as_secs(), 3600);
    assert!(all.refresh_token().is_none());
    let scopes = |scopes: Option<&Vec<Scope>>| {
        let scopes = scopes.unwrap().iter();
        scopes.map(|scope| scope.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(scopes(all.scopes()), ["read", "write"]);
    let narrowed = client
        .exchange_client_credentials()
        .add_scope(Scope::new("read".to_owned()))
        .request_async(&sender)
        .await
        .unwrap();
    assert_eq!(scopes(narrowed.scopes()), ["read"]);
}

/// Runs the code exchange with PKCE, two refreshes, and a replayed refresh token.
async fn oauth2_completes_the_code_exchange(
    server: &Server,
    registered: &Registered,
    authentication: AuthType,
) {
    let mut client = BasicClient::new(ClientId::new(registered.id.clone()))
        .set_token_uri(token_url())
        .set_redirect_uri(callback())
        .set_auth_type(authentication);
    if let Some(secret) = &registered.secret {
        client = client.set_client_secret(ClientSecret::new(secret.clone()));
    }
    let sender = sender(&server.http);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let begun = server
        .http
        .authorize_with(registered, challenge.as_str(), "nonce");
    let confirmed = server.http.confirm(&begun.await.ok()).await.ok();
    let code = AuthorizationCode::new(confirmed.text("code"));

    let tokens = client
        .exchange_code(code)
        .set_pkce_verifier(verifier)
        .request_async(&sender)
        .await
        .unwrap();
    let refreshed = client
        .exchange_refresh_token(tokens.refresh_token().unwrap())
        .request_async(&sender)
        .await
        .unwrap();
    let successor = refreshed.refresh_token().unwrap();
    assert_ne!(successor.secret(), tokens.refresh_token().unwrap().secret());
    client
        .exchange_refresh_token(successor)
        .request_async(&sender)
        .await
        .unwrap();

    // Two generations old, so not a retry.
    let replay = client
        .exchange_refresh_token(tokens.refresh_token().unwrap())
        .request_async(&sender)
        .await
        .unwrap_err();
    let RequestTokenError::ServerResponse(error) = replay else {
        panic!("{replay:?}");
    };
    assert_eq!(*error.error(), BasicErrorResponseType::InvalidGrant);
}

#[tokio::test]
async fn oauth2_crate_exchanges_code_with_client_secret_basic() {
    let (installation, server) = started();
    let client = installation.web_client(&[]);
    oauth2_completes_the_code_exchange(&server, &client, AuthType::BasicAuth).await;
}

#[tokio::test]
async fn oauth2_crate_exchanges_code_with_client_secret_post() {
    let (installation, server) = started();
    let client = installation.web_client(&[]);
    oauth2_completes_the_code_exchange(&server, &client, AuthType::RequestBody).await;
}

#[tokio::test]
async fn oauth2_crate_exchanges_code_as_public_client() {
    let (installation, server) = started();
    let client = installation.web_client(&["--public"]);
    assert!(client.secret.is_none());
    oauth2_completes_the_code_exchange(&server, &client, AuthType::RequestBody).await;
}

/// Signs in, gets an ID token and verifies signature, issuer, audience, expiry and nonce.
async fn openidconnect_checks_the_id_token(algorithm: CoreJwsSigningAlgorithm, name: &str) {
    let installation = Installation::new();
    let user = installation.user();
    let server = installation.start();
    let registered = installation.web_client(&["--signing-alg", name]);
    let sender = sender(&server.http);

    let metadata = server.http.get("/.well-known/openid-configuration").await;
    let issuer = IssuerUrl::new(metadata.text("issuer")).unwrap();
    let key_set = JsonWebKeySetUrl::new(metadata.text("jwks_uri")).unwrap();
    let key_set = CoreJsonWebKeySet::fetch_async(&key_set, &sender)
        .await
        .unwrap();
    let id = ClientId::new(registered.id.clone());
    let secret = ClientSecret::new(registered.secret.clone().unwrap());
    let client = CoreClient::new(id.clone(), issuer.clone(), key_set.clone())
        .set_client_secret(secret)
        .set_token_uri(TokenUrl::new(metadata.text("token_endpoint")).unwrap())
        .set_redirect_uri(callback());

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let nonce = Nonce::new_random();
    let begun = server
        .http
        .authorize_with(&registered, challenge.as_str(), nonce.secret());
    let confirmed = server.http.confirm(&begun.await.ok()).await.ok();
    let tokens = client
        .exchange_code(AuthorizationCode::new(confirmed.text("code")))
        .set_pkce_verifier(verifier)
        .request_async(&sender)
        .await
        .unwrap();

    let id_token = tokens.extra_fields().id_token().unwrap();
    assert_eq!(*id_token.signing_alg().unwrap(), algorithm);
    let checker = client.id_token_verifier().set_allowed_algs([algorithm]);
    let claims = id_token.claims(&checker, &nonce).unwrap();
    assert_eq!(claims.subject().as_str(), user);
    assert!(claims.auth_time().is_some());

    // Verification fails with a wrong nonce, issuer, audience or key set.
    assert!(id_token.claims(&checker, &Nonce::new_random()).is_err());
    let elsewhere = IssuerUrl::new("https://other.example".to_owned()).unwrap();
    let another = ClientId::new("another".to_owned());
    let no_keys = CoreJsonWebKeySet::new(Vec::new());
    for other in [
        CoreClient::new(id.clone(), elsewhere, key_set.clone()),
        CoreClient::new(another, issuer.clone(), key_set),
        CoreClient::new(id, issuer, no_keys),
    ] {
        let checker = other.id_token_verifier().allow_any_alg();
        assert!(id_token.claims(&checker, &nonce).is_err());
    }

    let refreshed = client
        .exchange_refresh_token(tokens.refresh_token().unwrap())
        .request_async(&sender)
        .await
        .unwrap();
    let scopes: HashSet<_> = refreshed
        .scopes()
        .unwrap()
        .iter()
        .map(|scope| scope.as_str())
        .collect();
    assert_eq!(scopes, HashSet::from(["openid", "read"]));
}

#[tokio::test]
async fn openidconnect_crate_verifies_rs256_id_token() {
    openidconnect_checks_the_id_token(CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, "RS256").await;
}

#[tokio::test]
async fn openidconnect_crate_verifies_es256_id_token() {
    openidconnect_checks_the_id_token(CoreJwsSigningAlgorithm::EcdsaP256Sha256, "ES256").await;
}

#[tokio::test]
async fn openidconnect_crate_uses_discovery_from_login_to_logout() {
    const AFTERWARDS: &str = "https://app.example/bye";
    let installation = Installation::new();
    let user = installation.user();
    let registered = installation.registered(&[
        "clients",
        "create",
        "--name=Web",
        "--grant-type=authorization_code,refresh_token",
        "--scope=openid email offline_access",
        "--redirect-uri",
        CALLBACK,
        "--post-logout-redirect-uri",
        AFTERWARDS,
    ]);
    let server = installation.start();
    let sender = sender(&server.http);
    let issuer = IssuerUrl::new(ISSUER.to_owned()).unwrap();
    let metadata = ProviderMetadataWithLogout::discover_async(issuer, &sender)
        .await
        .unwrap();
    let logout = metadata.additional_metadata().end_session_endpoint.clone();
    let secret = registered.secret.map(ClientSecret::new);
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new(registered.id), secret)
        .set_redirect_uri(callback());

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scopes(["email", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let mut visitor = Visitor::of(&server.http);
    let login = visitor.go(address.as_str()).await.page();
    let answer = visitor.log_in(&login).await.elsewhere();
    assert!(answer.starts_with(CALLBACK));
    assert_eq!(parameter(&answer, "state"), *state.secret());
    assert_eq!(parameter(&answer, "iss"), ISSUER);

    let tokens = client
        .exchange_code(AuthorizationCode::new(parameter(&answer, "code")))
        .unwrap()
        .set_pkce_verifier(verifier)
        .request_async(&sender)
        .await
        .unwrap();
    let id_token = tokens.extra_fields().id_token().unwrap();
    let claims = id_token
        .claims(&client.id_token_verifier(), &nonce)
        .unwrap();
    assert_eq!(claims.subject().as_str(), user);

    let refreshed = client
        .exchange_refresh_token(tokens.refresh_token().unwrap())
        .unwrap()
        .request_async(&sender)
        .await
        .unwrap();
    let about: CoreUserInfoClaims = client
        .user_info(
            refreshed.access_token().clone(),
            Some(claims.subject().clone()),
        )
        .unwrap()
        .request_async(&sender)
        .await
        .unwrap();
    assert_eq!(about.email().unwrap().as_str(), EMAIL);

    let bye = LogoutRequest::from(logout.unwrap())
        .set_id_token_hint(id_token)
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(AFTERWARDS.to_owned()).unwrap())
        .http_get_url();
    assert_eq!(visitor.go(bye.as_str()).await.elsewhere(), AFTERWARDS);
    let login = visitor.go(address.as_str()).await.page();
    assert!(login.contains("type=\"password\""), "signed out: {login}");
}
