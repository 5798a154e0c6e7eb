//! Client authentication as it travels (RFC 6749 section 2.3.1).

use crate::form;
use crate::malformed::Malformed;
use axum::http::{HeaderMap, HeaderValue, header};
use base64ct::{Base64, Encoding as _};
use countersign_domain::client_authentication::Credential;
use countersign_domain::secret::Secret;

/// What a dialect makes of an `Authorization` header with a scheme other than Basic.
#[derive(Clone, Copy)]
pub(crate) enum OtherSchemes {
    /// It is a failed attempt at client authentication.
    Refused,
    /// A bearer token that a client attaches to every call is no client authentication at all.
    BearerIgnored,
}

/// Whether the client tried to authenticate by the header, which the answer to a failure has to echo
/// (RFC 6749 section 5.2).
pub(crate) fn tried_the_header(headers: &HeaderMap, others: OtherSchemes) -> bool {
    attempts(headers, others).next().is_some()
}

/// The `Authorization` headers that count.
fn attempts(headers: &HeaderMap, others: OtherSchemes) -> impl Iterator<Item = &HeaderValue> {
    let is_bearer = |value: &HeaderValue| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
    };
    headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .filter(move |value| matches!(others, OtherSchemes::Refused) || !is_bearer(value))
}

/// Who calls, from the header or from the body.
pub(crate) fn client_authentication(
    headers: &HeaderMap,
    others: OtherSchemes,
    body_id: Option<String>,
    body_secret: Option<String>,
) -> Result<(String, Credential), Malformed> {
    match (basic(headers, others)?, body_id, body_secret) {
        (Some(_), _, Some(_)) => Err(Malformed::TwoClientAuthentications),
        (Some((id, _)), Some(body_id), None) if id != body_id => Err(Malformed::ClientIdMismatch),
        (Some((id, secret)), _, None) => Ok((id, credential(Some(secret)))),
        (None, Some(id), secret) => Ok((id, credential(secret))),
        (None, None, _) => Err(Malformed::Missing("client_id")),
    }
}

fn credential(secret: Option<String>) -> Credential {
    match secret {
        Some(secret) if !secret.is_empty() => Credential::Secret(Secret::new(secret)),
        _ => Credential::None,
    }
}

/// Identifier and secret, each form-encoded, a colon between them, in base64.
fn basic(headers: &HeaderMap, others: OtherSchemes) -> Result<Option<(String, String)>, Malformed> {
    let mut values = attempts(headers, others);
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value,
        (Some(_), Some(_)) => return Err(Malformed::TwoClientAuthentications),
    };
    let value = value.to_str().map_err(|_| Malformed::BasicUnreadable)?;
    let (scheme, encoded) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Malformed::SchemeUnsupported);
    }
    let decoded = Base64::decode_vec(encoded.trim()).map_err(|_| Malformed::BasicUnreadable)?;
    let colon = decoded
        .iter()
        .position(|byte| *byte == b':')
        .ok_or(Malformed::BasicUnreadable)?;
    let (id, secret) = decoded.split_at(colon);
    let part = |bytes| form::decode(bytes).map_err(|_| Malformed::BasicUnreadable);
    Ok(Some((
        part(id)?,
        part(secret.get(1..).unwrap_or_default())?,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (header::AUTHORIZATION, HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    fn judged(
        values: &[&str],
        id: Option<&str>,
        secret: Option<&str>,
    ) -> Result<(String, Option<String>), Malformed> {
        client_authentication(
            &headers(values),
            OtherSchemes::Refused,
            id.map(Into::into),
            secret.map(Into::into),
        )
        .map(|(id, credential)| {
            let secret = match credential {
                Credential::None => None,
                Credential::Secret(secret) => Some(secret.expose_secret().to_owned()),
            };
            (id, secret)
        })
    }

    fn basic_of(pair: &str) -> String {
        format!("Basic {}", Base64::encode_string(pair.as_bytes()))
    }

    #[test]
    fn both_parts_of_basic_are_form_encoded() {
        let header = basic_of("my%3Aapp:a+b%26c:d");
        assert_eq!(
            judged(&[&header], None, None),
            Ok(("my:app".into(), Some("a b&c:d".into())))
        );
        assert_eq!(
            judged(&[&header.replace("Basic", "bASIC")], Some("my:app"), None).map(|(id, _)| id),
            Ok("my:app".into())
        );
    }

    #[test]
    fn two_methods_at_once_are_refused() {
        let header = basic_of("app:secret");
        assert_eq!(
            judged(&[&header], Some("app"), Some("secret")),
            Err(Malformed::TwoClientAuthentications)
        );
        assert_eq!(
            judged(&[&header, &header], None, None),
            Err(Malformed::TwoClientAuthentications)
        );
        assert_eq!(
            judged(&[&header], Some("other"), None),
            Err(Malformed::ClientIdMismatch)
        );
    }

    #[test]
    fn bad_encodings_of_basic_are_refused() {
        for bad in [
            "Basic",
            "Basic !",
            "Basic YXBw",
            &basic_of("app:%zz"),
            "Basic /w==",
            "Basic YXBwOnNlY3JldA",
        ] {
            assert_eq!(
                judged(&[bad], None, None),
                Err(Malformed::BasicUnreadable),
                "{bad}"
            );
        }
        assert_eq!(
            judged(&["Bearer x"], Some("app"), None),
            Err(Malformed::SchemeUnsupported)
        );
    }

    #[test]
    fn a_body_alone_names_the_client() {
        assert_eq!(judged(&[], Some("app"), None), Ok(("app".into(), None)));
        assert_eq!(
            judged(&[], None, Some("secret")),
            Err(Malformed::Missing("client_id"))
        );
    }

    #[test]
    fn aries_12_a_stray_bearer_token_is_neither_accepted_nor_refused() {
        let stray = headers(&["Bearer abc"]);
        let judged = client_authentication(
            &stray,
            OtherSchemes::BearerIgnored,
            Some("app".into()),
            Some("s".into()),
        );
        assert!(judged.is_ok());
        assert!(!tried_the_header(&stray, OtherSchemes::BearerIgnored));
        let both = headers(&["Bearer abc", &basic_of("app:s")]);
        let judged = client_authentication(&both, OtherSchemes::BearerIgnored, None, None);
        assert!(judged.is_ok_and(|(id, _)| id == "app"));
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_the_parser_panic(value: Vec<u8>, pair: Vec<u8>) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                let _ = basic(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]), OtherSchemes::Refused);
            }
            let value = HeaderValue::from_str(&format!("Basic {}", Base64::encode_string(&pair))).unwrap();
            let _ = basic(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]), OtherSchemes::Refused);
        }
    }
}
