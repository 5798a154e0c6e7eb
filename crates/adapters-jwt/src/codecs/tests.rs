use super::*;
use countersign_domain::authentication::{Authentication, Methods};
use countersign_domain::authorization_request::RequestedGrant;
use countersign_domain::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{GrantId, LoginId, SessionId, Subject, UserId};
use countersign_domain::pkce::CodeChallenge;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;
use proptest::prelude::*;
use proptest::sample::Index;

fn codecs() -> Codecs {
    codecs_of(&[MasterKeys::generate().unwrap()])
}

fn codecs_of(keys: &[String]) -> Codecs {
    Codecs::new(&MasterKeys::parse(&keys.join("\n")).unwrap())
}

fn seal_code(codecs: &Codecs, code: &AuthorizationCode) -> String {
    AuthorizationCodeCodec::seal(codecs, code)
}

fn open_code(codecs: &Codecs, text: &str) -> Option<AuthorizationCode> {
    AuthorizationCodeCodec::open(codecs, text)
}

fn seal_step(codecs: &Codecs, step: &LoginStep) -> String {
    LoginStepCodec::seal(codecs, step)
}

fn open_step(codecs: &Codecs, text: &str) -> Option<LoginStep> {
    LoginStepCodec::open(codecs, text)
}

fn requested() -> impl Strategy<Value = RequestedGrant> {
    let uri = "https://[a-z]{1,20}\\.example(:[0-9]{1,4})?/[a-z0-9/._~-]{0,200}";
    let scope = prop::collection::vec("[!#-\\[\\]-~]{1,12}", 0..6);
    let parts = (
        "[ -~]{1,255}",
        uri,
        scope,
        any::<Option<[u8; 32]>>(),
        any::<Option<String>>(),
        claims(),
        prop::collection::vec("[a-z]{1,8}:[!-!$-\\[\\]-~]{1,40}", 0..4),
    );
    parts.prop_map(
        |(client, uri, scope, challenge, nonce, claims, resources)| RequestedGrant {
            client: ClientId::parse(&client).unwrap(),
            redirect_uri: RedirectUri::parse(&uri).unwrap(),
            scope: Scope::parse(&scope.join(" ")).unwrap_or_default(),
            challenge: challenge.map(CodeChallenge::from_bytes),
            nonce,
            claims,
            resources: resources
                .iter()
                .map(|text| Resource::parse(text).unwrap())
                .collect(),
        },
    )
}

fn claims() -> impl Strategy<Value = RequestedClaims> {
    any::<(u32, u32)>().prop_map(|(userinfo, id_token)| RequestedClaims {
        userinfo: ClaimSet::from_bits(userinfo),
        id_token: ClaimSet::from_bits(id_token),
    })
}

/// A login, and when something ends.
fn times() -> impl Strategy<Value = (Authentication, Timestamp)> {
    let parts = (
        any::<u64>(),
        0..64_u8,
        any::<Option<[u8; 16]>>(),
        any::<u64>(),
    );
    parts.prop_map(|(time, methods, session, end)| {
        let authentication = Authentication {
            time: Timestamp::from_unix_seconds(time),
            methods: Methods::from_bits(methods).unwrap(),
            session: session.map(SessionId::from_bytes),
        };
        (authentication, Timestamp::from_unix_seconds(end))
    })
}

fn code() -> impl Strategy<Value = AuthorizationCode> {
    let parts = (
        any::<[u8; 16]>(),
        any::<String>(),
        requested(),
        times(),
        any::<Option<[u8; 8]>>(),
    );
    parts.prop_map(
        |(grant, subject, requested, (authentication, expires_at), password)| AuthorizationCode {
            grant: GrantId::from_bytes(grant),
            subject: Subject::new(subject),
            requested,
            authentication,
            password: password.map(PasswordMark::from_bytes),
            expires_at,
        },
    )
}

fn step() -> impl Strategy<Value = LoginStep> {
    let stage = prop_oneof![Just(LoginStage::SecondFactor), Just(LoginStage::Consent)];
    let parts = (
        any::<[u8; 16]>(),
        stage,
        any::<[u8; 16]>(),
        requested(),
        times(),
        any::<[u8; 8]>(),
    );
    parts.prop_map(
        |(login, stage, user, requested, (authentication, expires_at), password)| LoginStep {
            login: LoginId::from_bytes(login),
            stage,
            user: UserId::from_bytes(user),
            requested,
            authentication,
            password: PasswordMark::from_bytes(password),
            expires_at,
        },
    )
}

/// `text` with another character somewhere.
fn altered(text: &str, at: Index, by: char) -> Option<String> {
    let mut characters: Vec<char> = text.chars().collect();
    let character = at.get(&characters);
    if *character == by {
        return None;
    }
    characters[at.index(text.len())] = by;
    Some(characters.into_iter().collect())
}

proptest! {
    #[test]
    fn opening_after_sealing_is_the_identity(code in code(), step in step()) {
        let codecs = codecs();
        prop_assert_eq!(open_code(&codecs, &seal_code(&codecs, &code)), Some(code));
        prop_assert_eq!(open_step(&codecs, &seal_step(&codecs, &step)), Some(step));
    }

    #[test]
    fn a_changed_character_makes_a_code_and_a_step_unopenable(code in code(), step in step(), at: Index, by in "[A-Za-z0-9_-]") {
        let codecs = codecs();
        let by = by.chars().next().unwrap();
        if let Some(text) = altered(&seal_code(&codecs, &code), at, by) {
            prop_assert_eq!(open_code(&codecs, &text), None);
        }
        if let Some(text) = altered(&seal_step(&codecs, &step), at, by) {
            prop_assert_eq!(open_step(&codecs, &text), None);
        }
    }

    #[test]
    fn a_code_and_a_step_cannot_be_cut_or_lengthened(code in code(), step in step(), at: Index, more in "[A-Za-z0-9_=-]{1,4}") {
        let codecs = codecs();
        let (code, step) = (seal_code(&codecs, &code), seal_step(&codecs, &step));
        prop_assert_eq!(open_code(&codecs, &code[..at.index(code.len())]), None);
        prop_assert_eq!(open_step(&codecs, &step[..at.index(step.len())]), None);
        prop_assert_eq!(open_code(&codecs, &format!("{code}{more}")), None);
        prop_assert_eq!(open_step(&codecs, &format!("{step}{more}")), None);
    }

    #[test]
    fn no_text_makes_a_decoder_panic(text in "(auth_mfa_|auth_consent_)?(\\PC{0,80}|[A-Za-z0-9_-]{0,200})", bytes: Vec<u8>) {
        let codecs = codecs();
        prop_assert_eq!(open_code(&codecs, &text), None);
        prop_assert_eq!(open_step(&codecs, &text), None);
        prop_assert_eq!(codecs.unseal("context", &bytes), None);
    }

    #[test]
    fn damaged_facts_are_read_as_other_facts_or_not_at_all(code in code(), step in step(), at: Index, by: u8) {
        let mut bytes = write_code(&code);
        let index = at.index(bytes.len());
        bytes[index] = by;
        if let Some(read) = read_code(&bytes) {
            prop_assert_eq!(read_code(&write_code(&read)), Some(read));
        }
        let mut bytes = write_step(&step);
        bytes.push(by);
        prop_assert_eq!(read_step(step.stage, &bytes), None);
    }

    #[test]
    fn a_secret_at_rest_opens_in_its_own_context_alone(plaintext: Vec<u8>, context: String, other: String, at: Index, by in 1..=255_u8) {
        let codecs = codecs();
        let mut sealed = Vault::seal(&codecs, &context, &plaintext);
        prop_assert_eq!(codecs.unseal(&context, &sealed), Some(plaintext));
        prop_assert_eq!(codecs.unseal(&other, &sealed).is_some(), other == context);
        let index = at.index(sealed.len());
        prop_assert_eq!(codecs.unseal(&context, &sealed[..index]), None);
        sealed[index] ^= by;
        prop_assert_eq!(codecs.unseal(&context, &sealed), None);
    }

    #[test]
    fn what_a_browser_carries_opens_in_its_own_context_alone(content: Vec<u8>, context: String, other: String, at: Index, by in "[A-Za-z0-9_-]") {
        let codecs = codecs();
        let sealed = Envelopes::seal(&codecs, &context, &content);
        prop_assert_ne!(&sealed, &Envelopes::seal(&codecs, &context, &content));
        prop_assert_eq!(Envelopes::open(&codecs, &context, &sealed), Some(content.clone()));
        prop_assert_eq!(Envelopes::open(&codecs, &other, &sealed).is_some(), other == context);
        prop_assert_eq!(Envelopes::open(&self::codecs(), &context, &sealed), None);
        if let Some(text) = altered(&sealed, at, by.chars().next().unwrap()) {
            prop_assert_eq!(Envelopes::open(&codecs, &context, &text), None);
        }
        let sealed = Base64UrlUnpadded::encode_string(&Vault::seal(&codecs, &context, &content));
        prop_assert_eq!(Envelopes::open(&codecs, &context, &sealed), None);
    }

    #[test]
    fn a_master_key_opens_what_it_sealed_and_an_old_one_still_does(code in code(), step in step()) {
        let [old, new, strange] = [(); 3].map(|()| MasterKeys::generate().unwrap());
        let before = codecs_of(std::slice::from_ref(&old));
        let rest = Vault::seal(&before, "context", b"secret");
        let (sealed_code, sealed_step) = (seal_code(&before, &code), seal_step(&before, &step));
        let opened = |codecs: &Codecs| {
            (open_code(codecs, &sealed_code), open_step(codecs, &sealed_step), codecs.unseal("context", &rest))
        };
        prop_assert_eq!(opened(&codecs_of(&[strange, new.clone()])), (None, None, None));
        let after = codecs_of(&[new.clone(), old]);
        prop_assert_eq!(opened(&after), (Some(code.clone()), Some(step), Some(b"secret".to_vec())));
        let from_now_on = seal_code(&after, &code);
        prop_assert_eq!(open_code(&before, &from_now_on), None);
        prop_assert_eq!(open_code(&codecs_of(&[new]), &from_now_on), Some(code));
    }

    #[test]
    fn what_is_sealed_for_one_purpose_opens_for_no_other(code in code(), step in step()) {
        let codecs = codecs();
        let sealed_code = seal_code(&codecs, &code);
        for stage in [LoginStage::SecondFactor, LoginStage::Consent] {
            prop_assert_eq!(open_step(&codecs, &format!("{}{sealed_code}", prefix(stage))), None);
        }
        let sealed_step = seal_step(&codecs, &step);
        let body = sealed_step.strip_prefix(prefix(step.stage)).unwrap();
        prop_assert_eq!(open_code(&codecs, body), None);
        let at_rest = Vault::seal(&codecs, "", &write_code(&code));
        prop_assert_eq!(open_code(&codecs, &Base64UrlUnpadded::encode_string(&at_rest)), None);
        let as_bytes = Base64UrlUnpadded::decode_vec(&sealed_code).unwrap();
        prop_assert_eq!(codecs.unseal("", &as_bytes), None);
    }

    #[test]
    fn aries_16_a_step_is_of_the_stage_it_starts_with(step in step()) {
        let codecs = codecs();
        let (own, other) = match step.stage {
            LoginStage::SecondFactor => ("auth_mfa_", "auth_consent_"),
            LoginStage::Consent => ("auth_consent_", "auth_mfa_"),
        };
        let sealed = seal_step(&codecs, &step);
        let body = sealed.strip_prefix(own).unwrap();
        prop_assert_eq!(open_step(&codecs, &format!("{other}{body}")), None);
        prop_assert_eq!(open_step(&codecs, body), None);
    }

    #[test]
    fn two_sealings_differ_and_need_no_escaping_in_a_uri(code in code(), step in step()) {
        let codecs = codecs();
        let texts = [seal_code(&codecs, &code), seal_code(&codecs, &code), seal_step(&codecs, &step), seal_step(&codecs, &step)];
        prop_assert_ne!(&texts[0], &texts[1]);
        prop_assert_ne!(&texts[2], &texts[3]);
        let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        prop_assert!(texts.iter().all(|text| text.chars().all(unreserved)));
    }
}

#[test]
fn debug_output_shows_no_key() {
    let key = MasterKeys::generate().unwrap();
    let shown = format!("{:?}", codecs_of(std::slice::from_ref(&key)));
    assert!(shown.starts_with("Codecs { keys: MasterKeys["));
    assert!(!shown.contains(&key));
}
