//! Request objects (OpenID Connect Core section 6.1). The server does not support them. It reads only where and how the
//! client expects the error response.

use super::response::ResponseMode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Map, Value};

/// Maximum length of a request object that the server reads, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// Members of a request object that shape the error response. Nothing else may use them: no key has verified them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorTarget {
    /// `response_mode`, if the server supports it.
    pub(super) mode: Option<ResponseMode>,
    /// `state`.
    pub(super) state: Option<String>,
}

impl ErrorTarget {
    /// Reads the members from a JWS in compact form, signed or not. Ignores whatever it cannot read.
    pub(super) fn of(request_object: &str) -> Self {
        let members = members(request_object).unwrap_or_default();
        let text = |name| {
            let text = members.get(name).and_then(Value::as_str);
            text.filter(|text| !text.is_empty())
        };
        Self {
            mode: text("response_mode").and_then(|name| ResponseMode::of(Some(name)).ok()),
            state: text("state").map(str::to_owned),
        }
    }
}

fn members(request_object: &str) -> Option<Map<String, Value>> {
    if request_object.len() > MAX_LENGTH {
        return None;
    }
    let mut segments = request_object.split('.');
    let (_header, payload, _signature) = (segments.next()?, segments.next()?, segments.next()?);
    if segments.next().is_some() {
        return None;
    }
    let json = Base64UrlUnpadded::decode_vec(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(payload: &str) -> String {
        format!(
            "eyJhbGciOiJub25lIn0.{}.",
            Base64UrlUnpadded::encode_string(payload.as_bytes())
        )
    }

    #[test]
    fn unusable_members_are_ignored() {
        let of = |payload: &str| ErrorTarget::of(&object(payload));
        let state = Some("s".to_owned());
        let mode = Some(ResponseMode::Fragment);
        let both = of(r#"{"response_mode":"fragment","state":"s","client_id":"x"}"#);
        assert_eq!((both.mode, both.state), (mode, state.clone()));
        for mode in [r#""web_message""#, r#""""#, "1", "null"] {
            let one = of(&format!(r#"{{"response_mode":{mode},"state":"s"}}"#));
            assert_eq!((one.mode, one.state), (None, state.clone()), "{mode}");
        }
        assert_eq!(of(r#"{"state":["s"]}"#), ErrorTarget::default());
    }

    #[test]
    fn unreadable_request_object_is_ignored() {
        let payload = Base64UrlUnpadded::encode_string(br#"{"state":"s"}"#);
        let long = format!(r#"{{"state":"s","scope":"{}"}}"#, "a".repeat(MAX_LENGTH));
        for text in [
            String::new(),
            "x.y.z".to_owned(),
            payload.clone(),
            format!("a.{payload}"),
            // An encrypted object has five segments.
            format!("a.{payload}.b.c.d"),
            object("[]"),
            object("{"),
            object(&long),
        ] {
            assert_eq!(ErrorTarget::of(&text), ErrorTarget::default(), "{text}");
        }
        assert!(ErrorTarget::of(&format!("a.{payload}==.")).state.is_some());
    }

    proptest::proptest! {
        #[test]
        fn reader_never_panics(text in "\\PC{0,80}", payload in "[\\{\\}\\[\\]\",:a-z\\\\0]{0,60}") {
            let _ = (ErrorTarget::of(&text), ErrorTarget::of(&object(&payload)));
        }
    }
}
