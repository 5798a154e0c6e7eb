mod custom_claims;
mod shared_keys;

use super::*;
use crate::test_ring::{
    HOUR, NOW, TENANT, block_on, claims_of, id_claims, id_claims_with, key, key_of, machine_claims,
    machine_issuance, ring, vault,
};
use countersign_domain::identifier::{GrantId, SessionId, UserId};
use countersign_domain::scope::Scope;
use countersign_domain::token::claims::LogoutTokenClaims;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::token_id::{Root, TokenId};
use countersign_ports::{Document, SessionTokenClaims, Signer};
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::LazyLock;

/// Key ring with a key for each algorithm.
static RING: LazyLock<KeyRing> = LazyLock::new(|| {
    let vault = vault();
    let keys = SigningAlgorithm::ASYMMETRIC.iter();
    let mut keys: Vec<_> = keys.map(|algorithm| key(*algorithm, NOW, &vault)).collect();
    keys.push(key_of("YOUR_CLIENT_ID", &vault));
    ring(&keys, &vault)
});

fn session_claims() -> SessionTokenClaims<'static> {
    SessionTokenClaims {
        issuer: "https://id.example",
        user: UserId::from_bytes([8; 16]),
        session: SessionId::from_bytes([6; 16]),
        issued_at: NOW,
        expires_at: NOW.plus(HOUR),
    }
}

fn access_token(algorithm: SigningAlgorithm) -> String {
    let scope = Scope::parse("read write").unwrap();
    block_on(RING.sign_access_token(TENANT, &machine_claims(&scope), algorithm)).unwrap()
}

fn id_token(algorithm: SigningAlgorithm) -> String {
    block_on(RING.sign_id_token(TENANT, &id_claims(), algorithm)).unwrap()
}

fn session_token() -> String {
    let algorithm = SigningAlgorithm::EdDsa;
    block_on(RING.sign_session_token(TENANT, &session_claims(), algorithm)).unwrap()
}

#[test]
fn access_token_of_every_algorithm_verifies() {
    for algorithm in SigningAlgorithm::ALL {
        let shared = *algorithm == SigningAlgorithm::Hs256;
        let token = RING
            .access_token(TENANT, &access_token(*algorithm))
            .unwrap();
        assert_eq!(token.issuer, "https://your-app.aero2.dev");
        assert_eq!(token.subject.as_str(), "YOUR_CLIENT_ID");
        assert_eq!(token.audience, ["YOUR_CLIENT_ID"]);
        assert_eq!(token.client.as_str(), "YOUR_CLIENT_ID");
        assert_eq!(token.scope.as_str(), "read write");
        assert_eq!((token.issued_at, token.expires_at), (NOW, NOW.plus(HOUR)));
        assert_eq!(
            (token.token_id.root, token.token_id.unique),
            (Root::Own, [1; 12])
        );
        assert_eq!(token.token_id.mac.is_some(), shared);
    }
}

#[test]
fn verified_token_is_unknown_after_its_key_is_deleted() {
    let vault = vault();
    let keys = [key(SigningAlgorithm::Es256, NOW, &vault)];
    let own = ring(&keys, &vault);
    let scope = Scope::none();
    let token =
        block_on(own.sign_access_token(TENANT, &machine_claims(&scope), SigningAlgorithm::Es256));
    let token = token.unwrap();
    assert!(own.access_token(TENANT, &token).is_some());
    assert!(own.access_token(TENANT, &token).is_some());
    own.load(TENANT, &[], &vault, NOW).unwrap();
    assert!(own.access_token(TENANT, &token).is_none());
}

#[test]
fn token_of_another_tenant_is_unknown() {
    let other = TenantId::from_number(2).unwrap();
    let algorithm = SigningAlgorithm::EdDsa;
    let (access, id) = (access_token(algorithm), id_token(algorithm));
    assert!(RING.access_token(TENANT, &access).is_some());
    assert_eq!(RING.access_token(other, &access), None);
    assert_eq!(RING.id_token(other, &id), None);
    assert_eq!(RING.session_token(other, &session_token()), None);
}

#[test]
fn multiple_audiences_empty_scope_and_grant_round_trip() {
    let scope = Scope::none();
    let audience = [
        "https://a.example".to_owned(),
        "https://b.example".to_owned(),
    ];
    let mut issuance = machine_issuance(&scope);
    issuance.audience = audience.to_vec();
    let mut claims = claims_of(issuance);
    claims.token_id.root = Root::Grant(GrantId::from_bytes([2; 16]));
    let token = block_on(RING.sign_access_token(TENANT, &claims, SigningAlgorithm::EdDsa)).unwrap();
    let token = RING.access_token(TENANT, &token).unwrap();
    assert_eq!(token.audience, audience);
    assert_eq!(token.scope, scope);
    assert_eq!(token.token_id, claims.token_id);
}

#[test]
fn id_token_and_session_token_verify() {
    let session = Some(SessionId::from_bytes([6; 16]));
    let claims = id_claims_with(|_, facts| facts.session = session);
    let text = block_on(RING.sign_id_token(TENANT, &claims, SigningAlgorithm::Es256)).unwrap();
    let expected = IdToken {
        issuer: "https://id.example".into(),
        subject: Subject::new("jane"),
        client: ClientId::parse("YOUR_CLIENT_ID").unwrap(),
        session: Some(SessionId::from_bytes([6; 16])),
    };
    assert_eq!(RING.id_token(TENANT, &text), Some(expected));
    let claims = session_claims();
    let expected = SessionToken {
        issuer: claims.issuer.into(),
        user: claims.user,
        session: claims.session,
        expires_at: claims.expires_at,
    };
    assert_eq!(RING.session_token(TENANT, &session_token()), Some(expected));
}

/// Returns the kinds that accept a token.
fn kinds(text: &str) -> Vec<&'static str> {
    let kinds = [
        ("access", RING.access_token(TENANT, text).is_some()),
        ("id", RING.id_token(TENANT, text).is_some()),
        ("session", RING.session_token(TENANT, text).is_some()),
    ];
    let accepting = kinds.into_iter().filter(|(_, accepts)| *accepts);
    accepting.map(|(kind, _)| kind).collect()
}

fn document(document: &Document<'_>, algorithm: SigningAlgorithm) -> String {
    let client = ClientId::parse("YOUR_CLIENT_ID").unwrap();
    block_on(RING.sign_document(TENANT, document, &client, algorithm)).unwrap()
}

#[test]
fn aero2_20_token_of_one_type_is_rejected_as_another() {
    let (public, shared) = (SigningAlgorithm::EdDsa, SigningAlgorithm::Hs256);
    let id_token = |has_token_use, algorithm| {
        let session = Some(SessionId::from_bytes([6; 16]));
        let claims = id_claims_with(|_, facts| {
            facts.session = session;
            facts.has_token_use = has_token_use;
        });
        block_on(RING.sign_id_token(TENANT, &claims, algorithm)).unwrap()
    };
    let logout = LogoutTokenClaims {
        issuer: "https://id.example",
        subject: &Subject::new("jane"),
        audience: "YOUR_CLIENT_ID",
        session: SessionId::from_bytes([6; 16]),
        issued_at: NOW,
        expires_at: NOW.plus(HOUR),
        token_id: TokenId {
            root: Root::Own,
            unique: [1; 12],
            mac: None,
        },
    };
    let logout = block_on(RING.sign_logout_token(TENANT, &logout, public)).unwrap();
    let userinfo = br#"{"iss":"i","aud":"YOUR_CLIENT_ID","sub":"jane","name":"Jane"}"#;
    let userinfo = |algorithm| document(&Document::UserInfo(userinfo), algorithm);
    let introspection = br#"{"iss":"i","aud":"a","iat":1,"token_introspection":{}}"#;
    let introspection = document(&Document::Introspection(introspection), public);
    for (name, token, expected) in [
        ("access token", access_token(public), &["access"][..]),
        ("access token, HS256", access_token(shared), &["access"]),
        ("ID token", id_token(false, public), &["id"]),
        ("ID token with token_use", id_token(true, public), &["id"]),
        ("ID token, HS256", id_token(false, shared), &[]),
        ("session token", session_token(), &["session"]),
        ("logout token", logout, &[]),
        ("userinfo", userinfo(public), &[]),
        ("userinfo, HS256", userinfo(shared), &[]),
        ("introspection", introspection, &[]),
    ] {
        assert_eq!(kinds(&token), expected, "{name}");
    }
}

/// Tokens of several kinds have the header type `JWT`, so their claims must distinguish them.
#[test]
fn aero2_20_same_header_with_other_claims_is_rejected() {
    let claims = |token_use: &str| {
        format!(
            r#"{{"iss":"i","sub":"06060606-0606-0606-0606-060606060606","aud":"YOUR_CLIENT_ID",
                "client_id":"YOUR_CLIENT_ID","iat":1,"exp":2,"auth_time":1,"jti":"AQEBAQEBAQEBAQEB",
                "sid":"06060606-0606-0606-0606-060606060606"{token_use}}}"#
        )
    };
    let signed =
        |claims: &str, algorithm| document(&Document::UserInfo(claims.as_bytes()), algorithm);
    let public = |claims: &str| signed(claims, SigningAlgorithm::EdDsa);
    assert_eq!(kinds(&public(&claims(""))), ["id"]);
    assert_eq!(kinds(&public(&claims(r#","token_use":"id""#))), ["id"]);
    assert_eq!(
        kinds(&public(&claims(r#","token_use":"session""#))),
        ["session"]
    );
    // Under a published key, an access token needs the header type `at+jwt`.
    let access = claims(r#","token_use":"access""#);
    assert!(kinds(&public(&access)).is_empty());
    // Under a shared key, it needs the MAC.
    for claims in [&access, &claims(""), &claims(r#","token_use":"id""#)] {
        assert!(kinds(&signed(claims, SigningAlgorithm::Hs256)).is_empty());
    }
    for missing in [
        r#""auth_time":1,"#,
        r#","exp":2"#,
        r#""aud":"YOUR_CLIENT_ID","#,
    ] {
        let without = claims("").replace(missing, "");
        assert_ne!(without, claims(""));
        assert!(kinds(&public(&without)).is_empty(), "{missing}");
    }
}

#[test]
fn token_is_valid_until_its_key_retires() {
    let vault = vault();
    let mut key = key(SigningAlgorithm::EdDsa, NOW, &vault);
    key.retires_at = Some(NOW.plus(HOUR));
    let ring = ring(&[key], &vault);
    let scope = Scope::none();
    let claims = machine_claims(&scope);
    let token = block_on(ring.sign_access_token(TENANT, &claims, SigningAlgorithm::EdDsa)).unwrap();
    assert!(ring.access_token(TENANT, &token).is_some());
    assert!(RING.access_token(TENANT, &token).is_none());
    ring.advance(NOW.plus(HOUR));
    assert!(ring.access_token(TENANT, &token).is_none());
}

#[test]
fn algorithm_other_than_that_of_key_is_rejected() {
    let token = access_token(SigningAlgorithm::Es256);
    let (header, rest) = token.split_once('.').unwrap();
    let header = String::from_utf8(Base64UrlUnpadded::decode_vec(header).unwrap()).unwrap();
    for algorithm in ["none", "HS256", "RS256"] {
        let header = header.replace("ES256", algorithm);
        let header = Base64UrlUnpadded::encode_string(header.as_bytes());
        assert_eq!(RING.access_token(TENANT, &format!("{header}.{rest}")), None);
    }
}

proptest! {
    #[test]
    fn changed_character_makes_token_unknown(at: Index, by in "[A-Za-z0-9_.-]", algorithm in prop::sample::select(SigningAlgorithm::ALL)) {
        let mut text = access_token(algorithm);
        let index = at.index(text.len());
        prop_assume!(text[index..=index] != by);
        text.replace_range(index..=index, &by);
        prop_assert_eq!(RING.access_token(TENANT, &text), None);
    }

    #[test]
    fn verifier_never_panics_on_arbitrary_text(text in "\\PC{0,80}|[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,43}") {
        prop_assert_eq!(RING.access_token(TENANT, &text), None);
        prop_assert_eq!(RING.id_token(TENANT, &text), None);
        prop_assert_eq!(RING.session_token(TENANT, &text), None);
    }
}
