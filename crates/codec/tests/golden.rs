//! Encodings from each release (`tests/golden`, one file each). The files never change. Every version decodes them, and
//! encodes them identically as long as their format is current.

#![cfg(not(feature = "test-later-version"))]
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use countersign_codec::{
    decode_authorization, decode_batch, decode_code, decode_done, decode_event,
    decode_known_device, decode_login_step, decode_mailed_link, decode_refresh_token,
    decode_stored, decode_webhook_delivery, encode_authorization, encode_batch, encode_code,
    encode_done, encode_event, encode_known_device, encode_login_step, encode_mailed_link,
    encode_refresh_token, encode_stored, encode_webhook_delivery,
};
use countersign_domain::audit::batch::Batch;
use countersign_domain::audit::event::{Action, Event, EventContext, EventId, FieldChange, Party};
use countersign_domain::authorize::RequestedGrant;
use countersign_domain::authorize::claims_request::{RequestedClaims, StandardClaim};
use countersign_domain::authorize::next_step::Done;
use countersign_domain::client::ClientId;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::CodeChallenge;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::{GrantId, LoginId, NodeId, SessionId, Subject, UserId};
use countersign_domain::later::{LaterFact, LaterFacts};
use countersign_domain::login::authentication::{Acr, Authentication, Method, Methods};
use countersign_domain::login::known_device::{KnownAccount, KnownDevice};
use countersign_domain::login::mailed_link::{LinkPurpose, MailedLink};
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;
use countersign_domain::webhook::delivery::{
    DeadLetter, Delivery, EventPlace, OrderingKey, Waiting,
};
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

fn step() -> LoginStep {
    LoginStep {
        login: LoginId::from_bytes([0x77; 16]),
        stage: LoginStage::Consent,
        user: USER,
        requested: RequestedGrant::from_sealed(full().access, full_binding()),
        authentication: full().authentication,
        password: mark(),
        expires_at: TIME,
    }
}

fn event() -> Event {
    let change = |field: &'static str, before: Option<&str>, after: Option<&str>| FieldChange {
        field: field.into(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    Event {
        id: EventId {
            node: NodeId::from_bytes([0x88; 16]),
            number: 300,
        },
        at: TIME,
        action: Action::CLIENT_UPDATED,
        operator: Party::new("command_line", "root"),
        target: Party::new("client", "notes"),
        changes: vec![
            change("scope", Some("read"), Some("read write")),
            change("jwks", None, Some("..")),
            change("audience", Some("urn:notes"), None),
        ],
        address: Some([192, 0, 2, 7].into()),
        request: Some("req-1".into()),
        context: EventContext::default(),
    }
}

fn refused_event() -> Event {
    Event {
        context: EventContext {
            client: Some("web".into()),
            session: Some(SessionId::from_bytes([0x99; 16])),
            roles: vec!["auditor".into(), "support".into()],
            refusal: Some("permission_missing".into()),
        },
        ..event()
    }
}

fn minimal_event() -> Event {
    Event {
        changes: vec![],
        address: None,
        request: None,
        ..event()
    }
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
fn golden_login_step_round_trips() {
    let bytes = golden("login-step-1.hex", &encode_login_step(&step()));
    assert_eq!(decode_login_step(LoginStage::Consent, &bytes), Ok(step()));
}

#[test]
fn golden_completed_steps_round_trip() {
    let done = Done {
        logged_in: true,
        selected: true,
        consented: true,
    };
    let bytes = golden("done-2.hex", &encode_done(done, TIME));
    assert_eq!(decode_done(&bytes), Ok((done, TIME)));
}

#[test]
fn golden_known_device_round_trips() {
    let accounts = [[0x88; 16], [0x99; 16]].map(KnownAccount::from_bytes);
    let device = KnownDevice::new([0x77; 16], accounts.to_vec());
    let bytes = golden("known-device-1.hex", &encode_known_device(&device));
    assert_eq!(decode_known_device(&bytes), Ok(device));
}

#[test]
fn golden_mailed_links_round_trip() {
    let full = MailedLink {
        purpose: LinkPurpose::SECURE,
        user: Some(USER),
        email: "jane@example.com".into(),
        secret: SecretDigest::from_bytes([0xbb; 32]),
        code: SecretDigest::from_bytes([0xcc; 32]),
        state: [0xdd; 8],
        data: vec![1, 2, 3],
    };
    let minimal = MailedLink {
        purpose: LinkPurpose::RECOVERY,
        user: None,
        data: Vec::new(),
        ..full.clone()
    };
    for (value, name) in [
        (full, "mailed-link-full-1.hex"),
        (minimal, "mailed-link-minimal-1.hex"),
    ] {
        let bytes = golden(name, &encode_mailed_link(&value));
        let decoded = decode_mailed_link(&bytes).unwrap();
        assert_eq!(
            (
                decoded.purpose,
                decoded.user,
                &decoded.email,
                decoded.state,
                &decoded.data
            ),
            (
                value.purpose,
                value.user,
                &value.email,
                value.state,
                &value.data
            )
        );
        assert!(decoded.secret.is(&value.secret) && decoded.code.is(&value.code));
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

#[test]
fn golden_batch_round_trips() {
    let first = Batch {
        number: 1,
        node: NodeId::from_bytes([0x88; 16]),
        at: TIME,
        count: 3,
        root: [0x99; 32],
        previous: None,
        is_adopted: false,
    };
    let later = Batch {
        number: 1000,
        previous: Some([0xaa; 32]),
        is_adopted: true,
        ..first.clone()
    };
    let tenant = TenantId::from_number(7).unwrap();
    let bytes = golden("batch-full-1.hex", &encode_batch(tenant, &later));
    assert_eq!(decode_batch(&bytes), Ok((tenant, later)));
    let encoded = encode_batch(tenant, &first);
    assert_eq!(decode_batch(&encoded), Ok((tenant, first)));
}

#[test]
fn golden_events_round_trip() {
    let tenant = TenantId::from_number(7).unwrap();
    for (value, name) in [
        (event(), "events/full-1.hex"),
        (refused_event(), "events/full-2.hex"),
        (minimal_event(), "events/minimal-1.hex"),
    ] {
        let bytes = golden(name, &encode_event(tenant, &value));
        assert_eq!(decode_event(&bytes), Ok((tenant, value)));
    }
}

#[test]
fn golden_webhook_delivery_round_trips() {
    let place = |batch, number| EventPlace {
        batch,
        id: EventId {
            node: NodeId::from_bytes([0x88; 16]),
            number,
        },
    };
    let new = Delivery::new(999, TIME);
    let full = Delivery {
        replayed: 4,
        failures: 12,
        waiting: vec![
            Waiting {
                place: place(998, 7),
                ordering_key: OrderingKey(u64::MAX),
                attempts: 2,
                due: TIME,
            },
            Waiting {
                place: place(999, 8),
                ordering_key: OrderingKey(1),
                attempts: 0,
                due: Timestamp::from_unix_seconds(1_790_000_300),
            },
        ],
        dead: vec![DeadLetter {
            place: place(12, 3),
            ordering_key: OrderingKey(5),
            action: "user.created".to_owned(),
            attempts: 10,
            died_at: TIME,
            reason: "the receiver responded with status 500".to_owned(),
        }],
        ..new.clone()
    };
    for (name, value) in [
        ("webhooks/delivery-new-2.hex", new),
        ("webhooks/delivery-full-2.hex", full),
    ] {
        let bytes = golden(name, &encode_webhook_delivery(&value));
        assert_eq!(decode_webhook_delivery(&bytes), Ok(value));
    }
}
