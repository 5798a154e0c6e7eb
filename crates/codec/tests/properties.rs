//! Properties of all values: decoding returns the encoded value, and decoders never panic.

#![cfg(not(feature = "test-later-version"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic fails the test"
)]

mod values;

use countersign_codec::{
    DecodeError, Fields, MAX_AUTHORIZATION_IN_REFRESH_TOKEN, Value, Writer, decode_authorization,
    decode_code, decode_device_code, decode_device_request, decode_done, decode_event,
    decode_known_device, decode_login_step, decode_refresh_token, decode_stored,
    decode_webhook_delivery, encode_authorization, encode_code, encode_device_request, encode_done,
    encode_event, encode_known_device, encode_login_step, encode_refresh_token, encode_stored,
    tags,
};
use countersign_domain::authorize::ResourceOwner;
use countersign_domain::client::ClientId;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::device_code::{DeviceAnswer, DeviceRequest, DeviceRequestFacts};
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::login::LoginStage;
use countersign_domain::time::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use values::{authorization, code, done, event, known_device, step};

const GRANT: GrantId = GrantId::from_bytes([9; 16]);

/// A tag that no version of the server will use.
const UNKNOWN: i64 = 1 << 40;

fn refresh_token(authorization: Authorization) -> RefreshToken {
    RefreshToken::from_sealed(GRANT, 3, Some(authorization))
}

/// Returns the request of a device that was allowed.
fn device_request(authorization: Authorization) -> DeviceRequest {
    DeviceRequest::from_stored(DeviceRequestFacts {
        grant: GRANT,
        answer: DeviceAnswer::Approved(ResourceOwner {
            subject: authorization.subject,
            authentication: authorization.authentication,
            session: authorization.session,
            password: None,
        }),
        access: authorization.access,
        requested_at: Timestamp::from_unix_seconds(1),
        address: None,
        expires_at: Timestamp::from_unix_seconds(2),
    })
}

/// Returns the result of each decoder for the bytes.
fn verdicts(bytes: &[u8]) -> [Result<(), DecodeError>; 11] {
    let client = ClientId::parse("notes").unwrap();
    [
        decode_authorization(bytes).map(drop),
        decode_stored(bytes, client, Subject::new("jane"), None).map(drop),
        decode_code(bytes).map(drop),
        decode_login_step(LoginStage::Consent, bytes).map(drop),
        decode_refresh_token(GRANT, 3, bytes).map(drop),
        decode_event(bytes).map(drop),
        decode_known_device(bytes).map(drop),
        decode_done(bytes).map(drop),
        decode_webhook_delivery(bytes).map(drop),
        decode_device_request(bytes).map(drop),
        decode_device_code(bytes).map(drop),
    ]
}

/// Returns an encoded map with one more entry: `true` with the given tag.
fn with_tag(bytes: &[u8], tag: i64) -> Vec<u8> {
    let (head, rest) = bytes.split_first().unwrap();
    assert!((0xA0..0xB7).contains(head), "fewer than 23 fields");
    let mut entry = Writer::new();
    entry.flag(tag, true);
    [&[head + 1], rest, &entry.finish()[1..]].concat()
}

/// Generates an encoding of each kind of value, with the index of its decoder in [`verdicts`].
fn encodings() -> impl Strategy<Value = (usize, Vec<u8>)> {
    prop_oneof![
        authorization().prop_map(|value| (0, encode_authorization(&value))),
        authorization().prop_map(|value| (1, encode_stored(&value))),
        code().prop_map(|value| (2, encode_code(&value))),
        step().prop_map(|value| (3, encode_login_step(&value))),
        authorization().prop_map(|value| (4, encode_refresh_token(&refresh_token(value)))),
        event().prop_map(|(tenant, value)| (5, encode_event(tenant, &value))),
        known_device().prop_map(|value| (6, encode_known_device(&value))),
        authorization().prop_map(|value| (9, encode_device_request(&device_request(value)))),
        done().prop_map(|(value, expires_at)| (7, encode_done(value, expires_at))),
    ]
}

proptest! {
    #[test]
    fn authorization_round_trips(value in authorization()) {
        prop_assert_eq!(decode_authorization(&encode_authorization(&value)), Ok(value.clone()));
        let Authorization { subject, session, .. } = value.clone();
        let stored = decode_stored(&encode_stored(&value), value.client().clone(), subject, session);
        prop_assert_eq!(stored, Ok(value));
    }

    #[test]
    fn code_login_step_and_event_round_trip(code in code(), step in step(), event in event()) {
        prop_assert_eq!(decode_code(&encode_code(&code)), Ok(code));
        prop_assert_eq!(decode_login_step(step.stage, &encode_login_step(&step)), Ok(step));
        prop_assert_eq!(decode_event(&encode_event(event.0, &event.1)), Ok(event));
    }

    #[test]
    fn completed_steps_round_trip((done, expires_at) in done()) {
        prop_assert_eq!(decode_done(&encode_done(done, expires_at)), Ok((done, expires_at)));
    }

    #[test]
    fn known_device_round_trips(device in known_device()) {
        prop_assert_eq!(decode_known_device(&encode_known_device(&device)), Ok(device));
    }

    #[test]
    fn refresh_token_omits_long_authorization(value in authorization()) {
        let fits = encode_authorization(&value).len() <= MAX_AUTHORIZATION_IN_REFRESH_TOKEN;
        let token = refresh_token(value);
        let expected = if fits {
            token.clone()
        } else {
            RefreshToken::from_sealed(GRANT, 3, None)
        };
        let encoded = encode_refresh_token(&token);
        prop_assert_eq!(decode_refresh_token(GRANT, 3, &encoded), Ok(expected.clone()));
        prop_assert_eq!(encode_refresh_token(&expected), encoded);
    }

    #[test]
    fn truncated_or_extended_value_is_malformed((decoder, bytes) in encodings(), at: Index, more in 1..4_usize, by: u8) {
        let cut = &bytes[..at.index(bytes.len())];
        prop_assert_eq!(verdicts(cut)[decoder], Err(DecodeError::Malformed));
        let long = [&bytes[..], &vec![by; more]].concat();
        prop_assert_eq!(verdicts(&long)[decoder], Err(DecodeError::Malformed));
    }

    #[test]
    fn flipped_bit_never_panics_decoder((_, mut bytes) in encodings(), at: Index, bit in 0..8_u8) {
        let index = at.index(bytes.len());
        bytes[index] ^= 1 << bit;
        let _ = verdicts(&bytes);
        if let Ok(code) = decode_code(&bytes) {
            prop_assert_eq!(decode_code(&encode_code(&code)), Ok(code));
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic_decoder(bytes: Vec<u8>) {
        let _ = verdicts(&bytes);
    }

    #[test]
    fn unknown_critical_tag_decodes_to_later_error((decoder, bytes) in encodings()) {
        let later = with_tag(&bytes, UNKNOWN);
        prop_assert_eq!(verdicts(&later)[decoder], Err(DecodeError::Later));
        let ignorable = with_tag(&bytes, -UNKNOWN);
        prop_assert_eq!(verdicts(&ignorable)[decoder], Ok(()));
    }

    #[test]
    fn authorization_preserves_unknown_ignorable_tag(value in authorization()) {
        let fields = with_tag(&encode_authorization(&value), -UNKNOWN);
        let decoded = decode_authorization(&fields).unwrap();
        let mut expected = value.access.later.iter().map(|fact| fact.tag).collect::<Vec<_>>();
        expected.push(-UNKNOWN);
        prop_assert!(decoded.access.later.iter().map(|fact| fact.tag).eq(expected));
        prop_assert_eq!(encode_authorization(&decoded), fields);
    }

    #[test]
    fn other_value_drops_unknown_ignorable_tag(code in code()) {
        let bytes = encode_code(&code);
        let decoded = decode_code(&with_tag(&bytes, -UNKNOWN)).unwrap();
        prop_assert_eq!(encode_code(&decoded), bytes);
    }

    #[test]
    fn nested_critical_tag_decodes_to_later_error(code in code()) {
        let later = with_tag(&encode_authorization(code.authorization()), UNKNOWN);
        let bytes = encode_code(&code);
        let own = encode_authorization(code.authorization());
        let start = bytes.windows(own.len()).position(|part| part == own).unwrap();
        let nested = [&bytes[..start], &later, &bytes[start + own.len()..]].concat();
        prop_assert_eq!(decode_code(&nested), Err(DecodeError::Later));
    }

    #[test]
    fn list_of_texts_round_trips(texts: Vec<String>) {
        let mut writer = Writer::new();
        writer.texts(0, texts.iter().map(String::as_str));
        let bytes = writer.finish();
        let fields = Fields::decode(&bytes, &[0]).unwrap();
        let read = fields.list(0).unwrap().into_iter().map(Value::text);
        prop_assert!(read.eq(texts.iter().map(|text| Ok(text.as_str()))));
    }
}

/// Writes the fields separately, as a later version could.
fn authorization_of(client: &str, scope: &str, resources: &[&str]) -> Writer {
    use tags::authorization as tag;
    let mut writer = Writer::new();
    writer.text(tag::CLIENT, client);
    writer.text(tag::SUBJECT, "jane");
    writer.text(tag::SCOPE, scope);
    writer.texts(tag::RESOURCES, resources.iter().copied());
    writer.number(tag::AUTHENTICATION_TIME, 1);
    writer.number(tag::METHODS, 1);
    writer.number(tag::ACR, 10);
    writer
}

#[test]
fn text_rejected_by_domain_is_malformed() {
    let decoded = |writer: Writer| decode_authorization(&writer.finish()).map(drop);
    assert_eq!(
        decoded(authorization_of("notes", "read", &["urn:a"])),
        Ok(())
    );
    for (client, scope, resource) in [
        ("", "read", "urn:a"),
        ("notes", "", "urn:a"),
        ("notes", "a\"", "urn:a"),
        ("notes", "read", "a"),
    ] {
        let writer = authorization_of(client, scope, &[resource]);
        assert_eq!(
            decoded(writer),
            Err(DecodeError::Malformed),
            "{client} {scope} {resource}"
        );
    }
}

#[test]
fn repeated_tag_wrong_type_or_missing_field_is_malformed() {
    use tags::authorization as tag;
    let whole = || authorization_of("notes", "read", &[]);
    for tag in [tag::CLIENT, tag::ACR, -5] {
        let mut writer = whole();
        writer.number(tag, 1);
        writer.number(-5, 1);
        assert_eq!(
            decode_authorization(&writer.finish()),
            Err(DecodeError::Malformed)
        );
    }
    let wrong: [fn(&mut Writer); 6] = [
        |writer| writer.text(tag::SESSION, "0123456789abcdef"),
        |writer| writer.bytes(tag::SESSION, &[1; 15]),
        |writer| writer.text(tag::BOUND_TO_VERIFIER, "true"),
        |writer| writer.number(tag::USERINFO_CLAIMS, 1 << 32),
        |writer| writer.bytes(tag::USERINFO_CLAIMS, &[1]),
        |writer| writer.text(tag::ID_TOKEN_CLAIMS, "name"),
    ];
    for write in wrong {
        let mut writer = whole();
        write(&mut writer);
        assert_eq!(
            decode_authorization(&writer.finish()),
            Err(DecodeError::Malformed)
        );
    }
    let mut without_client = Writer::new();
    without_client.text(tag::SUBJECT, "jane");
    let bytes = without_client.finish();
    assert_eq!(decode_authorization(&bytes), Err(DecodeError::Malformed));
    // A later version may omit fields that are required here.
    let later = with_tag(&bytes, UNKNOWN);
    assert_eq!(decode_authorization(&later), Err(DecodeError::Later));
}

#[test]
fn only_plain_definite_length_items_are_accepted() {
    let field = |value: &[u8]| {
        let bytes = [&[0xA1, 0x20], value].concat();
        Fields::decode(&bytes, &[]).map(drop)
    };
    for good in [
        &[0x00][..],
        &[0x20],
        &[0x40],
        &[0x60],
        &[0x80],
        &[0xA0],
        &[0xF4],
        &[0xF6],
        &[0x81, 0x81, 0x80],
    ] {
        assert_eq!(field(good), Ok(()), "{good:x?}");
    }
    for bad in [
        &[][..],
        &[0xFF],
        &[0xF7],
        &[0xE0],
        &[0xF9, 0, 0],
        &[0xFA, 0, 0, 0, 0],
        &[0xC0, 0x60],
        &[0x5F, 0xFF],
        &[0x7F, 0xFF],
        &[0x9F, 0xFF],
        &[0xBF, 0xFF],
        &[0x61, 0xFF],
        &[0x81],
        &[0x81, 0xFF],
        &[0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0xBB, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x1C],
    ] {
        assert_eq!(field(bad), Err(DecodeError::Malformed), "{bad:x?}");
    }
    let deep = vec![0x81; 100_000];
    assert_eq!(field(&[&deep[..], &[0x00]].concat()), Ok(()));
    assert_eq!(field(&deep), Err(DecodeError::Malformed));
}

#[test]
fn value_with_too_many_fields_is_malformed() {
    let of = |count: i64| {
        let mut writer = Writer::new();
        for tag in 1..=count {
            writer.flag(-tag, true);
        }
        Fields::decode(&writer.finish(), &[]).map(drop)
    };
    assert_eq!(of(255), Ok(()));
    assert_eq!(of(256), Err(DecodeError::Malformed));
}
