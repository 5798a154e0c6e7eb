use super::*;
use countersign_domain::authentication::{Authentication, Methods};
use countersign_domain::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{SessionId, Subject};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use jsonwebtoken::{Algorithm, decode_header};
use proptest::prelude::*;
use proptest::sample::Index;

const FORMS: [RefreshTokenForm; 2] = [RefreshTokenForm::Opaque, RefreshTokenForm::Jwt];
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn keys() -> MasterKeys {
    MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap()
}

fn token() -> impl Strategy<Value = RefreshToken> {
    any::<([u8; 16], u32, String, u64, bool)>().prop_map(
        |(grant, generation, subject, auth_time, bound)| RefreshToken {
            grant: GrantId::from_bytes(grant),
            client: ClientId::parse("client_0123456789abcdef").unwrap(),
            subject: Subject::new(subject),
            scope: if bound {
                Scope::parse("openid read").unwrap()
            } else {
                Scope::none()
            },
            authentication: Authentication {
                time: Timestamp::from_unix_seconds(auth_time),
                methods: Methods::from_bits(grant[0] % 64).unwrap(),
                session: bound.then(|| SessionId::from_bytes(grant)),
            },
            claims: RequestedClaims {
                userinfo: ClaimSet::from_bits(generation),
                id_token: ClaimSet::NONE,
            },
            resources: bound
                .then(|| Resource::parse("https://api.example").unwrap())
                .into_iter()
                .collect(),
            bound_to_verifier: bound,
            generation,
        },
    )
}

fn form() -> impl Strategy<Value = RefreshTokenForm> {
    prop::sample::select(&FORMS)
}

proptest! {
    #[test]
    fn parse_after_print_is_the_identity(token in token(), form in form()) {
        let keys = keys();
        prop_assert_eq!(decode(&keys, &encode(keys.current(), &token, form).unwrap()), Some(token));
    }

    #[test]
    fn the_same_token_is_the_same_text(token in token(), form in form()) {
        let keys = keys();
        prop_assert_eq!(encode(keys.current(), &token, form).unwrap(), encode(keys.current(), &token, form).unwrap());
    }

    #[test]
    fn a_changed_character_makes_a_token_worthless(token in token(), form in form(), at: Index, by in "[A-Za-z0-9_.-]") {
        let keys = keys();
        let mut text = encode(keys.current(), &token, form).unwrap();
        let index = at.index(text.len());
        prop_assume!(text[index..=index] != by);
        text.replace_range(index..=index, &by);
        prop_assert_eq!(decode(&keys, &text), None);
    }

    #[test]
    fn a_token_cannot_be_cut_or_lengthened(token in token(), form in form(), at: Index, more in "[A-Za-z0-9_.=-]{1,4}") {
        let keys = keys();
        let text = encode(keys.current(), &token, form).unwrap();
        prop_assert_eq!(decode(&keys, &text[..at.index(text.len())]), None);
        prop_assert_eq!(decode(&keys, &format!("{text}{more}")), None);
    }

    #[test]
    fn a_token_has_one_spelling(token in token(), form in form()) {
        let keys = keys();
        let text = encode(keys.current(), &token, form).unwrap();
        // The last character may carry bits that mean nothing.
        let (rest, last) = text.split_at(text.len() - 1);
        let value = ALPHABET.find(last).unwrap();
        for other in (0..4).map(|bits| (value & !3) | bits).filter(|other| *other != value) {
            let spelling = format!("{rest}{}", &ALPHABET[other..=other]);
            prop_assert_eq!(decode(&keys, &spelling), None);
        }
    }

    #[test]
    fn only_the_master_key_that_made_a_token_knows_it_and_an_old_one_still_does(token in token(), form in form()) {
        let [old, new, strange] = [(); 3].map(|()| MasterKeys::generate().unwrap());
        let text = encode(MasterKeys::parse(&old).unwrap().current(), &token, form).unwrap();
        let decoded = |lines: [&str; 2]| decode(&MasterKeys::parse(&lines.join("\n")).unwrap(), &text);
        prop_assert_eq!(decoded([&new, &old]), Some(token));
        prop_assert_eq!(decoded([&new, &strange]), None);
    }

    #[test]
    fn what_is_sealed_for_one_form_is_nothing_in_the_other(token in token()) {
        let keys = keys();
        let sealed = |form| seal(keys.current(), &token, form).unwrap();
        prop_assert_eq!(decode(&keys, &Base64UrlUnpadded::encode_string(&sealed(RefreshTokenForm::Jwt))), None);
        prop_assert_eq!(decode(&keys, &jwt(keys.current(), &sealed(RefreshTokenForm::Opaque))), None);
    }

    #[test]
    fn the_facts_of_a_token_cannot_be_moved_to_another(token in token(), form in form(), generation: u32) {
        prop_assume!(generation != token.generation);
        let keys = keys();
        let mut sealed = seal(keys.current(), &token, form).unwrap();
        sealed[ID_LENGTH + 16..ID_LENGTH + NAME_LENGTH].copy_from_slice(&generation.to_be_bytes());
        prop_assert!(open(&keys, &sealed, form).is_none());
    }

    #[test]
    fn no_text_makes_the_decoder_panic(text in "\\PC{0,80}|[A-Za-z0-9_-]{75}|[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,43}") {
        prop_assert_eq!(decode(&keys(), &text), None);
    }
}

#[test]
fn the_jwt_form_is_an_hs256_jwt_that_names_its_key_and_says_nothing() {
    let keys = keys();
    let token = RefreshToken {
        grant: GrantId::from_bytes([7; 16]),
        client: ClientId::parse("client").unwrap(),
        subject: Subject::new("jane@example.com"),
        scope: Scope::none(),
        authentication: Authentication {
            time: Timestamp::from_unix_seconds(0),
            methods: Methods::NONE,
            session: None,
        },
        claims: RequestedClaims::default(),
        resources: Vec::new(),
        bound_to_verifier: true,
        generation: 9,
    };
    let text = encode(keys.current(), &token, RefreshTokenForm::Jwt).unwrap();
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
