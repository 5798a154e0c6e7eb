//! Encodings from each release (`tests/golden`, one file each). The files never change. Every version decodes them, and
//! encodes them identically as long as their format is current.

#![cfg(not(feature = "test-later-version"))]
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod devices;
mod events;
mod sign_in;

use countersign_codec::{
    decode_authorization, decode_code, decode_refresh_token, decode_stored, encode_authorization,
    encode_code, encode_refresh_token, encode_stored,
};
use countersign_domain::authorize::claims_request::{RequestedClaims, StandardClaim};
use countersign_domain::client::ClientId;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::CodeChallenge;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::{GrantId, SessionId, Subject, UserId};
use countersign_domain::later::{LaterFact, LaterFacts};
use countersign_domain::login::authentication::{Acr, Authentication, Method, Methods};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;
use std::path::Path;
use std::{env, fs};

const TIME: Timestamp = Timestamp::from_unix_seconds(1_790_000_000);
const USER: UserId = UserId::from_bytes([0x22; 16]);
const GRANT: GrantId = GrantId::from_bytes([0x33; 16]);
const SESSION: SessionId = SessionId::from_bytes([0x44; 16]);

/// An authorization with all optional facts.
fn full() -> Authorization {
    let mut later = LaterFacts::none();
    later.push(LaterFact {
        tag: -300,
        value: vec![0x82, 0x01, 0x63, b'n', b'e', b'w'],
    });
    let resource = |text| Resource::parse(text).unwrap();
    Authorization {
        access: Access {
            client: ClientId::parse("notes").unwrap(),
            scope: Scope::parse("openid profile notes:read").unwrap(),
            resources: vec![resource("https://api.example/v1"), resource("urn:notes")],
            claims: RequestedClaims {
                userinfo: [StandardClaim::Email, StandardClaim::Address]
                    .into_iter()
                    .collect(),
                id_token: [StandardClaim::Name].into_iter().collect(),
            },
            later,
        },
        subject: USER.into(),
        authentication: Authentication::new(
            TIME,
            Methods::NONE
                .with(Method::PASSWORD)
                .with(Method::RECOVERY_CODE),
        ),
        session: Some(SESSION),
        bound_to_verifier: true,
    }
}

/// An authorization with only the required facts.
fn minimal() -> Authorization {
    Authorization {
        access: Access {
            client: ClientId::parse("notes").unwrap(),
            scope: Scope::none(),
            resources: vec![],
            claims: RequestedClaims::default(),
            later: LaterFacts::none(),
        },
        subject: Subject::new("jane"),
        authentication: Authentication {
            time: TIME,
            methods: Methods::NONE.with(Method::PASSWORD),
            acr: Acr::ONE_FACTOR,
        },
        session: None,
        bound_to_verifier: false,
    }
}

fn full_binding() -> CodeBinding {
    CodeBinding {
        redirect_uri: RedirectUri::parse("https://notes.example/callback").unwrap(),
        challenge: Some(CodeChallenge::from_bytes([0x55; 32])),
        nonce: Some("n-0S6".into()),
    }
}

fn minimal_binding() -> CodeBinding {
    CodeBinding {
        challenge: None,
        nonce: None,
        ..full_binding()
    }
}

fn code(authorization: Authorization, binding: CodeBinding) -> AuthorizationCode {
    AuthorizationCode::from_sealed(CodeFacts {
        grant: GRANT,
        password: binding.nonce.is_some().then(mark),
        authorization,
        binding,
        expires_at: TIME,
    })
}

fn mark() -> PasswordMark {
    PasswordMark::from_bytes([0x66; 8])
}

/// Compares an encoding with its golden file and returns the bytes of the file. If `WRITE_GOLDEN` is set, writes a
/// missing file first.
fn golden(name: &str, encoded: &[u8]) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = folder.join(name);
    if !path.exists() && env::var_os("WRITE_GOLDEN").is_some() {
        fs::write(&path, hex(encoded)).unwrap();
    }
    let text = fs::read_to_string(path).unwrap();
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let bytes = base16ct::lower::decode_vec(digits).unwrap();
    assert_eq!(hex(&bytes), hex(encoded), "{name}");
    bytes
}

/// Returns hexadecimal digits, 32 bytes per line.
fn hex(bytes: &[u8]) -> String {
    bytes
        .chunks(32)
        .map(|line| base16ct::lower::encode_string(line) + "\n")
        .collect()
}

#[test]
fn golden_authorizations_round_trip() {
    for (value, name) in [
        (full(), "authorization-full-1.hex"),
        (minimal(), "authorization-minimal-1.hex"),
    ] {
        let bytes = golden(name, &encode_authorization(&value));
        assert_eq!(decode_authorization(&bytes), Ok(value));
    }
}

#[test]
fn golden_rows_round_trip() {
    for (value, name) in [(full(), "row-full-1.hex"), (minimal(), "row-minimal-1.hex")] {
        let bytes = golden(name, &encode_stored(&value));
        let client = value.client().clone();
        let decoded = decode_stored(&bytes, client, value.subject.clone(), value.session);
        assert_eq!(decoded, Ok(value));
    }
}

#[test]
fn golden_codes_round_trip() {
    for (value, name) in [
        (code(full(), full_binding()), "code-full-1.hex"),
        (code(minimal(), minimal_binding()), "code-minimal-1.hex"),
    ] {
        let bytes = golden(name, &encode_code(&value));
        assert_eq!(decode_code(&bytes), Ok(value));
    }
}

#[test]
fn golden_refresh_tokens_round_trip() {
    for (authorization, name) in [
        (Some(full()), "refresh-token-full-1.hex"),
        (None, "refresh-token-without-authorization-1.hex"),
    ] {
        let value = RefreshToken::from_sealed(GRANT, 7, authorization);
        let bytes = golden(name, &encode_refresh_token(&value));
        assert_eq!(decode_refresh_token(GRANT, 7, &bytes), Ok(value));
    }
}
