//! What a client sees of an answer.

use crate::requests::Answer;
use axum::http::header;

/// Returns the artefact with one other character, so that no tenant issued it.
pub(super) fn made_up(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = bytes.len() - 3;
    bytes[at] = match bytes[at] {
        b'1' => b'2',
        digit if digit.is_ascii_digit() => b'1',
        b'b' => b'c',
        _ => b'b',
    };
    String::from_utf8(bytes).unwrap()
}

/// Returns the status, the headers and the body of an answer, without the artefact that was sent and without random
/// values.
pub(super) fn shown(answer: &Answer, sent: &str) -> String {
    let headers = [
        header::LOCATION,
        header::SET_COOKIE,
        header::WWW_AUTHENTICATE,
    ];
    let mut text = answer.status.to_string();
    for name in headers {
        for value in answer.headers.get_all(name) {
            text = format!("{text}\n{}", value.to_str().unwrap());
        }
    }
    text = format!("{text}\n{}", String::from_utf8_lossy(&answer.body));
    without_random_values(&text.replace(sent, "SENT"))
}

/// Replaces words that are as long as sealed values and request IDs, and the challenges of the fake authenticator.
fn without_random_values(text: &str) -> String {
    let is_part = |part: char| part.is_ascii_alphanumeric() || "-_".contains(part);
    let mut shown = String::new();
    let mut word = String::new();
    for part in text.chars().chain(['\n']) {
        if is_part(part) {
            word.push(part);
            continue;
        }
        let is_random = word.len() >= 20 || word.starts_with("challenge-");
        shown.push_str(if is_random { "RANDOM" } else { &word });
        word.clear();
        shown.push(part);
    }
    shown
}
