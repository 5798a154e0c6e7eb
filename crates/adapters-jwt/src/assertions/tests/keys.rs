//! Validation of client key sets at registration, and choice of the key.

use super::*;

#[test]
fn only_public_signing_keys_can_be_registered() {
    assert_eq!(ASSERTIONS.check_keys(&all_keys()), Ok(()));
    assert_eq!(
        ASSERTIONS.check_keys(&set(&[bare(&RSA), bare(&EC), bare(&ED)])),
        Ok(())
    );
    let changed = |key: &PrivateKey, member: &str, value: Value| {
        let mut jwk = jwk("k", key);
        jwk[member] = value;
        jwk
    };
    let zeros = Base64UrlUnpadded::encode_string(&[0; 32]);
    let rsa_of = |bytes: usize| json!(Base64UrlUnpadded::encode_string(&vec![0xFF; bytes]));
    for (key, reason) in [
        (changed(&EC, "d", json!("AA")), "has a private part"),
        (json!({"kty": "oct", "k": "AA"}), "has a private part"),
        (json!({"kty": "oct"}), "has an unsupported type"),
        (
            changed(&EC, "crv", json!("P-384")),
            "has an unsupported type",
        ),
        (
            changed(&ED, "crv", json!("X25519")),
            "has an unsupported type",
        ),
        (changed(&ED, "use", json!("enc")), "is not for signatures"),
        (
            changed(&ED, "key_ops", json!(["sign"])),
            "is not for signatures",
        ),
        (
            changed(&ED, "alg", json!("HS256")),
            "has an alg that does not match",
        ),
        (
            changed(&EC, "alg", json!("RS256")),
            "has an alg that does not match",
        ),
        (changed(&RSA, "n", rsa_of(255)), "has a modulus"),
        (changed(&RSA, "n", rsa_of(513)), "has a modulus"),
        (changed(&RSA, "e", json!("AQ")), "has an exponent"),
        (changed(&RSA, "e", json!("AQAA")), "has an exponent"),
        (changed(&RSA, "e", json!(Value::Null)), "lacks a required"),
        (changed(&EC, "y", json!("AQ")), "has a coordinate"),
        (changed(&EC, "y", json!(zeros)), "is not a valid public key"),
        (changed(&ED, "x", json!("a=")), "lacks a required"),
    ] {
        let judged = ASSERTIONS.check_keys(&set(&[jwk("good", &ED), key]));
        let said = judged.unwrap_err();
        assert!(
            said.starts_with(&format!("key 2 of the key set {reason}")),
            "{said}"
        );
    }
}

#[test]
fn published_private_key_verifies_nothing() {
    let assertion = with_claims(&claims());
    let mut private = jwk("ed", &ED);
    private["d"] = "AA".into();
    let refused = ASSERTIONS.verify(&assertion, &set(&[private]));
    assert_eq!(refused, Err(UnreadableAssertion::NoKey));
    assert!(
        ASSERTIONS
            .verify(&assertion, &set(&[jwk("ed", &ED)]))
            .is_ok()
    );
}

#[test]
fn registered_key_set_has_1_to_20_keys() {
    let many = |count| set(&vec![jwk("k", &ED); count]);
    assert_eq!(ASSERTIONS.check_keys(&many(20)), Ok(()));
    for count in [0, 21] {
        let said = ASSERTIONS.check_keys(&many(count)).unwrap_err();
        assert_eq!(
            said,
            format!("the key set has {count} keys; it needs 1 to 20")
        );
    }
    for text in [
        "",
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":[7]}"#,
        r#"{"keys":[{}]}"#,
    ] {
        let said = ASSERTIONS.check_keys(&Jwks::new(text)).unwrap_err();
        assert!(
            said.starts_with("the key set is not a JWK Set"),
            "{text}: {said}"
        );
    }
    let long = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(Jwks::MAX_LENGTH));
    let said = ASSERTIONS.check_keys(&Jwks::new(long)).unwrap_err();
    assert_eq!(said, "the key set has more than 16384 bytes");
}

#[test]
fn key_must_match_kid_alg_and_use() {
    let assertion = with_header(&json!({"alg": "EdDSA", "kid": "ed"}));
    let fits = |change: fn(&mut Value)| {
        let mut key = jwk("ed", &ED);
        change(&mut key);
        ASSERTIONS.verify(&assertion, &set(&[key])).map(drop)
    };
    let no_key = Err(UnreadableAssertion::NoKey);
    assert_eq!(fits(|_| {}), Ok(()));
    assert_eq!(fits(|key| key["alg"] = "Ed25519".into()), Ok(()));
    assert_eq!(fits(|key| key["key_ops"] = json!(["verify"])), Ok(()));
    assert_eq!(fits(|key| key["kid"] = "other".into()), no_key);
    assert_eq!(fits(|key| key["alg"] = "ES256".into()), no_key);
    assert_eq!(fits(|key| key["use"] = "enc".into()), no_key);
    assert_eq!(fits(|key| key["key_ops"] = json!(["encrypt"])), no_key);
    assert_eq!(fits(|key| key["crv"] = "X25519".into()), no_key);
    let unreadable = ASSERTIONS.verify(&assertion, &Jwks::new("{}"));
    assert_eq!(unreadable.map(drop), no_key);
}

#[test]
fn signature_by_another_key_is_rejected() {
    let other = PrivateKey::EdDsa(Ed25519KeyPair::generate().unwrap());
    let assertion = signed_by(&other, &json!({"alg": "EdDSA"}), &claims());
    assert_eq!(verified(&assertion), Err(UnreadableAssertion::Signature));
    // The signature covers header and claims.
    let (input, signature) = with_claims(&claims())
        .rsplit_once('.')
        .map(|(input, signature)| (input.to_owned(), signature.to_owned()))
        .unwrap();
    let (header, _) = input.split_once('.').unwrap();
    let mut changed = claims();
    changed["sub"] = "other".into();
    let moved = format!("{header}.{}.{signature}", segment(&changed));
    assert_eq!(verified(&moved), Err(UnreadableAssertion::Signature));
}
