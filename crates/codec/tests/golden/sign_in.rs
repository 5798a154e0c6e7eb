//! Values of a sign-in.

use super::{TIME, USER, full, full_binding, golden, mark};
use countersign_codec::{
    decode_done, decode_known_device, decode_login_step, decode_mailed_link, encode_done,
    encode_known_device, encode_login_step, encode_mailed_link,
};
use countersign_domain::authorize::RequestedGrant;
use countersign_domain::authorize::next_step::Done;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::known_device::{KnownAccount, KnownDevice};
use countersign_domain::login::mailed_link::{LinkPurpose, MailedLink};
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::secret::SecretDigest;

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

#[test]
fn golden_login_step_round_trips() {
    let bytes = golden("sign_in/login-step-1.hex", &encode_login_step(&step()));
    assert_eq!(decode_login_step(LoginStage::Consent, &bytes), Ok(step()));
}

#[test]
fn golden_completed_steps_round_trip() {
    let done = Done {
        logged_in: true,
        selected: true,
        consented: true,
    };
    let bytes = golden("sign_in/done-2.hex", &encode_done(done, TIME));
    assert_eq!(decode_done(&bytes), Ok((done, TIME)));
}

#[test]
fn golden_known_device_round_trips() {
    let accounts = [[0x88; 16], [0x99; 16]].map(KnownAccount::from_bytes);
    let device = KnownDevice::new([0x77; 16], accounts.to_vec());
    let bytes = golden("sign_in/known-device-1.hex", &encode_known_device(&device));
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
    let of = |purpose, name| {
        (
            MailedLink {
                purpose,
                ..full.clone()
            },
            name,
        )
    };
    for (value, name) in [
        of(LinkPurpose::ADDRESS, "sign_in/mailed-link-address-1.hex"),
        of(LinkPurpose::ADDRESS_UNDO, "sign_in/mailed-link-undo-1.hex"),
        of(LinkPurpose::SIGN_UP, "sign_in/mailed-link-sign-up-1.hex"),
        (minimal, "sign_in/mailed-link-minimal-1.hex"),
        (full.clone(), "sign_in/mailed-link-full-1.hex"),
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
