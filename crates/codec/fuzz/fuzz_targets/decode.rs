//! Decoders never panic, and every decoded value survives encoding and decoding.

#![no_main]

use countersign_codec::{
    decode_authorization, decode_batch, decode_code, decode_device_code, decode_device_request, decode_done, decode_event, decode_known_device, decode_login_step,
    decode_refresh_token, decode_stored, encode_authorization, encode_batch, encode_code, encode_device_code, encode_device_request, encode_done, encode_event,
    encode_known_device, encode_login_step, encode_refresh_token, encode_stored,
};
use countersign_domain::client::ClientId;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::login::LoginStage;
use libfuzzer_sys::fuzz_target;

const GRANT: GrantId = GrantId::from_bytes([9; 16]);

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = decode_authorization(bytes) {
        assert_eq!(
            decode_authorization(&encode_authorization(&value)),
            Ok(value)
        );
    }
    let stored = |bytes: &[u8]| {
        let client = ClientId::parse("notes").expect("a client identifier");
        decode_stored(bytes, client, Subject::new("jane"), None)
    };
    if let Ok(value) = stored(bytes) {
        assert_eq!(stored(&encode_stored(&value)), Ok(value));
    }
    if let Ok(value) = decode_code(bytes) {
        assert_eq!(decode_code(&encode_code(&value)), Ok(value));
    }
    if let Ok(value) = decode_login_step(LoginStage::Consent, bytes) {
        let again = decode_login_step(LoginStage::Consent, &encode_login_step(&value));
        assert_eq!(again, Ok(value));
    }
    if let Ok(mut value) = decode_refresh_token(GRANT, 3, bytes) {
        let encoded = encode_refresh_token(&value);
        let again = decode_refresh_token(GRANT, 3, &encoded).expect("our own encoding");
        if again.authorization().is_none() {
            // The authorization was too long for a refresh token.
            value = RefreshToken::from_sealed(GRANT, 3, None);
        }
        assert_eq!(again, value);
    }
    if let Ok(value) = decode_known_device(bytes) {
        assert_eq!(decode_known_device(&encode_known_device(&value)), Ok(value));
    }
    if let Ok(value) = decode_device_request(bytes) {
        assert_eq!(
            decode_device_request(&encode_device_request(&value)),
            Ok(value)
        );
    }
    if let Ok(value) = decode_device_code(bytes) {
        assert_eq!(decode_device_code(&encode_device_code(&value)), Ok(value));
    }
    if let Ok((done, expires_at)) = decode_done(bytes) {
        let again = decode_done(&encode_done(done, expires_at));
        assert_eq!(again, Ok((done, expires_at)));
    }
    if let Ok((tenant, value)) = decode_batch(bytes) {
        let again = decode_batch(&encode_batch(tenant, &value));
        assert_eq!(again, Ok((tenant, value)));
    }
    if let Ok((tenant, value)) = decode_event(bytes) {
        let again = decode_event(&encode_event(tenant, &value));
        assert_eq!(again, Ok((tenant, value)));
    }
});
