//! Baseline for the token endpoint: a minimal axum handler that builds and signs the same token with a parsed key.
//!
//! It does not read the form, authenticate the client or access a store.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Serialize;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

enum Key {
    Rs256(RsaKeyPair),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

struct Signer {
    key: Key,
    header: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    aud: &'a str,
    iss: &'a str,
    scope: &'a str,
    client_id: &'a str,
    gty: &'a str,
    token_use: &'a str,
    iat: u64,
    exp: u64,
    jti: String,
}

#[derive(Serialize)]
struct Answer {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    scope: &'static str,
}

pub(crate) fn serve(algorithm: &str, address: &str) {
    let random = SystemRandom::new();
    let key = match algorithm {
        "RS256" => Key::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        "ES256" => {
            let document =
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            Key::Es256(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref())
                    .unwrap(),
            )
        }
        "EdDSA" => Key::EdDsa(
            Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&random).unwrap().as_ref())
                .unwrap(),
        ),
        other => panic!("unknown algorithm: {other}"),
    };
    let header = format!(r#"{{"typ":"at+jwt","alg":"{algorithm}","kid":"0123456789abcdef"}}"#);
    let header = Base64UrlUnpadded::encode_string(header.as_bytes());
    let router = axum::Router::new()
        .route("/oauth2/token", post(token))
        .with_state(Arc::new(Signer { key, header }));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        axum::serve(listener, router).await.unwrap();
    });
}

async fn token(State(signer): State<Arc<Signer>>) -> impl IntoResponse {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let mut unique = [0; 12];
    aws_lc_rs::rand::fill(&mut unique).unwrap();
    let claims = Claims {
        sub: "client_0123456789abcdef",
        aud: "client_0123456789abcdef",
        iss: "http://127.0.0.1:8080",
        scope: "api:read api:write",
        client_id: "client_0123456789abcdef",
        gty: "client_credentials",
        token_use: "access",
        iat: now,
        exp: now + 3600,
        jti: Base64UrlUnpadded::encode_string(&unique),
    };
    let claims = Base64UrlUnpadded::encode_string(&serde_json::to_vec(&claims).unwrap());
    let input = format!("{}.{claims}", signer.header);
    let signature = sign(&signer.key, input.as_bytes());
    let access_token = format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature));
    let answer = Answer {
        access_token,
        token_type: "Bearer",
        expires_in: 3600,
        scope: "api:read api:write",
    };
    (
        [(header::CONTENT_TYPE, "application/json")],
        serde_json::to_vec(&answer).unwrap(),
    )
}

fn sign(key: &Key, message: &[u8]) -> Vec<u8> {
    let random = SystemRandom::new();
    match key {
        Key::Rs256(key) => {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                .unwrap();
            signature
        }
        Key::Es256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
        Key::EdDsa(key) => key.sign(message).as_ref().to_vec(),
    }
}
