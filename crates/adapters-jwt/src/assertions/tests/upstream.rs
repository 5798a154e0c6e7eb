//! Tokens of upstream providers.

use super::{ASSERTIONS, EC, ED, RSA, all_keys, claims, jwk, segment, set, signed_by};
use countersign_ports::{UnreadableAssertion, UpstreamJwts};
use serde_json::json;

fn verify(jwt: &str) -> Result<String, UnreadableAssertion> {
    let verified = UpstreamJwts::verify(&ASSERTIONS, jwt, &all_keys());
    verified.map(|own| own.algorithm)
}

#[test]
fn jwt_of_known_type_verifies_with_its_payload() {
    for (key, alg) in [(&RSA, "RS256"), (&EC, "ES256"), (&ED, "EdDSA")] {
        for typ in [json!(null), json!("JWT"), json!("logout+jwt")] {
            let mut header = json!({"alg": alg});
            if typ.is_string() {
                header["typ"] = typ;
            }
            let jwt = signed_by(key, &header, &claims());
            assert_eq!(verify(&jwt).unwrap(), alg);
            let verified = UpstreamJwts::verify(&ASSERTIONS, &jwt, &all_keys()).unwrap();
            let payload: serde_json::Value = serde_json::from_slice(&verified.payload).unwrap();
            assert_eq!(payload, claims());
        }
    }
}

#[test]
fn jwt_of_other_type_or_algorithm_is_malformed() {
    for header in [
        json!({"alg": "ES256", "typ": "at+jwt"}),
        json!({"alg": "ES256", "typ": "client-authentication+jwt"}),
        json!({"alg": "ES256", "crit": ["b64"], "b64": false}),
        json!({"alg": "ES256", "cty": "JWT"}),
        json!({"alg": "HS256"}),
        json!({"alg": "none"}),
    ] {
        let jwt = signed_by(&EC, &header, &claims());
        assert_eq!(
            verify(&jwt),
            Err(UnreadableAssertion::Malformed),
            "{header}"
        );
    }
    let unsigned = format!(
        "{}.{}.",
        segment(&json!({"alg": "none"})),
        segment(&claims())
    );
    assert_eq!(verify(&unsigned), Err(UnreadableAssertion::Malformed));
}

#[test]
fn jwt_of_other_key_is_refused() {
    let header = json!({"alg": "ES256", "kid": "ec"});
    let jwt = signed_by(&EC, &header, &claims());
    let without = set(&[jwk("rsa", &RSA)]);
    let missing = UpstreamJwts::verify(&ASSERTIONS, &jwt, &without);
    assert_eq!(missing.err(), Some(UnreadableAssertion::NoKey));
    let (input, signature) = jwt.rsplit_once('.').unwrap();
    let (head, _) = input.split_once('.').unwrap();
    let mut changed = claims();
    changed["sub"] = json!("other");
    let forged = format!("{head}.{}.{signature}", segment(&changed));
    assert_eq!(verify(&forged), Err(UnreadableAssertion::Signature));
}
