use super::*;
use crate::test_ring::{
    HOUR, NOW, TENANT, block_on, claims_of, id_claims, id_claims_with, key, key_of, machine_claims,
    machine_issuance, ring, vault,
};
use crate::{generate_signing_key, shared_secret};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::authorize::claims_request::{ClaimSet, StandardClaim};
use countersign_domain::identifier::{GrantId, SessionId, Subject, UserId};
use countersign_domain::login::authentication::{Acr, Authentication, Method, Methods};
use countersign_domain::scope::Scope;
use countersign_domain::token::token_id::TokenId;
use countersign_domain::user::profile::{Address, Profile};
use countersign_domain::user::{Email, User};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

mod algorithms;
mod claims;
mod custom_claims;

fn access_token(ring: &KeyRing, algorithm: SigningAlgorithm) -> Result<String, SigningError> {
    let scope = Scope::parse("api:read api:write").unwrap();
    block_on(ring.sign_access_token(TENANT, &machine_claims(&scope), algorithm))
}

/// Verifies the signature of a token and returns its claims.
fn verified(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Value {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    decode::<Value>(token, key, &validation).unwrap().claims
}

fn published(ring: &KeyRing) -> Vec<Jwk> {
    let set: JwkSet = serde_json::from_str(&ring.key_set(TENANT)).unwrap();
    set.keys
}

fn published_ids(ring: &KeyRing) -> Vec<String> {
    let ids = published(ring).into_iter();
    ids.map(|key| key.common.key_id.unwrap()).collect()
}

fn signer_of(token: &str) -> String {
    decode_header(token).unwrap().kid.unwrap()
}

#[test]
fn aero2_9_signature_of_each_algorithm_verifies_with_key_set() {
    let vault = vault();
    let keys = SigningAlgorithm::ASYMMETRIC.iter();
    let keys: Vec<_> = keys.map(|algorithm| key(*algorithm, NOW, &vault)).collect();
    let ring = ring(&keys, &vault);
    for key in &keys {
        let name: Algorithm = key.algorithm.as_str().parse().unwrap();
        let jwk: Jwk = serde_json::from_str(&ring.key(TENANT, &key.id).unwrap()).unwrap();
        assert!(published(&ring).contains(&jwk));
        let decoding = DecodingKey::from_jwk(&jwk).unwrap();
        let access_token = access_token(&ring, key.algorithm).unwrap();
        let id_token = block_on(ring.sign_id_token(TENANT, &id_claims(), key.algorithm)).unwrap();
        for (token, token_type) in [(access_token, "at+jwt"), (id_token, "JWT")] {
            verified(&token, &decoding, name);
            let header = decode_header(&token).unwrap();
            assert_eq!(
                (header.alg, header.typ.as_deref(), header.kid.as_ref()),
                (name, Some(token_type), Some(&key.id))
            );
        }
    }
}

#[test]
fn shared_secret_signs_for_its_client_and_is_never_published() {
    let vault = vault();
    let own = key_of("YOUR_CLIENT_ID", &vault);
    let ring = ring(&[own.clone(), key_of("other", &vault)], &vault);
    let token = access_token(&ring, SigningAlgorithm::Hs256).unwrap();
    let secret = shared_secret(TENANT, &own, &vault).unwrap();
    assert_eq!(secret.expose_secret().len(), 43);
    let decoding = DecodingKey::from_secret(secret.expose_secret().as_bytes());
    verified(&token, &decoding, Algorithm::HS256);
    let header = decode_header(&token).unwrap();
    assert_eq!(
        (header.typ.as_deref(), header.kid),
        (Some("JWT"), Some(own.id.clone()))
    );
    let id_token =
        block_on(ring.sign_id_token(TENANT, &id_claims(), SigningAlgorithm::Hs256)).unwrap();
    verified(&id_token, &decoding, Algorithm::HS256);
    assert_eq!(&*ring.key_set(TENANT), r#"{"keys":[]}"#);
    assert_eq!(ring.key(TENANT, &own.id), None);
}

#[test]
fn client_without_shared_secret_cannot_use_secret_of_another() {
    let vault = vault();
    let ring = ring(&[key_of("other", &vault)], &vault);
    assert!(access_token(&ring, SigningAlgorithm::Hs256).is_err());
    assert!(access_token(&ring, SigningAlgorithm::Rs256).is_err());
}

#[test]
fn only_hs256_key_has_shared_secret() {
    let vault = vault();
    let mut of_another_kind = key_of("app", &vault);
    of_another_kind.algorithm = SigningAlgorithm::Es256;
    assert!(shared_secret(TENANT, &of_another_kind, &vault).is_none());
    let strange = self::vault();
    assert!(shared_secret(TENANT, &key_of("app", &vault), &strange).is_none());
}

#[test]
fn new_key_is_published_early_and_old_key_until_retirement() {
    let vault = vault();
    let begins = NOW.plus(Duration::from_secs(300));
    let retires = begins.plus(HOUR);
    let mut old = key(SigningAlgorithm::Es256, NOW, &vault);
    old.retires_at = Some(retires);
    let new = key(SigningAlgorithm::Es256, begins, &vault);
    let ring = ring(&[old.clone(), new.clone()], &vault);
    let signs = || signer_of(&access_token(&ring, SigningAlgorithm::Es256).unwrap());
    let second_before = |time: Timestamp| Timestamp::from_unix_seconds(time.as_unix_seconds() - 1);

    ring.advance(second_before(begins));
    assert_eq!(signs(), old.id);
    assert_eq!(published_ids(&ring), [old.id.clone(), new.id.clone()]);
    ring.advance(begins);
    assert_eq!(signs(), new.id);
    ring.advance(second_before(retires));
    assert_eq!(published_ids(&ring), [old.id.clone(), new.id.clone()]);
    ring.advance(retires);
    assert_eq!(published_ids(&ring), [new.id]);
    assert_eq!(ring.key(TENANT, &old.id), None);
    ring.advance(NOW);
    assert_eq!(signs(), old.id);
}

#[test]
fn load_adds_new_keys_and_drops_deleted_keys() {
    let vault = vault();
    let (one, two) = (
        key(SigningAlgorithm::Es256, NOW, &vault),
        key(SigningAlgorithm::EdDsa, NOW, &vault),
    );
    let ring = ring(std::slice::from_ref(&one), &vault);
    assert!(access_token(&ring, SigningAlgorithm::EdDsa).is_err());
    ring.load(TENANT, std::slice::from_ref(&two), &vault, NOW)
        .unwrap();
    assert_eq!(published_ids(&ring), [two.id]);
    assert!(access_token(&ring, SigningAlgorithm::EdDsa).is_ok());
    assert!(access_token(&ring, SigningAlgorithm::Es256).is_err());
}

#[test]
fn loaded_key_is_not_opened_again() {
    let vault = vault();
    let one = key(SigningAlgorithm::Es256, NOW, &vault);
    let ring = ring(std::slice::from_ref(&one), &vault);
    let cannot_open = self::vault();
    assert_eq!(ring.load(TENANT, &[one], &cannot_open, NOW), Ok(()));
    assert!(access_token(&ring, SigningAlgorithm::Es256).is_ok());
}

#[test]
fn unusable_key_is_reported_and_others_still_load() {
    let (vault, strange) = (vault(), vault());
    let lost = key(SigningAlgorithm::Es256, NOW, &strange);
    let mut moved = key(SigningAlgorithm::Es256, NOW, &vault);
    moved.id = "moved".into();
    let good = key(SigningAlgorithm::Es256, NOW, &vault);
    let ring = KeyRing::new(&vault);
    let result = ring.load(TENANT, &[good.clone(), lost.clone(), moved], &vault, NOW);
    assert_eq!(result, Err(UnusableKey { id: lost.id }));
    assert_eq!(published_ids(&ring), std::slice::from_ref(&good.id));
    let token = access_token(&ring, SigningAlgorithm::Es256).unwrap();
    assert_eq!(signer_of(&token), good.id);
}

#[test]
fn concurrent_rsa_signatures_go_to_their_own_callers() {
    let vault = vault();
    let ring = ring(&[key(SigningAlgorithm::Rs256, NOW, &vault)], &vault);
    let decoding = DecodingKey::from_jwk(&published(&ring)[0]).unwrap();
    thread::scope(|scope| {
        for number in 0..8 {
            let (ring, decoding) = (&ring, &decoding);
            scope.spawn(move || {
                let subject = number.to_string();
                let claims = id_claims_with(|issuance, _| {
                    issuance.subject = Subject::new(subject.as_str());
                });
                let token = block_on(ring.sign_id_token(TENANT, &claims, SigningAlgorithm::Rs256));
                let claims = verified(&token.unwrap(), decoding, Algorithm::RS256);
                assert_eq!(claims["sub"], subject);
            });
        }
    });
}

#[test]
fn only_rsa_signature_waits_for_its_turn() {
    let vault = vault();
    let keys = SigningAlgorithm::ASYMMETRIC.iter();
    let mut keys: Vec<_> = keys.map(|algorithm| key(*algorithm, NOW, &vault)).collect();
    keys.push(key_of("YOUR_CLIENT_ID", &vault));
    let ring = ring(&keys, &vault);
    let scope = Scope::none();
    let claims = machine_claims(&scope);
    let is_made_at_once = |algorithm| {
        let mut signing = pin!(ring.sign_access_token(TENANT, &claims, algorithm));
        let first = signing
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        first.is_ready()
    };
    assert!(is_made_at_once(SigningAlgorithm::Es256));
    assert!(is_made_at_once(SigningAlgorithm::EdDsa));
    assert!(is_made_at_once(SigningAlgorithm::Hs256));
    assert!(!is_made_at_once(SigningAlgorithm::Rs256));
}

#[test]
fn key_of_another_tenant_is_unknown() {
    let vault = vault();
    let other = TenantId::from_number(2).unwrap();
    let own = key(SigningAlgorithm::Es256, NOW, &vault);
    let ring = ring(std::slice::from_ref(&own), &vault);
    assert!(ring.key(TENANT, &own.id).is_some());
    assert_eq!(ring.key(other, &own.id), None);
    assert_eq!(&*ring.key_set(other), r#"{"keys":[]}"#);
    assert_eq!(ring.algorithms(other), []);
    let scope = Scope::none();
    let claims = machine_claims(&scope);
    let signed = block_on(ring.sign_access_token(other, &claims, SigningAlgorithm::Es256));
    assert!(signed.is_err());
}

#[test]
fn tenant_keys_load_and_advance_independently() {
    let vault = vault();
    let other = TenantId::from_number(2).unwrap();
    let generate = |tenant, signs_from| {
        generate_signing_key(
            tenant,
            SigningAlgorithm::Es256,
            None,
            NOW,
            signs_from,
            &vault,
        )
    };
    let mut one = generate(TENANT, NOW).unwrap();
    one.retires_at = Some(NOW.plus(HOUR));
    let two = generate(other, NOW).unwrap();
    let ring = ring(std::slice::from_ref(&one), &vault);
    ring.load(other, std::slice::from_ref(&two), &vault, NOW)
        .unwrap();
    let published = |tenant, key: &SigningKey| ring.key(tenant, &key.id).is_some();
    assert!(published(TENANT, &one) && published(other, &two));
    ring.advance(NOW.plus(HOUR));
    assert!(!published(TENANT, &one) && published(other, &two));
    ring.load(other, &[], &vault, NOW).unwrap();
    assert!(!published(other, &two));
}

#[test]
fn key_sealed_by_another_tenant_is_unusable() {
    let vault = vault();
    let other = TenantId::from_number(2).unwrap();
    let own = key(SigningAlgorithm::Es256, NOW, &vault);
    let ring = KeyRing::new(&vault);
    let result = ring.load(other, std::slice::from_ref(&own), &vault, NOW);
    assert_eq!(result, Err(UnusableKey { id: own.id }));
    let shared = key_of("app", &vault);
    assert!(shared_secret(TENANT, &shared, &vault).is_some());
    assert!(shared_secret(other, &shared, &vault).is_none());
}

#[test]
fn debug_output_shows_no_key() {
    let vault = vault();
    let own = key_of("YOUR_CLIENT_ID", &vault);
    let secret = shared_secret(TENANT, &own, &vault).unwrap();
    let ring = ring(std::slice::from_ref(&own), &vault);
    assert_eq!(format!("{ring:?}"), format!("KeyRing[{:?}]", own.id));
    let sealed = Base64UrlUnpadded::encode_string(&own.sealed_private_key);
    for shown in [format!("{own:?}"), format!("{secret:?}")] {
        assert!(!shown.contains(secret.expose_secret()));
        assert!(!shown.contains(&sealed));
    }
}
