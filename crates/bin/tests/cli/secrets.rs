//! Secrets in the store.

use crate::place::Place;
use std::fs;

#[test]
fn aero2_30_store_has_no_secret_or_password() {
    let place = Place::new();
    let client = place.json(&[
        "clients",
        "create",
        "--name",
        "Reports",
        "--grant-type",
        "client_credentials",
        "--scope",
        "a",
    ]);
    let user = place.json(&["users", "create", "--email", "jane@example.org"]);
    let totp = place.json(&["users", "enable-totp", "jane@example.org"]);
    let files = fs::read_dir(place.path()).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let files = files.filter(|path| path.to_string_lossy().contains("store.db"));
    let stored: Vec<u8> = files.flat_map(|path| fs::read(path).unwrap()).collect();
    let contains = |bytes: &[u8]| stored.windows(bytes.len()).any(|place| place == bytes);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    assert!(contains(text(&client["client_id"]).as_bytes()));
    assert!(contains(b"$argon2id$"));
    for secret in [text(&client["client_secret"]), text(&user["password"])] {
        assert!(!contains(secret.as_bytes()));
    }
    assert!(!contains(&base32(&text(&totp["secret"]))), "sealed");
}

/// Decodes base32 (RFC 4648 section 6) without padding.
fn base32(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digits = text.chars().map(|digit| alphabet.find(digit).unwrap());
    let bits: Vec<_> = digits
        .flat_map(|digit| (0..5).rev().map(move |bit| u8::from(digit >> bit & 1 == 1)))
        .collect();
    let bytes = bits.chunks_exact(8);
    bytes
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit))
        .collect()
}
