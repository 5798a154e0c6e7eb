use super::*;
use crate::signing_keys::jwk::public_jwk;
use crate::signing_keys::signing_key::PrivateKey;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PSS_SHA256, RsaKeyPair,
};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::time::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use std::sync::LazyLock;

mod keys;
mod upstream;

const ASSERTIONS: JwtAssertions = JwtAssertions;

static RSA: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
static EC: LazyLock<PrivateKey> = LazyLock::new(|| {
    PrivateKey::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
});
static ED: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::EdDsa(Ed25519KeyPair::generate().unwrap()));

fn jwk(id: &str, key: &PrivateKey) -> Value {
    serde_json::to_value(public_jwk(id, key).unwrap()).unwrap()
}

/// A JWK without its optional members.
fn bare(key: &PrivateKey) -> Value {
    let mut jwk = jwk("", key);
    for member in ["kid", "alg", "use"] {
        jwk.as_object_mut().unwrap().remove(member);
    }
    jwk
}

fn set(keys: &[Value]) -> Jwks {
    Jwks::new(json!({ "keys": keys }).to_string())
}

fn all_keys() -> Jwks {
    set(&[jwk("rsa", &RSA), jwk("ec", &EC), jwk("ed", &ED)])
}

fn claims() -> Value {
    json!({
        "iss": "notes",
        "sub": "notes",
        "aud": "https://id.example",
        "exp": 1_790_000_060,
        "iat": 1_790_000_000,
        "jti": "a1"
    })
}

fn segment(json: &Value) -> String {
    Base64UrlUnpadded::encode_string(json.to_string().as_bytes())
}

/// Signs an assertion with this header and these claims.
fn signed_by(key: &PrivateKey, header: &Value, claims: &Value) -> String {
    let input = format!("{}.{}", segment(header), segment(claims));
    let signature = match (key, header["alg"].as_str()) {
        (PrivateKey::Rs256(key), Some("PS256")) => {
            let mut signature = vec![0; key.public_modulus_len()];
            let random = SystemRandom::new();
            key.sign(&RSA_PSS_SHA256, &random, input.as_bytes(), &mut signature)
                .unwrap();
            signature
        }
        _ => key.sign(input.as_bytes()).unwrap().as_ref().to_vec(),
    };
    let signature = Base64UrlUnpadded::encode_string(&signature);
    format!("{input}.{signature}")
}

/// Signs an assertion with these claims, using the Ed25519 key.
fn with_claims(claims: &Value) -> String {
    signed_by(&ED, &json!({"alg": "EdDSA", "kid": "ed"}), claims)
}

fn with_header(header: &Value) -> String {
    signed_by(&ED, header, &claims())
}

fn verified(assertion: &str) -> Result<Assertion, UnreadableAssertion> {
    ASSERTIONS.verify(assertion, &all_keys())
}

#[test]
fn assertion_of_every_algorithm_verifies_with_and_without_kid() {
    let keys: [(&PrivateKey, &str, &str); 5] = [
        (&RSA, "RS256", "rsa"),
        (&RSA, "PS256", "rsa"),
        (&EC, "ES256", "ec"),
        (&ED, "EdDSA", "ed"),
        (&ED, "Ed25519", "ed"),
    ];
    for (key, alg, kid) in keys {
        let mut own = jwk(kid, key);
        own["alg"] = alg.into();
        let expected = Assertion {
            issuer: "notes".into(),
            subject: "notes".into(),
            audience: vec!["https://id.example".into()],
            expires_at: Timestamp::from_unix_seconds(1_790_000_060),
            not_before: Some(Timestamp::from_unix_seconds(1_790_000_000)),
            token_id: "a1".into(),
        };
        for header in [json!({"alg": alg, "kid": kid}), json!({"alg": alg})] {
            let assertion = signed_by(key, &header, &claims());
            for keys in [set(&[own.clone()]), set(&[bare(&EC), bare(key)])] {
                let has_kid = keys.as_str().contains("kid");
                let judged = ASSERTIONS.verify(&assertion, &keys);
                if header.get("kid").is_some() && !has_kid {
                    assert_eq!(judged, Err(UnreadableAssertion::NoKey), "{alg}");
                } else {
                    assert_eq!(judged, Ok(expected.clone()), "{alg}");
                }
            }
        }
    }
}

#[test]
fn symmetric_and_absent_signatures_are_malformed() {
    for alg in ["none", "HS256", "RS384", "ES384", "es256", ""] {
        let assertion = with_header(&json!({"alg": alg, "kid": "ed"}));
        assert_eq!(
            verified(&assertion),
            Err(UnreadableAssertion::Malformed),
            "{alg}"
        );
    }
    let unsigned = format!(
        "{}.{}.",
        segment(&json!({"alg": "none"})),
        segment(&claims())
    );
    assert_eq!(verified(&unsigned), Err(UnreadableAssertion::Malformed));
    // Algorithm confusion: an HMAC keyed with the public key text must not pass as an RSA signature.
    let text = all_keys();
    let hmac_key =
        aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, text.as_str().as_bytes());
    let input = format!(
        "{}.{}",
        segment(&json!({"alg": "RS256"})),
        segment(&claims())
    );
    let tag = aws_lc_rs::hmac::sign(&hmac_key, input.as_bytes());
    let forged = format!("{input}.{}", Base64UrlUnpadded::encode_string(tag.as_ref()));
    assert_eq!(verified(&forged), Err(UnreadableAssertion::Signature));
}

#[test]
fn header_of_other_jwt_type_is_malformed() {
    for (member, value, is_good) in [
        ("typ", json!("JWT"), true),
        ("typ", json!("jwt"), true),
        ("typ", json!("client-authentication+jwt"), true),
        ("typ", json!("application/jwt"), true),
        ("typ", json!("dpop+jwt"), false),
        ("typ", json!("at+jwt"), false),
        ("crit", json!(["exp"]), false),
        ("cty", json!("JWT"), false),
        ("kid", json!(7), false),
        ("x5t", json!("ignored"), true),
    ] {
        let mut header = json!({"alg": "EdDSA"});
        header[member] = value.clone();
        let judged = verified(&with_header(&header)).map(drop);
        if is_good {
            assert_eq!(judged, Ok(()), "{member} {value}");
        } else {
            assert_eq!(
                judged,
                Err(UnreadableAssertion::Malformed),
                "{member} {value}"
            );
        }
    }
}

#[test]
fn missing_or_mistyped_claim_is_malformed() {
    for required in ["iss", "sub", "aud", "exp", "jti"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(required);
        let judged = verified(&with_claims(&claims));
        assert_eq!(judged, Err(UnreadableAssertion::Malformed), "{required}");
    }
    for (claim, value) in [
        ("iss", json!(7)),
        ("sub", json!(["notes"])),
        ("aud", json!(7)),
        ("aud", json!(["a", 7])),
        ("exp", json!("1790000060")),
        ("exp", json!(-1)),
        ("exp", json!(1e300)),
        ("nbf", json!(-1)),
        ("iat", json!("now")),
        ("jti", json!("")),
        ("jti", json!("x".repeat(256))),
        ("jti", json!(7)),
    ] {
        let mut claims = claims();
        claims[claim] = value.clone();
        let judged = verified(&with_claims(&claims));
        assert_eq!(
            judged,
            Err(UnreadableAssertion::Malformed),
            "{claim} {value}"
        );
    }
}

#[test]
fn fractional_dates_are_accepted_and_later_not_before_wins() {
    let mut claims = claims();
    claims["exp"] = json!(1_790_000_060.9);
    claims["nbf"] = json!(1_790_000_001.5);
    claims["aud"] = json!(["https://a.example", "https://id.example"]);
    claims["jti"] = json!("x".repeat(255));
    let read = verified(&with_claims(&claims)).unwrap();
    assert_eq!(read.expires_at.as_unix_seconds(), 1_790_000_060);
    let not_before = read.not_before.map(Timestamp::as_unix_seconds);
    assert_eq!(not_before, Some(1_790_000_001));
    assert_eq!(read.audience, ["https://a.example", "https://id.example"]);
    for claim in ["iat", "nbf"] {
        claims.as_object_mut().unwrap().remove(claim);
    }
    let read = verified(&with_claims(&claims)).unwrap();
    assert_eq!(read.not_before, None);
}

#[test]
fn duplicate_claim_or_oversized_assertion_is_malformed() {
    let header = segment(&json!({"alg": "EdDSA"}));
    let twice = claims().to_string().replacen('{', r#"{"sub":"other","#, 1);
    let claims_twice = Base64UrlUnpadded::encode_string(twice.as_bytes());
    let input = format!("{header}.{claims_twice}");
    let signature = ED.sign(input.as_bytes()).unwrap();
    let signature = Base64UrlUnpadded::encode_string(signature.as_ref());
    let assertion = format!("{input}.{signature}");
    assert_eq!(verified(&assertion), Err(UnreadableAssertion::Malformed));
    let mut long = claims();
    long["padding"] = json!("x".repeat(6000));
    assert_eq!(
        verified(&with_claims(&long)),
        Err(UnreadableAssertion::Malformed)
    );
    assert_eq!(ASSERTIONS.claimed_client(&with_claims(&long)), None);
}

#[test]
fn claimed_client_is_subject_of_unverified_claims() {
    let claimed = |claims: &Value| {
        let assertion = format!("{}.{}.", segment(&json!({"alg": "x"})), segment(claims));
        ASSERTIONS.claimed_client(&assertion)
    };
    assert_eq!(claimed(&claims()).as_deref(), Some("notes"));
    assert_eq!(claimed(&json!({"iss": "notes"})), None);
    for text in ["", ".", "..", "a.b.c", "a.e30.c"] {
        assert_eq!(ASSERTIONS.claimed_client(text), None);
    }
}

proptest! {
    #[test]
    fn changed_character_invalidates_assertion(at: Index, by in "[A-Za-z0-9_.-]") {
        let mut text = with_claims(&claims());
        let index = at.index(text.len());
        prop_assume!(text[index..=index] != by);
        text.replace_range(index..=index, &by);
        prop_assert!(verified(&text).is_err());
    }

    #[test]
    fn verifier_never_panics_on_arbitrary_text(text in "\\PC{0,80}|[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,43}", keys in "\\PC{0,80}") {
        prop_assert!(verified(&text).is_err());
        let _ = ASSERTIONS.claimed_client(&text);
        prop_assert!(ASSERTIONS.check_keys(&Jwks::new(keys)).is_err());
    }
}
