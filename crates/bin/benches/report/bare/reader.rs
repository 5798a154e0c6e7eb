//! Baseline for endpoints that read a token: a minimal axum handler with the same cryptography and response size.
//!
//! It does not read the request, parse anything or access a store.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use std::sync::Arc;

/// Size of a token without its signature, in bytes.
const SIGNED: usize = 440;
/// Size of the content of a code, in bytes.
const FACTS: usize = 230;

/// Work in addition to verifying the RS256 signature of a token.
#[derive(Clone, Copy)]
enum Work {
    /// Seals a code and responds with a redirect.
    Authorize,
    /// Hashes a client secret.
    Introspection,
    /// Nothing.
    Userinfo,
}

struct Reader {
    work: Work,
    key: ParsedPublicKey,
    signed: Vec<u8>,
    signature: String,
    seal: LessSafeKey,
    /// Response body, or redirect target whose end is replaced by the code.
    answer: String,
}

/// Serves responses of this length.
pub(crate) fn serve(work: &str, length: usize, address: &str) {
    let work = match work {
        "authorize" => Work::Authorize,
        "introspection" => Work::Introspection,
        "userinfo" => Work::Userinfo,
        other => panic!("unknown work: {other}"),
    };
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let signed = vec![b'a'; SIGNED];
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        &signed,
        &mut signature,
    )
    .unwrap();
    let seal = UnboundKey::new(&AES_256_GCM_SIV, &[7; 32]).unwrap();
    let reader = Reader {
        work,
        key: ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()).unwrap(),
        signed,
        signature: Base64UrlUnpadded::encode_string(&signature),
        seal: LessSafeKey::new(seal),
        answer: "a".repeat(length),
    };
    let router = axum::Router::new()
        .fallback(read)
        .with_state(Arc::new(reader));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        axum::serve(listener, router).await.unwrap();
    });
}

async fn read(State(reader): State<Arc<Reader>>) -> Response {
    let signature = Base64UrlUnpadded::decode_vec(&reader.signature).unwrap();
    reader.key.verify_sig(&reader.signed, &signature).unwrap();
    let no_store = (header::CACHE_CONTROL, "no-store");
    match reader.work {
        Work::Authorize => {
            let code = reader.sealed_code();
            let start = &reader.answer[code.len()..];
            let location = (header::LOCATION, format!("{start}{code}"));
            (StatusCode::SEE_OTHER, [location], [no_store]).into_response()
        }
        Work::Introspection => {
            std::hint::black_box(digest(&SHA256, &[7; 43]));
            reader.json(no_store)
        }
        Work::Userinfo => reader.json(no_store),
    }
}

impl Reader {
    fn json(&self, no_store: (header::HeaderName, &'static str)) -> Response {
        let json = (header::CONTENT_TYPE, "application/json");
        ([json, no_store], self.answer.clone()).into_response()
    }

    fn sealed_code(&self) -> String {
        let mut nonce = [0; 12];
        aws_lc_rs::rand::fill(&mut nonce).unwrap();
        let mut sealed = [&nonce[..], &[7; FACTS]].concat();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let facts = &mut sealed[12..];
        let tag = self
            .seal
            .seal_in_place_separate_tag(nonce, Aad::from(b"code"), facts)
            .unwrap();
        sealed.extend_from_slice(tag.as_ref());
        Base64UrlUnpadded::encode_string(&sealed)
    }
}
