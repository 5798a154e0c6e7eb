//! Claims of the signed tokens.

use super::*;
use countersign_domain::token::token_id::Root;

#[test]
fn client_credentials_token_has_expected_claims() {
    let vault = vault();
    let ring = ring(&[key(SigningAlgorithm::EdDsa, NOW, &vault)], &vault);
    let token = access_token(&ring, SigningAlgorithm::EdDsa).unwrap();
    let decoding = DecodingKey::from_jwk(&published(&ring)[0]).unwrap();
    assert_eq!(
        verified(&token, &decoding, Algorithm::EdDSA),
        json!({
            "sub": "YOUR_CLIENT_ID",
            "aud": "YOUR_CLIENT_ID",
            "iss": "https://your-app.aero2.dev",
            "scope": "api:read api:write",
            "client_id": "YOUR_CLIENT_ID",
            "gty": "client_credentials",
            "token_use": "access",
            "iat": 1_735_686_000,
            "exp": 1_735_689_600,
            "jti": "AQEBAQEBAQEBAQEB"
        })
    );
}

#[test]
fn user_token_names_grant_and_omits_gty_and_empty_scope() {
    let vault = vault();
    let ring = ring(&[key(SigningAlgorithm::Es256, NOW, &vault)], &vault);
    let mut issuance = machine_issuance(&Scope::none());
    issuance.gty = None;
    issuance.subject = Subject::new("jane \"\\ \u{1f511}");
    let mut claims = claims_of(issuance);
    claims.token_id.root = Root::Grant(GrantId::from_bytes([2; 16]));
    let token = block_on(ring.sign_access_token(TENANT, &claims, SigningAlgorithm::Es256)).unwrap();
    let decoding = DecodingKey::from_jwk(&published(&ring)[0]).unwrap();
    assert_eq!(
        verified(&token, &decoding, Algorithm::ES256),
        json!({
            "sub": "jane \"\\ \u{1f511}",
            "aud": "YOUR_CLIENT_ID",
            "iss": "https://your-app.aero2.dev",
            "client_id": "YOUR_CLIENT_ID",
            "token_use": "access",
            "iat": 1_735_686_000,
            "exp": 1_735_689_600,
            "jti": claims.token_id.to_string()
        })
    );
}

#[test]
fn id_token_has_nonce_and_token_use_only_if_requested() {
    let vault = vault();
    let ring = ring(&[key(SigningAlgorithm::Es256, NOW, &vault)], &vault);
    let decoding = DecodingKey::from_jwk(&published(&ring)[0]).unwrap();
    let mut expected = json!({
        "iss": "https://id.example",
        "sub": "jane",
        "aud": "YOUR_CLIENT_ID",
        "iat": 1_735_686_000,
        "exp": 1_735_689_600,
        "azp": "YOUR_CLIENT_ID",
        "auth_time": 1_735_685_000,
        "acr": "urn:countersign:1fa",
        "amr": ["pwd"],
        "nonce": "n-0S6"
    });
    let signed = |claims| {
        let token = block_on(ring.sign_id_token(TENANT, &claims, SigningAlgorithm::Es256)).unwrap();
        verified(&token, &decoding, Algorithm::ES256)
    };
    assert_eq!(signed(id_claims()), expected);
    expected.as_object_mut().unwrap().remove("nonce");
    let without = id_claims_with(|_, facts| facts.nonce = None);
    assert_eq!(signed(without), expected);
    expected["nonce"] = json!("n-0S6");
    expected["token_use"] = json!("id");
    let registered = id_claims_with(|_, facts| facts.has_token_use = true);
    assert_eq!(signed(registered), expected);
}

fn jane() -> User {
    let mut profile = Profile::default();
    profile.updated_at = Some(NOW);
    profile.address = Some(Address {
        locality: Some("Bonn".into()),
        ..Address::default()
    });
    profile.set_text(StandardClaim::Locale, Some("de".into()));
    let email = Email::parse("jane@example.com").unwrap();
    User {
        email_verified: true,
        name: Some("Jane \"\\ Doe".into()),
        profile,
        ..User::new(UserId::from_bytes([8; 16]), email, NOW)
    }
}

/// Signs a token with ES256 and returns its claims and `typ`.
pub(super) fn signed_by_es256(
    sign: impl AsyncFnOnce(&KeyRing, SigningAlgorithm) -> Result<String, SigningError>,
) -> (Value, String) {
    let vault = vault();
    let ring = ring(&[key(SigningAlgorithm::Es256, NOW, &vault)], &vault);
    let token = block_on(sign(&ring, SigningAlgorithm::Es256)).unwrap();
    let decoding = DecodingKey::from_jwk(&published(&ring)[0]).unwrap();
    let header = decode_header(&token).unwrap();
    let claims = verified(&token, &decoding, Algorithm::ES256);
    (claims, header.typ.unwrap())
}

#[test]
fn multiple_audiences_are_an_array() {
    let audience = ["https://a.example", "https://b.example"].map(str::to_owned);
    let (claims, _) = signed_by_es256(async |ring, algorithm| {
        let mut issuance = machine_issuance(&Scope::none());
        issuance.audience = audience.to_vec();
        let claims = claims_of(issuance);
        ring.sign_access_token(TENANT, &claims, algorithm).await
    });
    assert_eq!(claims["aud"], json!(audience));
}

#[test]
fn id_token_has_authentication_methods_and_session() {
    let methods = Methods::NONE.with(Method::PASSKEY);
    let (claims, _) = signed_by_es256(async |ring, algorithm| {
        let claims = id_claims_with(|_, facts| {
            facts.authentication = Authentication::new(NOW, methods);
            facts.session = Some(SessionId::from_bytes([6; 16]));
        });
        ring.sign_id_token(TENANT, &claims, algorithm).await
    });
    assert_eq!(claims["acr"], "phr");
    assert_eq!(claims["amr"], json!(["pop", "user", "mfa"]));
    assert_eq!(claims["sid"], "06060606-0606-0606-0606-060606060606");
}

#[test]
fn acr_of_later_version_is_omitted_from_id_token() {
    let (claims, _) = signed_by_es256(async |ring, algorithm| {
        let claims = id_claims_with(|_, facts| facts.authentication.acr = Acr::from_rank(25));
        ring.sign_id_token(TENANT, &claims, algorithm).await
    });
    assert_eq!(claims.get("acr"), None);
    assert_eq!(claims["amr"], json!(["pwd"]));
}

#[test]
fn id_token_has_only_released_claims_with_values() {
    let jane = jane();
    let released: ClaimSet = [
        StandardClaim::Name,
        StandardClaim::Email,
        StandardClaim::EmailVerified,
        StandardClaim::UpdatedAt,
        StandardClaim::Address,
        StandardClaim::Website,
    ]
    .into_iter()
    .collect();
    let (claims, _) = signed_by_es256(async |ring, algorithm| {
        let claims = IdTokenClaims {
            user: Some((&jane, released)),
            ..id_claims()
        };
        ring.sign_id_token(TENANT, &claims, algorithm).await
    });
    assert_eq!(claims["name"], "Jane \"\\ Doe");
    assert_eq!(claims["email"], "jane@example.com");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["updated_at"], 1_735_686_000);
    assert_eq!(claims["address"], json!({"locality": "Bonn"}));
    assert_eq!((claims.get("website"), claims.get("locale")), (None, None));
    assert_eq!(claims["sub"], "jane");
}

/// Token and hash from OpenID Connect Core appendix A.3.
#[test]
fn at_hash_is_left_half_of_signature_hash() {
    let vault = vault();
    let keys = SigningAlgorithm::ASYMMETRIC.iter();
    let keys: Vec<_> = keys.map(|algorithm| key(*algorithm, NOW, &vault)).collect();
    let ring = ring(&keys, &vault);
    let claims = IdTokenClaims {
        access_token: Some("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
        ..id_claims()
    };
    let lengths = keys.iter().map(|key| {
        let token = block_on(ring.sign_id_token(TENANT, &claims, key.algorithm)).unwrap();
        let jwk: Jwk = serde_json::from_str(&ring.key(TENANT, &key.id).unwrap()).unwrap();
        let name = key.algorithm.as_str().parse().unwrap();
        let claims = verified(&token, &DecodingKey::from_jwk(&jwk).unwrap(), name);
        (
            key.algorithm,
            claims["at_hash"].as_str().unwrap().to_owned(),
        )
    });
    for (algorithm, hash) in lengths {
        match algorithm {
            SigningAlgorithm::EdDsa => assert_eq!(hash.len(), 43),
            _ => assert_eq!(hash, "77QmUPtjPfzWtF2AnpK9RQ"),
        }
    }
}

#[test]
fn session_token_has_user_session_and_token_use() {
    let (claims, token_type) = signed_by_es256(async |ring, algorithm| {
        let claims = SessionTokenClaims {
            issuer: "https://id.example",
            user: UserId::from_bytes([8; 16]),
            session: SessionId::from_bytes([6; 16]),
            issued_at: NOW,
            expires_at: NOW.plus(HOUR),
        };
        ring.sign_session_token(TENANT, &claims, algorithm).await
    });
    assert_eq!(token_type, "JWT");
    assert_eq!(
        claims,
        json!({
            "iss": "https://id.example",
            "sub": "08080808-0808-0808-0808-080808080808",
            "sid": "06060606-0606-0606-0606-060606060606",
            "iat": 1_735_686_000,
            "exp": 1_735_689_600,
            "token_use": "session"
        })
    );
}

#[test]
fn logout_token_has_event_and_no_nonce() {
    let subject = Subject::new("jane");
    let (claims, token_type) = signed_by_es256(async |ring, algorithm| {
        let claims = LogoutTokenClaims {
            issuer: "https://id.example",
            subject: &subject,
            audience: "app",
            session: SessionId::from_bytes([6; 16]),
            issued_at: NOW,
            expires_at: NOW.plus(Duration::from_secs(120)),
            token_id: TokenId {
                root: Root::Own,
                unique: [1; 12],
                mac: None,
            },
        };
        ring.sign_logout_token(TENANT, &claims, algorithm).await
    });
    assert_eq!(token_type, "logout+jwt");
    assert_eq!(
        claims,
        json!({
            "iss": "https://id.example",
            "sub": "jane",
            "aud": "app",
            "sid": "06060606-0606-0606-0606-060606060606",
            "iat": 1_735_686_000,
            "exp": 1_735_686_120,
            "jti": "AQEBAQEBAQEBAQEB",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}
        })
    );
}

#[test]
fn document_is_signed_unchanged_with_its_own_type() {
    let client = ClientId::parse("app").unwrap();
    for (document, expected) in [
        (
            Document::UserInfo(br#"{"iss":"x","exp":9999999999}"#),
            "JWT",
        ),
        (
            Document::Introspection(br#"{"iss":"x","exp":9999999999}"#),
            "token-introspection+jwt",
        ),
    ] {
        let (claims, token_type) = signed_by_es256(async |ring, algorithm| {
            ring.sign_document(TENANT, &document, &client, algorithm)
                .await
        });
        assert_eq!(token_type, expected);
        assert_eq!(claims, json!({"iss": "x", "exp": 9_999_999_999_u64}));
    }
}
