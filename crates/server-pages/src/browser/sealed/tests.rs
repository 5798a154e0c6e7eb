//! Interactions sealed by another version of the server.

use super::*;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::{PendingLogin, UpstreamLogin, UpstreamSignIn};
use countersign_domain::user::PasswordMark;

fn pending_login() -> PendingLogin {
    PendingLogin {
        login: LoginId::from_bytes([1; 16]),
        user: UserId::from_bytes([2; 16]),
        methods: Methods::from_bits(1 << 20).with(Method::PASSWORD),
        password: PasswordMark::from_bytes([3; 8]),
        session: None,
        expires_at: time(1_750_000_600),
    }
}

fn interaction() -> Interaction {
    let purpose = Purpose::Authorize("client_id=app".to_owned());
    Interaction::new(purpose, time(1_750_000_000))
}

fn reread(value: serde_json::Value) -> Interaction {
    serde_json::from_value::<Sealed>(value).unwrap().open()
}

#[test]
fn method_of_later_version_is_kept() {
    let mut interaction = interaction();
    interaction.pending = Some(Pending::SecondFactor(pending_login()));
    let written = serde_json::to_value(Sealed::of(&interaction, None)).unwrap();
    assert_eq!(reread(written).pending_login(), Some(&pending_login()));
}

#[test]
fn members_of_later_version_are_ignored() {
    let mut written = serde_json::to_value(Sealed::of(&interaction(), None)).unwrap();
    written["later"] = serde_json::json!({"a": [1]});
    written["told"] = serde_json::json!({"trouble": {"problem": "Later"}, "at": 1});
    let sealed: Sealed = serde_json::from_value(written).unwrap();
    assert!(sealed.told.is_none());
    assert_eq!(sealed.open().purpose, interaction().purpose);
}

#[test]
fn challenge_names_its_method_unless_it_is_passkey() {
    for (method, number) in [(Method::PASSKEY, None), (Method::TIME_CODE, Some(2))] {
        let mut interaction = interaction();
        interaction.pending = Some(Pending::Challenge(Challenge {
            method,
            login: LoginId::from_bytes([1; 16]),
            second_factor_of: Some(pending_login()),
            state: vec![1, 2],
            expires_at: time(1_750_000_600),
        }));
        let written = serde_json::to_value(Sealed::of(&interaction, None)).unwrap();
        let named = written["pending"]["Passkey"]["method"].as_u64();
        assert_eq!(named, number);
        let read = reread(written);
        assert!(matches!(read.pending, Some(Pending::Challenge(read)) if read.method == method));
    }
}

#[test]
fn challenge_of_later_method_is_dropped() {
    let mut written = serde_json::to_value(Sealed::of(&interaction(), None)).unwrap();
    written["pending"] = serde_json::json!({"Passkey": {
        "method": 31, "login": vec![0; 16], "second_factor": null, "state": [], "expires_at": 1
    }});
    assert!(reread(written).pending.is_none());
}

/// Golden form of a sign-up. Never change it.
#[test]
fn sign_up_of_each_version_opens() {
    let earlier = serde_json::json!({"SignUp": {
        "link": "AgICAgICAgICAgICAgICAg", "email": "mary@example.com", "expires_at": 1_750_000_600,
        "is_proved": true
    }});
    let mut later = earlier.clone();
    later["SignUp"]["is_invited"] = true.into();
    later["SignUp"]["passkey"] = vec![1, 2].into();
    let plain = SignUpLogin {
        link: LoginId::from_bytes([2; 16]),
        email: "mary@example.com".to_owned(),
        expires_at: time(1_750_000_600),
        is_proved: true,
        is_invited: false,
        passkey: None,
    };
    let invited = SignUpLogin {
        is_invited: true,
        passkey: Some(vec![1, 2]),
        ..plain.clone()
    };
    for (golden, login) in [(earlier, plain), (later, invited)] {
        let mut interaction = interaction();
        interaction.pending = Some(Pending::SignUp(login.clone()));
        let mut written = serde_json::to_value(Sealed::of(&interaction, None)).unwrap();
        assert_eq!(written["pending"], golden);
        written["pending"] = golden;
        let read = reread(written).pending;
        assert!(matches!(read, Some(Pending::SignUp(read)) if read == login));
    }
}

#[test]
fn pending_input_of_another_version_is_dropped() {
    let written = serde_json::to_value(Sealed::of(&interaction(), None)).unwrap();
    for pending in [
        serde_json::json!({"Later": {"link": "AAAA", "expires_at": 1}}),
        serde_json::json!("Later"),
        serde_json::json!({"Recovery": {"link": "AAAA"}}),
    ] {
        let mut written = written.clone();
        written["pending"] = pending;
        let opened = reread(written);
        assert!(opened.pending.is_none());
        assert_eq!(opened.purpose, interaction().purpose);
    }
}

/// The texts are those of the first version. Never change them.
#[test]
fn upstream_sign_in_is_written_and_read_as_in_first_version() {
    let provider = ProviderName::parse("corp").unwrap();
    let login = UpstreamLogin {
        provider: provider.clone(),
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
        max_age: Some(9),
        links: Some((UserId::from_bytes([2; 16]), SessionId::from_bytes([4; 16]))),
        expires_at: time(1_750_000_600),
    };
    let sign_in = UpstreamSignIn {
        user: UserId::from_bytes([2; 16]),
        provider,
        issuer: "https://idp.example".to_owned(),
        subject: "s".to_owned(),
        email: Some("jane@example.com".to_owned()),
        session: Some("sid".to_owned()),
        is_new: true,
    };
    let mut interaction = interaction();
    interaction.pending = Some(Pending::Upstream(login.clone()));
    interaction.upstream = Some(sign_in.clone());
    let written = serde_json::to_value(Sealed::of(&interaction, None)).unwrap();
    let (user, session) = ([2_u8; 16], [4_u8; 16]);
    let pending = serde_json::json!({"Upstream": {
        "provider": "corp", "nonce": "n", "verifier": "v", "max_age": 9,
        "links": [user, session], "expires_at": 1_750_000_600,
    }});
    assert_eq!(written["pending"], pending);
    let upstream = serde_json::json!({
        "user": user, "provider": "corp", "issuer": "https://idp.example", "subject": "s",
        "email": "jane@example.com", "session": "sid", "is_new": true,
    });
    assert_eq!(written["upstream"], upstream);
    let read = reread(written);
    assert!(matches!(read.pending, Some(Pending::Upstream(read)) if read == login));
    assert_eq!(read.upstream, Some(sign_in));
}
