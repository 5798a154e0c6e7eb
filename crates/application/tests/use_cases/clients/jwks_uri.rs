//! Authentication of clients that publish their keys at a URL.

use crate::clients::authentication::{
    assertion, claims, evidence, judged, signed, with_keys, with_published,
};
use crate::published::Published;
use countersign_application::Failure;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, KeySource};
use countersign_domain::refusal::Refusal;
use countersign_store_contract::MemoryStore;
use std::sync::Arc;

fn client() -> Client {
    let uri = RedirectUri::parse("https://app.example/jwks.json").unwrap();
    Client {
        keys: Some(KeySource::Published(uri)),
        ..with_keys()
    }
}

/// Authenticates a client with the assertion `text`. Returns the number of sets that were not fetched.
async fn present(sets: &[&str], text: &str) -> (Result<(), Failure>, usize) {
    let published = Published::of(sets);
    let watched = published.clone();
    let authentication = with_published(
        Arc::new(MemoryStore::default()),
        signed(claims()),
        published,
    );
    let evidence = evidence(Some("app"), assertion(text));
    let answer = judged(&authentication, &client(), &evidence).await;
    (answer.map(drop), watched.left())
}

#[tokio::test]
async fn published_key_verifies_assertion() {
    let (answer, left) = present(&["{}", "[]"], "jwt").await;
    assert!(answer.is_ok());
    assert_eq!(left, 2, "one fetch");
}

#[tokio::test]
async fn rotated_key_is_fetched_when_known_keys_do_not_verify() {
    let (answer, _) = present(&["[]", "{}"], "jwt").await;
    assert!(answer.is_ok());
}

#[tokio::test]
async fn assertion_that_no_published_key_verifies_is_refused() {
    for sets in [&["[]"][..], &["[]", "[]"]] {
        let (answer, _) = present(sets, "jwt").await;
        let refusal = Refusal::AssertionKeyUnknown;
        let refused = matches!(answer, Err(Failure::Refused(own)) if own == refusal);
        assert!(refused, "{sets:?}");
    }
}

#[tokio::test]
async fn failed_fetch_is_refused_with_its_cause() {
    let (answer, _) = present(&[], "jwt").await;
    let Err(Failure::Refused(Refusal::KeysUnavailable(evidence))) = answer else {
        panic!("{answer:?}")
    };
    let cause = "app.example: the response had the status code 404";
    assert_eq!(evidence.to_string(), cause);
}
