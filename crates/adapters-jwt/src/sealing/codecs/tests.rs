use super::*;
use countersign_codec::FORMAT_GENERATION;
use proptest::prelude::*;
use proptest::sample::Index;
use values::{code, step};

mod values;

const TENANT: TenantId = TenantId::SINGLE;
const UNKNOWN: OpenError = OpenError::Unknown;

fn other_tenant() -> TenantId {
    TenantId::from_number(2).unwrap()
}

fn codecs() -> Codecs {
    codecs_of(&[MasterKeys::generate().unwrap()])
}

fn codecs_of(keys: &[String]) -> Codecs {
    Codecs::new(&MasterKeys::parse(&keys.join("\n")).unwrap())
}

fn seal_code(codecs: &Codecs, code: &AuthorizationCode) -> String {
    AuthorizationCodeCodec::seal(codecs, TENANT, code)
}

fn open_code(codecs: &Codecs, text: &str) -> Result<AuthorizationCode, OpenError> {
    AuthorizationCodeCodec::open(codecs, TENANT, text)
}

fn seal_step(codecs: &Codecs, step: &LoginStep) -> String {
    LoginStepCodec::seal(codecs, TENANT, step)
}

fn open_step(codecs: &Codecs, text: &str) -> Result<LoginStep, OpenError> {
    LoginStepCodec::open(codecs, TENANT, text)
}

/// Adds an entry to an encoded map: `true` under a two-byte tag.
fn with_tag(bytes: &[u8], tag: [u8; 2]) -> Vec<u8> {
    let (head, rest) = bytes.split_first().unwrap();
    [&[head + 1], rest, &tag, &[0xF5]].concat()
}

/// Tags 200 and -200, which no version uses.
const CRITICAL: [u8; 2] = [0x18, 200];
const IGNORABLE: [u8; 2] = [0x38, 199];

/// Replaces one character of `text`. Returns `None` if it was `by` already.
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
    fn sealed_code_and_step_open_unchanged(code in code(), step in step()) {
        let codecs = codecs();
        prop_assert_eq!(open_code(&codecs, &seal_code(&codecs, &code)), Ok(code));
        prop_assert_eq!(open_step(&codecs, &seal_step(&codecs, &step)), Ok(step));
    }

    #[test]
    fn changed_character_invalidates_code_and_step(code in code(), step in step(), at: Index, by in "[A-Za-z0-9_-]") {
        let codecs = codecs();
        let by = by.chars().next().unwrap();
        if let Some(text) = altered(&seal_code(&codecs, &code), at, by) {
            prop_assert_eq!(open_code(&codecs, &text), Err(UNKNOWN));
        }
        if let Some(text) = altered(&seal_step(&codecs, &step), at, by) {
            prop_assert_eq!(open_step(&codecs, &text), Err(UNKNOWN));
        }
    }

    #[test]
    fn truncated_or_extended_code_and_step_are_unknown(code in code(), step in step(), at: Index, more in "[A-Za-z0-9_=-]{1,4}") {
        let codecs = codecs();
        let (code, step) = (seal_code(&codecs, &code), seal_step(&codecs, &step));
        prop_assert_eq!(open_code(&codecs, &code[..at.index(code.len())]), Err(UNKNOWN));
        prop_assert_eq!(open_step(&codecs, &step[..at.index(step.len())]), Err(UNKNOWN));
        prop_assert_eq!(open_code(&codecs, &format!("{code}{more}")), Err(UNKNOWN));
        prop_assert_eq!(open_step(&codecs, &format!("{step}{more}")), Err(UNKNOWN));
    }

    #[test]
    fn decoders_never_panic_on_arbitrary_text(text in "(auth_mfa_|auth_consent_)?(\\PC{0,80}|[A-Za-z0-9_-]{0,200})", bytes: Vec<u8>) {
        let codecs = codecs();
        prop_assert_eq!(open_code(&codecs, &text), Err(UNKNOWN));
        prop_assert_eq!(open_step(&codecs, &text), Err(UNKNOWN));
        prop_assert_eq!(codecs.unseal(TENANT, "context", &bytes), None);
    }

    #[test]
    fn unknown_critical_tag_is_later_and_ignorable_one_is_accepted(code in code(), step in step()) {
        let codecs = codecs();
        let sealed_code = |content: &[u8]| codecs.seal_text(Purpose::Code, TENANT, "", content).unwrap();
        let sealed_step = |content: &[u8]| {
            let prefix = prefix(step.stage);
            let sealed = codecs.seal_text(Purpose::Step, TENANT, prefix, content).unwrap();
            format!("{prefix}{sealed}")
        };
        let (encoded_code, encoded_step) = (encode_code(&code), encode_login_step(&step));
        for (tag, code, step) in [
            (CRITICAL, Err(OpenError::Later), Err(OpenError::Later)),
            (IGNORABLE, Ok(code.clone()), Ok(step.clone())),
        ] {
            prop_assert_eq!(open_code(&codecs, &sealed_code(&with_tag(&encoded_code, tag))), code);
            prop_assert_eq!(open_step(&codecs, &sealed_step(&with_tag(&encoded_step, tag))), step);
        }
        let extended = [&encoded_code[..], &[0]].concat();
        prop_assert_eq!(open_code(&codecs, &sealed_code(&extended)), Err(UNKNOWN));
        let cut = &encoded_step[..encoded_step.len() - 1];
        prop_assert_eq!(open_step(&codecs, &sealed_step(cut)), Err(UNKNOWN));
    }

    #[test]
    fn value_of_another_tenant_is_unknown(code in code(), step in step(), content: Vec<u8>) {
        let codecs = codecs();
        let other = other_tenant();
        let (sealed_code, sealed_step) = (seal_code(&codecs, &code), seal_step(&codecs, &step));
        prop_assert_eq!(AuthorizationCodeCodec::open(&codecs, other, &sealed_code), Err(UNKNOWN));
        prop_assert_eq!(LoginStepCodec::open(&codecs, other, &sealed_step), Err(UNKNOWN));
        let envelope = Envelopes::seal(&codecs, TENANT, "context", &content);
        prop_assert_eq!(Envelopes::open(&codecs, other, "context", &envelope), None);
        let at_rest = Vault::seal(&codecs, TENANT, "context", &content);
        prop_assert_eq!(codecs.unseal(other, "context", &at_rest), None);
    }

    #[test]
    fn secret_at_rest_opens_only_in_its_context(plaintext: Vec<u8>, context: String, other: String, at: Index, by in 1..=255_u8) {
        let codecs = codecs();
        let mut sealed = Vault::seal(&codecs, TENANT, &context, &plaintext);
        prop_assert_eq!(codecs.unseal(TENANT, &context, &sealed), Some(plaintext));
        prop_assert_eq!(codecs.unseal(TENANT, &other, &sealed).is_some(), other == context);
        let index = at.index(sealed.len());
        prop_assert_eq!(codecs.unseal(TENANT, &context, &sealed[..index]), None);
        sealed[index] ^= by;
        prop_assert_eq!(codecs.unseal(TENANT, &context, &sealed), None);
    }

    #[test]
    fn envelope_opens_only_in_its_context(content: Vec<u8>, context: String, other: String, at: Index, by in "[A-Za-z0-9_-]") {
        let codecs = codecs();
        let sealed = Envelopes::seal(&codecs, TENANT, &context, &content);
        prop_assert_ne!(&sealed, &Envelopes::seal(&codecs, TENANT, &context, &content));
        prop_assert_eq!(Envelopes::open(&codecs, TENANT, &context, &sealed), Some(content.clone()));
        prop_assert_eq!(Envelopes::open(&codecs, TENANT, &other, &sealed).is_some(), other == context);
        prop_assert_eq!(Envelopes::open(&self::codecs(), TENANT, &context, &sealed), None);
        if let Some(text) = altered(&sealed, at, by.chars().next().unwrap()) {
            prop_assert_eq!(Envelopes::open(&codecs, TENANT, &context, &text), None);
        }
        let sealed = Base64UrlUnpadded::encode_string(&Vault::seal(&codecs, TENANT, &context, &content));
        prop_assert_eq!(Envelopes::open(&codecs, TENANT, &context, &sealed), None);
    }

    #[test]
    fn previous_master_key_opens_old_values_but_never_seals(code in code(), step in step()) {
        let [old, new, strange] = [(); 3].map(|()| MasterKeys::generate().unwrap());
        let before = codecs_of(std::slice::from_ref(&old));
        let rest = Vault::seal(&before, TENANT, "context", b"secret");
        let (sealed_code, sealed_step) = (seal_code(&before, &code), seal_step(&before, &step));
        let opened = |codecs: &Codecs| {
            (open_code(codecs, &sealed_code), open_step(codecs, &sealed_step), codecs.unseal(TENANT, "context", &rest))
        };
        prop_assert_eq!(opened(&codecs_of(&[strange, new.clone()])), (Err(UNKNOWN), Err(UNKNOWN), None));
        let after = codecs_of(&[new.clone(), old]);
        prop_assert_eq!(opened(&after), (Ok(code.clone()), Ok(step), Some(b"secret".to_vec())));
        let from_now_on = seal_code(&after, &code);
        prop_assert_eq!(open_code(&before, &from_now_on), Err(UNKNOWN));
        prop_assert_eq!(open_code(&codecs_of(&[new]), &from_now_on), Ok(code));
    }

    #[test]
    fn value_sealed_for_one_purpose_opens_for_no_other(code in code(), step in step()) {
        let codecs = codecs();
        let sealed_code = seal_code(&codecs, &code);
        for stage in [LoginStage::SecondFactor, LoginStage::Consent] {
            prop_assert_eq!(open_step(&codecs, &format!("{}{sealed_code}", prefix(stage))), Err(UNKNOWN));
        }
        let sealed_step = seal_step(&codecs, &step);
        let body = sealed_step.strip_prefix(prefix(step.stage)).unwrap();
        prop_assert_eq!(open_code(&codecs, body), Err(UNKNOWN));
        let at_rest = Vault::seal(&codecs, TENANT, "", &encode_code(&code));
        prop_assert_eq!(open_code(&codecs, &Base64UrlUnpadded::encode_string(&at_rest)), Err(UNKNOWN));
        let as_bytes = Base64UrlUnpadded::decode_vec(&sealed_code).unwrap();
        prop_assert_eq!(codecs.unseal(TENANT, "", &as_bytes), None);
    }

    #[test]
    fn aries_16_step_opens_only_for_its_stage(step in step()) {
        let codecs = codecs();
        let (own, other) = match step.stage {
            LoginStage::SecondFactor => ("auth_mfa_", "auth_consent_"),
            LoginStage::Consent => ("auth_consent_", "auth_mfa_"),
        };
        let sealed = seal_step(&codecs, &step);
        let body = sealed.strip_prefix(own).unwrap();
        prop_assert_eq!(open_step(&codecs, &format!("{other}{body}")), Err(UNKNOWN));
        prop_assert_eq!(open_step(&codecs, body), Err(UNKNOWN));
    }

    #[test]
    fn sealing_is_randomized_and_needs_no_uri_escaping(code in code(), step in step()) {
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

#[test]
fn common_generation_starts_at_first_and_is_shared_by_clones() {
    let codecs = codecs();
    assert_eq!(codecs.common_generation(), 1);
    codecs.clone().set_common_generation(4);
    assert_eq!(codecs.common_generation(), 4);
}

#[test]
fn only_nodes_from_generation_of_session_secrets_understand_them() {
    let codecs = codecs();
    let generation = FormatGeneration::SESSION_SECRETS;
    assert!(!codecs.all_nodes_understand(generation));
    codecs.set_common_generation(FORMAT_GENERATION);
    assert!(codecs.all_nodes_understand(generation));
}
