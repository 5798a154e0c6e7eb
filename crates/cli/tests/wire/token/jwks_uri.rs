//! Clients that publish their public keys (RFC 7591 section 2, `jwks_uri`).

use super::private_key_jwt::{OTHERS, OWN, assert_refused, claims, present};
use crate::harness::Server;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{AuthenticationMethod, KeySource};

const URI: &str = "https://machine.example/jwks.json";

/// Returns a server on which `machine` publishes its keys at [`URI`].
async fn start() -> Server {
    let server = Server::start().await;
    server
        .change("machine", |client| {
            client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
            client.keys = Some(KeySource::Published(RedirectUri::parse(URI).unwrap()));
            client.secrets.clear();
        })
        .await;
    server
}

#[tokio::test]
async fn assertion_is_verified_with_published_keys() {
    let server = start().await;
    server.outside.publish(URI, OWN.jwks().as_str());
    let answer = present(&server, &OWN.sign(&claims(&server, "machine", "1"))).await;
    assert_eq!(answer.status, 200);
    let forged = OTHERS.sign_as("own", &claims(&server, "machine", "2"));
    assert_refused(&present(&server, &forged).await, "key of another client");
}

#[tokio::test]
async fn one_unreadable_key_does_not_disable_the_others() {
    let server = start().await;
    let keys = OWN.jwks().as_str().replacen('[', r#"[{"kid":"odd"},7,"#, 1);
    server.outside.publish(URI, &keys);
    let answer = present(&server, &OWN.sign(&claims(&server, "machine", "1"))).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn client_whose_keys_cannot_be_fetched_is_refused() {
    let server = start().await;
    let answer = present(&server, &OWN.sign(&claims(&server, "machine", "1"))).await;
    assert_refused(&answer, "nothing at the URL");
    assert_eq!(
        answer.text("error_description"),
        "the keys at the jwks_uri of the client cannot be fetched"
    );
}
