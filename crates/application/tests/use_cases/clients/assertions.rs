//! Client authentication by assertions.

use crate::clients::authentication::{
    assertion, assertion_of_kind, authentication, claims, evidence, judged, refused, signed,
    with_keys,
};
use crate::world::{ISSUER, SECRETS, SINGLE, Signed, tenant};
use countersign_application::Failure;
use countersign_domain::client::assertion::Assertion;
use countersign_domain::client::presented::PresentedProof;
use countersign_domain::client::{Client, ClientStatus};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_ports::{ClientRepository as _, EphemeralKind, Race, StoreError};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::Arc;

#[tokio::test]
async fn used_assertion_is_remembered_until_expiry() {
    let mut store = MockStore::new();
    store
        .expect_insert()
        .times(1)
        .withf(|tenant, key, value, now| {
            *tenant == SINGLE
                && key.kind == EphemeralKind::AssertionId
                && key.expires_at == fixtures::later(60 + 60)
                && value.is_empty()
                && *now == fixtures::NOW
        })
        .returning(|_, _, _, _| Box::pin(async { Ok(Race::Won) }));
    let authentication = authentication(Arc::new(store), signed(claims()));
    let evidence = evidence(None, assertion("jwt"));
    let name = judged(&authentication, &with_keys(), &evidence).await;
    assert_eq!(name.unwrap(), None, "no secret was used");
}

#[tokio::test]
async fn replayed_assertion_is_refused() {
    let second = Assertion {
        token_id: "2".to_owned(),
        ..claims()
    };
    let signed = Signed(vec![
        ("jwt".to_owned(), claims()),
        ("another".to_owned(), second),
    ]);
    let authentication = authentication(Arc::new(MemoryStore::default()), signed);
    let present = async |text: &str| {
        let evidence = evidence(None, assertion(text));
        judged(&authentication, &with_keys(), &evidence).await
    };
    assert!(present("jwt").await.is_ok());
    let replayed = present("jwt").await;
    assert!(matches!(
        replayed,
        Err(Failure::Refused(Refusal::AssertionReplayed))
    ));
    assert!(present("another").await.is_ok());
}

#[tokio::test]
async fn concurrent_uses_of_assertion_succeed_once() {
    let store = Arc::new(MemoryStore::default());
    let authentication = Arc::new(authentication(store, signed(claims())));
    let uses = (0..8).map(|_| {
        let authentication = authentication.clone();
        tokio::spawn(async move {
            let evidence = evidence(None, assertion("jwt"));
            judged(&authentication, &with_keys(), &evidence)
                .await
                .is_ok()
        })
    });
    let mut won = 0;
    for used in uses.collect::<Vec<_>>() {
        won += usize::from(used.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn assertion_audience_must_be_issuer_or_endpoint() {
    let with_audience = |audience: &str| Assertion {
        audience: vec![audience.to_owned()],
        ..claims()
    };
    for audience in [ISSUER, "https://auth.example/oauth2/token"] {
        let store = Arc::new(MemoryStore::default());
        let authentication = authentication(store, signed(with_audience(audience)));
        let evidence = evidence(Some("app"), assertion("jwt"));
        let judged = judged(&authentication, &with_keys(), &evidence).await;
        assert!(judged.is_ok(), "{audience}");
    }
    for audience in ["https://elsewhere.example", "/oauth2/token"] {
        let signed = signed(with_audience(audience));
        let refusal = refused(&with_keys(), signed, assertion("jwt")).await;
        let named = Evidence::of(audience);
        assert_eq!(refusal, Refusal::AssertionForAnotherAudience(named));
    }
}

#[tokio::test]
async fn rejected_assertion_is_not_used_up() {
    let of_another = Assertion {
        issuer: "other".to_owned(),
        ..claims()
    };
    let expired = Assertion {
        expires_at: fixtures::NOW,
        ..claims()
    };
    let early = Assertion {
        not_before: Some(fixtures::later(61)),
        ..claims()
    };
    for (claims, refusal) in [
        (
            of_another,
            Refusal::AssertionOfAnotherClient(Evidence::of("other")),
        ),
        (
            expired,
            Refusal::AssertionExpired(Evidence::of(fixtures::NOW)),
        ),
        (
            early,
            Refusal::AssertionNotYetValid(Evidence::of(fixtures::later(61))),
        ),
    ] {
        let judged = refused(&with_keys(), signed(claims), assertion("jwt")).await;
        assert_eq!(judged, refusal);
    }
}

#[tokio::test]
async fn assertion_with_unknown_type_or_signature_is_rejected() {
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let forged = refused(&with_keys(), SECRETS, assertion("jwt")).await;
    let of_unknown_type = assertion_of_kind(saml, "jwt");
    let unknown = refused(&with_keys(), signed(claims()), of_unknown_type).await;
    assert_eq!(forged, Refusal::AssertionSignatureWrong);
    let type_refused = Refusal::AssertionTypeUnsupported(Evidence::of(saml));
    assert_eq!(unknown, type_refused);
}

#[tokio::test]
async fn disabled_client_with_valid_assertion_is_rejected() {
    let disabled = Client {
        status: ClientStatus::Suspended,
        ..with_keys()
    };
    let store = Arc::new(MemoryStore::default());
    let authentication = authentication(store, signed(claims()));
    let evidence = evidence(None, assertion("jwt"));
    let judged = judged(&authentication, &disabled, &evidence).await;
    assert!(matches!(
        judged,
        Err(Failure::Refused(Refusal::ClientDisabled))
    ));
}

#[tokio::test]
async fn assertion_fails_if_store_is_unavailable() {
    let mut store = MockStore::new();
    store
        .expect_insert()
        .returning(|_, _, _, _| Box::pin(async { Err(StoreError::new("down")) }));
    let authentication = authentication(Arc::new(store), signed(claims()));
    let evidence = evidence(None, assertion("jwt"));
    let judged = judged(&authentication, &with_keys(), &evidence).await;
    assert!(matches!(judged, Err(Failure::Store(_))));
}

#[tokio::test]
async fn client_id_must_match_assertion() {
    let store = Arc::new(MemoryStore::default());
    for client in ["app", "web"] {
        let client = fixtures::client(client);
        let inserted = store
            .insert_client(SINGLE, &client, &fixtures::event())
            .await;
        let _ = inserted.unwrap();
    }
    let authentication = authentication(store, signed(claims()));
    let identified = async |client_id, proof| {
        let evidence = evidence(client_id, proof);
        match authentication.identify(tenant(), &evidence).await {
            Ok(client) => Ok(client.id.to_string()),
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        }
    };
    let app = Ok("app".to_owned());
    assert_eq!(identified(None, assertion("jwt")).await, app);
    assert_eq!(identified(Some("app"), assertion("jwt")).await, app);
    assert_eq!(identified(Some("app"), PresentedProof::None).await, app);
    let contradicted = identified(Some("web"), assertion("jwt")).await;
    let named = Refusal::AssertionOfAnotherClient(Evidence::of("app"));
    assert_eq!(contradicted, Err(named));
    let refusal = Refusal::ClientUnknown(Evidence::of("unregistered"));
    let unknown = identified(Some("unregistered"), PresentedProof::None).await;
    assert_eq!(unknown, Err(refusal));
    let malformed = identified(None, assertion("no jwt")).await;
    assert_eq!(malformed, Err(Refusal::AssertionMalformed));
    let unknown = identified(None, assertion_of_kind("unknown", "jwt")).await;
    let type_refused = Refusal::AssertionTypeUnsupported(Evidence::of("unknown"));
    assert_eq!(unknown, Err(type_refused));
}
