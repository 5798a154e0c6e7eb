use super::*;
use countersign_domain::authorize::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::client::ClientId;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::identifier::{SessionId, Subject};
use countersign_domain::later::LaterFacts;
use countersign_domain::login::authentication::{Acr, Authentication, Methods};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use jsonwebtoken::{Algorithm, decode_header};
use proptest::prelude::*;
use proptest::sample::Index;

const TENANT: TenantId = TenantId::SINGLE;
const UNKNOWN: OpenError = OpenError::Unknown;
const FORMS: [RefreshTokenForm; 2] = [RefreshTokenForm::Opaque, RefreshTokenForm::Jwt];
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn keys() -> MasterKeys {
    MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap()
}

/// A token with an authorization that is short enough to embed.
fn token() -> impl Strategy<Value = RefreshToken> {
    let parts = ("\\PC{0,40}", any::<([u8; 16], u32, u64, bool)>());
    parts.prop_map(|(subject, (grant, generation, auth_time, bound))| {
        let authorization = Authorization {
            access: Access {
                client: ClientId::parse("client_0123456789abcdef").unwrap(),
                scope: if bound {
                    Scope::parse("openid read").unwrap()
                } else {
                    Scope::none()
                },
                resources: bound
                    .then(|| Resource::parse("https://api.example").unwrap())
                    .into_iter()
                    .collect(),
                claims: RequestedClaims {
                    userinfo: ClaimSet::from_bits(generation),
                    id_token: ClaimSet::NONE,
                },
                later: LaterFacts::none(),
            },
            subject: Subject::new(subject),
            authentication: Authentication {
                time: Timestamp::from_unix_seconds(auth_time),
                methods: Methods::from_bits(generation),
                acr: Acr::from_rank(grant[0]),
            },
            session: bound.then(|| SessionId::from_bytes(grant)),
            bound_to_verifier: bound,
        };
        RefreshToken::from_sealed(GrantId::from_bytes(grant), generation, Some(authorization))
    })
}

fn form() -> impl Strategy<Value = RefreshTokenForm> {
    prop::sample::select(&FORMS)
}

proptest! {
    #[test]
    fn encoded_token_decodes_unchanged(token in token(), form in form()) {
        let keys = keys();
        prop_assert_eq!(decode(&keys, TENANT, &encode(keys.current(), TENANT, &token, form).unwrap()), Ok(token));
    }

    #[test]
    fn encoding_is_deterministic(token in token(), form in form()) {
        let keys = keys();
        prop_assert_eq!(encode(keys.current(), TENANT, &token, form).unwrap(), encode(keys.current(), TENANT, &token, form).unwrap());
    }

    #[test]
    fn changed_character_invalidates_token(token in token(), form in form(), at: Index, by in "[A-Za-z0-9_.-]") {
        let keys = keys();
        let mut text = encode(keys.current(), TENANT, &token, form).unwrap();
        let index = at.index(text.len());
        prop_assume!(text[index..=index] != by);
        text.replace_range(index..=index, &by);
        prop_assert_eq!(decode(&keys, TENANT, &text), Err(UNKNOWN));
    }

    #[test]
    fn truncated_or_extended_token_is_unknown(token in token(), form in form(), at: Index, more in "[A-Za-z0-9_.=-]{1,4}") {
        let keys = keys();
        let text = encode(keys.current(), TENANT, &token, form).unwrap();
        prop_assert_eq!(decode(&keys, TENANT, &text[..at.index(text.len())]), Err(UNKNOWN));
        prop_assert_eq!(decode(&keys, TENANT, &format!("{text}{more}")), Err(UNKNOWN));
    }

    #[test]
    fn token_has_only_one_encoding(token in token(), form in form()) {
        let keys = keys();
        let text = encode(keys.current(), TENANT, &token, form).unwrap();
        // The last character may have unused bits.
        let (rest, last) = text.split_at(text.len() - 1);
        let value = ALPHABET.find(last).unwrap();
        for other in (0..4).map(|bits| (value & !3) | bits).filter(|other| *other != value) {
            let spelling = format!("{rest}{}", &ALPHABET[other..=other]);
            prop_assert_eq!(decode(&keys, TENANT, &spelling), Err(UNKNOWN));
        }
    }

    #[test]
    fn token_decodes_only_with_its_current_or_previous_master_key(token in token(), form in form()) {
        let [old, new, strange] = [(); 3].map(|()| MasterKeys::generate().unwrap());
        let text = encode(MasterKeys::parse(&old).unwrap().current(), TENANT, &token, form).unwrap();
        let decoded = |lines: [&str; 2]| decode(&MasterKeys::parse(&lines.join("\n")).unwrap(), TENANT, &text);
        prop_assert_eq!(decoded([&new, &old]), Ok(token));
        prop_assert_eq!(decoded([&new, &strange]), Err(UNKNOWN));
    }

    #[test]
    fn token_of_another_tenant_is_unknown(token in token(), form in form()) {
        let keys = keys();
        let text = encode(keys.current(), TENANT, &token, form).unwrap();
        let other = TenantId::from_number(2).unwrap();
        prop_assert_eq!(decode(&keys, other, &text), Err(UNKNOWN));
    }

    #[test]
    fn token_sealed_for_one_form_is_unknown_in_other(token in token()) {
        let keys = keys();
        let sealed = |form| seal(keys.current(), TENANT, &token, form).unwrap();
        prop_assert_eq!(decode(&keys, TENANT, &Base64UrlUnpadded::encode_string(&sealed(RefreshTokenForm::Jwt))), Err(UNKNOWN));
        prop_assert_eq!(decode(&keys, TENANT, &jwt(keys.current(), &sealed(RefreshTokenForm::Opaque))), Err(UNKNOWN));
    }

    #[test]
    fn token_body_cannot_be_moved_to_another_generation(token in token(), form in form(), generation: u32) {
        prop_assume!(generation != token.generation());
        let keys = keys();
        let mut sealed = seal(keys.current(), TENANT, &token, form).unwrap();
        sealed[ID_LENGTH + 16..ID_LENGTH + NAME_LENGTH].copy_from_slice(&generation.to_be_bytes());
        prop_assert!(open(&keys, TENANT, &sealed, form).is_none());
    }

    #[test]
    fn decoder_never_panics_on_arbitrary_text(text in "\\PC{0,80}|[A-Za-z0-9_-]{75}|[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,43}") {
        prop_assert_eq!(decode(&keys(), TENANT, &text), Err(UNKNOWN));
    }
}

fn authorization(scope: Scope) -> Authorization {
    Authorization {
        access: Access {
            client: ClientId::parse("client").unwrap(),
            scope,
            resources: Vec::new(),
            claims: RequestedClaims::default(),
            later: LaterFacts::none(),
        },
        subject: Subject::new("jane@example.com"),
        authentication: Authentication::new(Timestamp::from_unix_seconds(0), Methods::NONE),
        session: None,
        bound_to_verifier: true,
    }
}

#[test]
fn long_authorization_is_left_out_of_token() {
    let keys = keys();
    for form in FORMS {
        let round_trip = |length: usize| {
            let scope = Scope::parse(&"s".repeat(length)).unwrap();
            let grant = GrantId::from_bytes([7; 16]);
            let token = RefreshToken::from_sealed(grant, 9, Some(authorization(scope)));
            let text = encode(keys.current(), TENANT, &token, form).unwrap();
            let decoded = decode(&keys, TENANT, &text).unwrap();
            assert_eq!((decoded.grant(), decoded.generation()), (grant, 9));
            (decoded == token, text.len())
        };
        let (travels, long) = round_trip(450);
        assert!(travels);
        let (travels, short) = round_trip(520);
        assert!(!travels && short < long);
    }
}

#[test]
fn unknown_critical_tag_is_later_and_ignorable_one_is_accepted() {
    let keys = keys();
    let sealed = |body: &[u8], form| {
        let name = (GrantId::from_bytes([7; 16]), 9);
        let sealed = seal_body(keys.current(), TENANT, name, body, form).unwrap();
        match form {
            RefreshTokenForm::Opaque => Base64UrlUnpadded::encode_string(&sealed),
            RefreshTokenForm::Jwt => jwt(keys.current(), &sealed),
        }
    };
    let without_authorization = RefreshToken::from_sealed(GrantId::from_bytes([7; 16]), 9, None);
    for form in FORMS {
        let decoded = |body: &[u8]| decode(&keys, TENANT, &sealed(body, form));
        assert_eq!(decoded(&[0xA0]), Ok(without_authorization.clone()));
        // Tags 200 and -200, each with the value `true`.
        assert_eq!(decoded(&[0xA1, 0x18, 200, 0xF5]), Err(OpenError::Later));
        let ignorable = decoded(&[0xA1, 0x38, 199, 0xF5]);
        assert_eq!(ignorable, Ok(without_authorization.clone()));
        for malformed in [&[][..], &[0xA0, 0], &[0xA1, 0, 0xA0], &[0xA1, 0]] {
            assert_eq!(decoded(malformed), Err(UNKNOWN));
        }
    }
}

#[test]
fn jwt_form_names_its_key_and_hides_its_content() {
    let keys = keys();
    let authorization = Some(authorization(Scope::none()));
    let token = RefreshToken::from_sealed(GrantId::from_bytes([7; 16]), 9, authorization);
    let text = encode(keys.current(), TENANT, &token, RefreshTokenForm::Jwt).unwrap();
    let header = decode_header(&text).unwrap();
    let expected = (
        Algorithm::HS256,
        Some("JWT"),
        Some(keys.current().id_text()),
    );
    assert_eq!((header.alg, header.typ.as_deref(), header.kid), expected);
    let payload = Base64UrlUnpadded::decode_vec(text.split('.').nth(1).unwrap()).unwrap();
    let payload = String::from_utf8(payload).unwrap();
    let sealed = payload
        .strip_prefix(r#"{"ref":""#)
        .and_then(|rest| rest.strip_suffix(r#""}"#))
        .unwrap();
    let sealed = Base64UrlUnpadded::decode_vec(sealed).unwrap();
    assert!(
        !sealed.windows(4).any(|bytes| bytes == b"jane"),
        "the subject is sealed"
    );
}
