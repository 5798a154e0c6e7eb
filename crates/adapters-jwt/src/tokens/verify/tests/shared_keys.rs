//! Tokens under a key that a client shares with its resource server.

use super::*;
use crate::{Codecs, MasterKeys};

#[test]
fn shared_key_verifies_only_tokens_of_its_client() {
    let sharer = ClientId::parse("YOUR_CLIENT_ID").unwrap();
    let forged = br#"{"iss":"i","sub":"s","aud":"other","client_id":"other","iat":1,"exp":2,
        "jti":"AQEBAQEBAQEBAQEB","token_use":"access"}"#;
    let document = Document::UserInfo(forged);
    let forged =
        block_on(RING.sign_document(TENANT, &document, &sharer, SigningAlgorithm::Hs256)).unwrap();
    assert_eq!(RING.access_token(TENANT, &forged), None);
    assert_eq!(
        RING.id_token(TENANT, &id_token(SigningAlgorithm::Hs256)),
        None
    );
}

/// A resource server that holds the key of a client can sign any claims, but the server vouches only for its own.
#[test]
fn changed_claim_under_shared_key_makes_token_unknown() {
    let client = ClientId::parse("YOUR_CLIENT_ID").unwrap();
    let genuine = access_token(SigningAlgorithm::Hs256);
    let payload = genuine.split('.').nth(1).unwrap();
    let payload = String::from_utf8(Base64UrlUnpadded::decode_vec(payload).unwrap()).unwrap();
    let signed = |claims: &str| {
        let document = Document::UserInfo(claims.as_bytes());
        block_on(RING.sign_document(TENANT, &document, &client, SigningAlgorithm::Hs256)).unwrap()
    };
    assert!(RING.access_token(TENANT, &signed(&payload)).is_some());
    let (start, end) = payload.split_once(r#""jti":""#).unwrap();
    let (id, end) = end.split_once('"').unwrap();
    let (name, mac) = id.split_once('.').unwrap();
    let with_id = |id: &str| format!(r#"{start}"jti":"{id}"{end}"#);
    let moved = with_id(name).replace("YOUR_CLIENT_ID\",", &format!("YOUR_CLIENT_ID.{mac}\","));
    for forged in [
        payload.replace("read write", "admin"),
        payload.replace(r#""sub":"YOUR_CLIENT_ID""#, r#""sub":"jane""#),
        payload.replace(r#""aud":"YOUR_CLIENT_ID""#, r#""aud":"other""#),
        payload.replace(r#""exp":"#, r#""exp":9"#),
        payload.replacen('{', r#"{"act":{"sub":"jane"},"#, 1),
        with_id(name),
        with_id(&format!("{name}.{}", "A".repeat(27))),
        with_id(&format!("{name}.{mac}.{mac}")),
        with_id(&format!("AgICAgICAgICAgIC.{mac}")),
        moved,
    ] {
        assert_ne!(forged, payload);
        assert_eq!(
            RING.access_token(TENANT, &signed(&forged)),
            None,
            "{forged}"
        );
    }
}

#[test]
fn token_under_shared_key_survives_master_key_rotation() {
    let (old, new) = (
        MasterKeys::generate().unwrap(),
        MasterKeys::generate().unwrap(),
    );
    let codecs = |text: &str| Codecs::new(&MasterKeys::parse(text).unwrap());
    let before = codecs(&old);
    let keys = [key_of("YOUR_CLIENT_ID", &before)];
    let claims = machine_claims(&Scope::none());
    let ring_before = ring(&keys, &before);
    let token = ring_before.sign_access_token(TENANT, &claims, SigningAlgorithm::Hs256);
    let token = block_on(token).unwrap();
    let after = ring(&keys, &codecs(&format!("{new}\n{old}")));
    assert!(after.access_token(TENANT, &token).is_some());
}
