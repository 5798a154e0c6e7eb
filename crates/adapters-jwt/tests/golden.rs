//! Golden vectors: values sealed by a release under the master key below, one per file in `tests/golden`. Never change
//! them: every version must open them.

#![cfg(not(feature = "test-later-version"))]
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use countersign_adapters_jwt::{Codecs, MasterKeys};
use countersign_domain::audit::batch::Batch;
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::EventPosition;
use countersign_domain::authorize::RequestedGrant;
use countersign_domain::authorize::claims_request::{RequestedClaims, StandardClaim};
use countersign_domain::client::ClientId;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::CodeChallenge;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::{GrantId, LoginId, NodeId, SessionId, UserId};
use countersign_domain::later::LaterFacts;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::login::known_device::{KnownAccount, KnownDevice};
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;
use countersign_ports::{
    AuthorizationCodeCodec, BatchCodec, Envelopes, KnownDeviceCodec, LoginStepCodec, OpenError,
    RefreshTokenCodec, RefreshTokenForm, SealedBatch, SealedBy, StoredEvent, Vault,
};
use std::fmt::Debug;
use std::path::Path;
use std::{env, fs};

const MASTER_KEY: &str = "Z29sZGVuIHZlY3RvcnMgb25seSwgbmV2ZXIgYSBrZXk";
const TENANT: TenantId = TenantId::SINGLE;
const TIME: Timestamp = Timestamp::from_unix_seconds(1_790_000_000);
const USER: UserId = UserId::from_bytes([0x22; 16]);
const GRANT: GrantId = GrantId::from_bytes([0x33; 16]);

fn codecs() -> Codecs {
    Codecs::new(&MasterKeys::parse(MASTER_KEY).unwrap())
}

fn other_tenant() -> TenantId {
    TenantId::from_number(2).unwrap()
}

fn authorization() -> Authorization {
    Authorization {
        access: Access {
            client: ClientId::parse("notes").unwrap(),
            scope: Scope::parse("openid profile notes:read").unwrap(),
            resources: vec![Resource::parse("https://api.example/v1").unwrap()],
            claims: RequestedClaims {
                userinfo: [StandardClaim::Email].into_iter().collect(),
                id_token: [StandardClaim::Name].into_iter().collect(),
            },
            later: LaterFacts::none(),
        },
        subject: USER.into(),
        authentication: Authentication::new(
            TIME,
            Methods::NONE.with(Method::PASSWORD).with(Method::TIME_CODE),
        ),
        session: Some(SessionId::from_bytes([0x44; 16])),
        bound_to_verifier: true,
    }
}

fn binding() -> CodeBinding {
    CodeBinding {
        redirect_uri: RedirectUri::parse("https://notes.example/callback").unwrap(),
        challenge: Some(CodeChallenge::from_bytes([0x55; 32])),
        nonce: Some("n-0S6".into()),
    }
}

fn code() -> AuthorizationCode {
    AuthorizationCode::from_sealed(CodeFacts {
        grant: GRANT,
        authorization: authorization(),
        binding: binding(),
        password: Some(PasswordMark::from_bytes([0x66; 8])),
        expires_at: TIME,
    })
}

fn step(stage: LoginStage) -> LoginStep {
    LoginStep {
        login: LoginId::from_bytes([0x77; 16]),
        stage,
        user: USER,
        requested: RequestedGrant::from_sealed(authorization().access, binding()),
        authentication: authorization().authentication,
        password: PasswordMark::from_bytes([0x66; 8]),
        expires_at: TIME,
    }
}

fn refresh_token(authorization: Option<Authorization>) -> RefreshToken {
    RefreshToken::from_sealed(GRANT, 7, authorization)
}

/// Returns the text of a file. With `WRITE_GOLDEN` in the environment, writes a missing file first.
fn golden(name: &str, sealed: impl FnOnce() -> String) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = folder.join(name);
    if !path.exists() && env::var_os("WRITE_GOLDEN").is_some() {
        fs::write(&path, sealed() + "\n").unwrap();
    }
    fs::read_to_string(path).unwrap().trim().into()
}

/// Checks that `text` opens to `expected`, and that other tenants and altered texts do not open.
fn opens<T: Debug + PartialEq>(
    text: &str,
    expected: &T,
    open: impl Fn(TenantId, &str) -> Result<T, OpenError>,
) {
    assert_eq!(open(TENANT, text).as_ref(), Ok(expected));
    let unknown = Err(&OpenError::Unknown);
    assert_eq!(open(other_tenant(), text).as_ref(), unknown);
    let (cut, _) = text.split_at(text.len() - 1);
    for altered in [cut, &format!("{text}A"), &format!("A{text}"), ""] {
        assert_eq!(open(TENANT, altered).as_ref(), unknown);
    }
}

#[test]
fn golden_code_opens() {
    let codecs = codecs();
    let text = golden("code-1.txt", || {
        AuthorizationCodeCodec::seal(&codecs, TENANT, &code())
    });
    opens(&text, &code(), |tenant, text| {
        AuthorizationCodeCodec::open(&codecs, tenant, text)
    });
    assert_eq!(
        LoginStepCodec::open(&codecs, TENANT, &format!("auth_consent_{text}")),
        Err(OpenError::Unknown)
    );
    assert_eq!(Envelopes::open(&codecs, TENANT, "", &text), None);
}

#[test]
fn golden_login_steps_open() {
    let codecs = codecs();
    for (stage, name) in [
        (LoginStage::SecondFactor, "step-second-factor-1.txt"),
        (LoginStage::Consent, "step-consent-1.txt"),
    ] {
        let text = golden(name, || LoginStepCodec::seal(&codecs, TENANT, &step(stage)));
        opens(&text, &step(stage), |tenant, text| {
            LoginStepCodec::open(&codecs, tenant, text)
        });
    }
}

#[test]
fn golden_refresh_tokens_open_and_reencode_unchanged() {
    let codecs = codecs();
    for (authorization, form, name) in [
        (
            Some(authorization()),
            RefreshTokenForm::Opaque,
            "refresh-token-opaque-1.txt",
        ),
        (
            Some(authorization()),
            RefreshTokenForm::Jwt,
            "refresh-token-jwt-1.txt",
        ),
        (
            None,
            RefreshTokenForm::Opaque,
            "refresh-token-without-authorization-1.txt",
        ),
    ] {
        let token = refresh_token(authorization);
        let written = codecs.encode(TENANT, &token, form);
        let text = golden(name, || written.clone());
        opens(&text, &token, |tenant, text| codecs.decode(tenant, text));
        // A retried refresh must get the same token from any node.
        assert_eq!(text, written, "{name}");
    }
}

#[test]
fn golden_envelope_opens() {
    let codecs = codecs();
    let text = golden("envelope-1.txt", || {
        Envelopes::seal(&codecs, TENANT, "visit of a browser", b"content")
    });
    let expected = b"content".to_vec();
    opens(&text, &expected, |tenant, text| {
        let opened = Envelopes::open(&codecs, tenant, "visit of a browser", text);
        opened.ok_or(OpenError::Unknown)
    });
    assert_eq!(Envelopes::open(&codecs, TENANT, "another", &text), None);
}

#[test]
fn golden_known_device_opens() {
    let codecs = codecs();
    let account = KnownAccount::from_bytes([0x88; 16]);
    let device = KnownDevice::new([0x77; 16], vec![account]);
    let text = golden("known-device-1.txt", || {
        KnownDeviceCodec::seal(&codecs, TENANT, "a browser", &device)
    });
    opens(&text, &device, |tenant, text| {
        KnownDeviceCodec::open(&codecs, tenant, "a browser", text)
    });
    let another = KnownDeviceCodec::open(&codecs, TENANT, "another browser", &text);
    assert_eq!(another, Err(OpenError::Unknown));
}

#[test]
fn golden_secret_at_rest_opens() {
    let codecs = codecs();
    let text = golden("vault-1.hex", || {
        let sealed = Vault::seal(&codecs, TENANT, "signing key k1", b"secret");
        base16ct::lower::encode_string(&sealed)
    });
    let sealed = base16ct::lower::decode_vec(&text).unwrap();
    let opened = |tenant, context| codecs.unseal(tenant, context, &sealed);
    assert_eq!(opened(TENANT, "signing key k1"), Some(b"secret".to_vec()));
    assert_eq!(opened(TENANT, "signing key k2"), None);
    assert_eq!(opened(other_tenant(), "signing key k1"), None);
}

#[test]
fn golden_batch_opens_with_its_events() {
    let codecs = codecs();
    let event = |number: u64, action: &str| StoredEvent {
        position: EventPosition {
            at: TIME,
            id: EventId {
                node: NodeId::from_bytes([0x99; 16]),
                number,
            },
        },
        action: action.into(),
        operator: None,
        target: None,
        salt: None,
        content: None,
        digest: vec![0xaa; 32],
        batch: None,
    };
    let events = [
        event(1, "client.created"),
        event(2, "client.updated"),
        event(4, "client.deleted"),
    ];
    let leaves = events.map(|event| codecs.leaf(TENANT, &event).unwrap());
    let batch = Batch {
        number: 2,
        node: NodeId::from_bytes([0x99; 16]),
        at: TIME,
        count: 3,
        root: codecs.root(&leaves),
        previous: Some([0xbb; 32]),
        is_adopted: false,
    };
    let text = golden("audit-batch-1.hex", || {
        let SealedBatch { content, mac, .. } = BatchCodec::seal(&codecs, TENANT, &batch);
        base16ct::lower::encode_string(&[mac, content].concat())
    });
    let bytes = base16ct::lower::decode_vec(&text).unwrap();
    let (mac, content) = bytes.split_at(32);
    let sealed = SealedBatch {
        number: 2,
        content: content.to_vec(),
        mac: mac.to_vec(),
    };
    let opened = BatchCodec::open(&codecs, TENANT, &sealed);
    assert_eq!(opened.sealed_by, SealedBy::Current);
    assert_eq!(opened.batch, Some(batch));
}
