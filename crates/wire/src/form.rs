//! Strict parser for `application/x-www-form-urlencoded`. A stray percent sign and invalid UTF-8 are errors.
//!
//! The decoder is written here because `percent-encoding` and `form_urlencoded` silently repair both.

use crate::malformed::MalformedRequest;
use crate::parameters::Parameters;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// Media type of a form.
pub const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Parses a body.
pub fn parse<P: Parameters>(body: &[u8]) -> Result<P, MalformedRequest> {
    let mut parameters = P::default();
    for pair in body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        let mut sides = pair.splitn(2, |byte| *byte == b'=');
        let name = decoded(sides.next().unwrap_or_default())?;
        let value = decode(sides.next().unwrap_or_default())?;
        parameters.put(&name, Some(value))?;
    }
    Ok(parameters)
}

/// Decodes one name or value.
pub fn decode(encoded: &[u8]) -> Result<String, MalformedRequest> {
    decoded(encoded).map(Cow::into_owned)
}

/// Decodes one name or value. Borrows it if it has no escapes: names, tokens and identifiers rarely do.
fn decoded(encoded: &[u8]) -> Result<Cow<'_, str>, MalformedRequest> {
    if !encoded.contains(&b'%') && !encoded.contains(&b'+') {
        let plain = str::from_utf8(encoded).map_err(|_| MalformedRequest::NotUtf8)?;
        return Ok(Cow::Borrowed(plain));
    }
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter().copied();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hexadecimal);
                let low = rest.next().and_then(hexadecimal);
                let (Some(high), Some(low)) = (high, low) else {
                    return Err(MalformedRequest::PercentEncoding);
                };
                high << 4 | low
            }
            other => other,
        });
    }
    let decoded = String::from_utf8(decoded).map_err(|_| MalformedRequest::NotUtf8)?;
    Ok(Cow::Owned(decoded))
}

/// Encodes names and values for a query, a fragment or a body.
#[must_use]
pub fn encoded(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Appends query parameters to a URI.
#[must_use]
pub fn with_query(uri: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return String::from(uri);
    }
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", encoded(pairs))
}

/// All characters except the unreserved ones (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn encode(plain: &str) -> PercentEncode<'_> {
    utf8_percent_encode(plain, RESERVED)
}

const fn hexadecimal(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::parameters;
    use alloc::borrow::ToOwned as _;
    use alloc::string::ToString as _;

    parameters! {
        #[derive(Debug, PartialEq)]
        Pair { a, b }
    }

    fn pair(a: &str, b: &str) -> Pair {
        Pair {
            a: Some(a.to_owned()),
            b: Some(b.to_owned()),
        }
    }

    #[test]
    fn form_names_and_values_are_decoded() {
        assert_eq!(
            parse::<Pair>(b"a=x+y%2Bz&b=%C3%A9"),
            Ok(pair("x y+z", "\u{e9}"))
        );
        assert_eq!(parse::<Pair>(b"&%61=1&&b=2=3&c"), Ok(pair("1", "2=3")));
    }

    #[test]
    fn repeated_parameter_fails_and_unknown_parameter_is_ignored() {
        assert_eq!(
            parse::<Pair>(b"a=1&b=2&a="),
            Err(MalformedRequest::Repeated("a"))
        );
        assert_eq!(parse::<Pair>(b"a=1&c=1&c=2&b=2"), Ok(pair("1", "2")));
    }

    parameters! {
        #[derive(Debug, PartialEq)]
        Listed { a; often b }
    }

    #[test]
    fn repeatable_parameter_collects_all_values() {
        let listed = parse::<Listed>(b"b=1&a=2&b=&b=3").unwrap();
        assert_eq!(listed.b, ["1", "3"]);
    }

    #[test]
    fn invalid_encoding_is_rejected() {
        for bad in ["a=%", "a=%4", "a=%zz", "%=x", "c=%4g", "a=%+1"] {
            assert_eq!(
                parse::<Pair>(bad.as_bytes()),
                Err(MalformedRequest::PercentEncoding),
                "{bad}"
            );
        }
        for bad in [&b"a=\xff"[..], b"a=%ff", b"\xfe=1", b"c=%C3"] {
            assert_eq!(
                parse::<Pair>(bad),
                Err(MalformedRequest::NotUtf8),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn all_but_unreserved_characters_are_encoded() {
        assert_eq!(
            encoded(&[("a", "AZaz09-._~"), ("b", "x y+z&=%/:*'\u{e9}\0")]),
            "a=AZaz09-._~&b=x%20y%2Bz%26%3D%25%2F%3A%2A%27%C3%A9%00"
        );
    }

    #[test]
    fn query_is_appended_to_uri_with_or_without_one() {
        let pairs = [("code", "x y")];
        assert_eq!(with_query("https://a/b", &pairs), "https://a/b?code=x%20y");
        assert_eq!(
            with_query("https://a/b?c=d", &pairs),
            "https://a/b?c=d&code=x%20y"
        );
        assert_eq!(with_query("https://a/b", &[]), "https://a/b");
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_body_does_not_panic(body: Vec<u8>) {
            let _ = parse::<Pair>(&body);
        }

        #[test]
        fn decode_reverses_encode(text: String) {
            let encoded = encode(&text).to_string();
            assert_eq!(decode(encoded.as_bytes()), Ok(text));
        }
    }
}
