//! Client address of a request, behind trusted proxies.

use axum::http::{HeaderMap, HeaderName, header};
use std::net::IpAddr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// How reverse proxies name the client of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyHeader {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// PROXY protocol, version 1 or 2, before the first request of a connection.
    ProxyProtocol,
}

impl ProxyHeader {
    /// Parses a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "x-forwarded-for" => Some(Self::XForwardedFor),
            "forwarded" => Some(Self::Forwarded),
            "proxy-protocol" => Some(Self::ProxyProtocol),
            _ => None,
        }
    }
}

/// Returns the client address of a request from `peer`.
///
/// Each of the `proxies` has appended the address of its peer to the header. Earlier entries come from the client and
/// are ignored, whatever bytes they have. With the PROXY protocol, `peer` is already the client.
pub(super) fn client_address(
    headers: &HeaderMap,
    peer: IpAddr,
    (proxies, kind): (usize, ProxyHeader),
) -> IpAddr {
    let Some(place) = proxies.checked_sub(1) else {
        return peer;
    };
    let name = match kind {
        ProxyHeader::XForwardedFor => FORWARDED_FOR,
        ProxyHeader::Forwarded => header::FORWARDED,
        ProxyHeader::ProxyProtocol => return peer,
    };
    let mut lines: Vec<&[u8]> = headers
        .get_all(name)
        .iter()
        .map(axum::http::HeaderValue::as_bytes)
        .collect();
    lines.reverse();
    let mut entries = lines.into_iter().flat_map(|line| match kind {
        ProxyHeader::Forwarded => from_the_end(line, b','),
        _ => line.rsplit(|byte| *byte == b',').collect(),
    });
    let entry = entries.nth(place);
    let address = match kind {
        ProxyHeader::Forwarded => entry.and_then(forwarded_for),
        _ => entry.and_then(address_in),
    };
    address.unwrap_or(peer)
}

/// Splits a header at a separator, except within quoted strings (RFC 7230 section 3.2.6): a proxy may quote a value that
/// comes from the client, such as `host`. The last part comes first.
///
/// Reads from the end, where the entries of the proxies are. A quote that the client has not closed then spoils only
/// the entries of the client.
pub(super) fn from_the_end(line: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let (mut rest, mut quoted) = (line, false);
    for (place, byte) in line.iter().enumerate().rev() {
        if *byte == b'"' && !is_escaped(line, place) {
            quoted = !quoted;
        } else if *byte == separator && !quoted {
            let (before, part) = rest.split_at_checked(place).unwrap_or((rest, &[]));
            parts.push(part.strip_prefix(&[separator]).unwrap_or(part));
            rest = before;
        }
    }
    parts.push(rest);
    parts
}

/// Returns whether an odd number of backslashes precedes a byte.
fn is_escaped(line: &[u8], place: usize) -> bool {
    let before = line.iter().take(place).rev();
    before.take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Returns the address of the parameter `for` of an element of `Forwarded` (RFC 7239 section 4).
fn forwarded_for(element: &[u8]) -> Option<IpAddr> {
    address_in(value_of(element, b"for")?)
}

/// Returns the value of a parameter of an element of `Forwarded`, as it is.
pub(super) fn value_of<'a>(element: &'a [u8], parameter: &[u8]) -> Option<&'a [u8]> {
    let mut values = from_the_end(element, b';').into_iter().filter_map(|own| {
        let equals = own.iter().position(|byte| *byte == b'=')?;
        let (name, value) = own.split_at_checked(equals)?;
        let is_meant = name.trim_ascii().eq_ignore_ascii_case(parameter);
        is_meant.then(|| value.get(1..)).flatten()
    });
    values.next()
}

/// Parses an address that may be quoted, in brackets, or followed by a port (RFC 7239 section 6).
fn address_in(text: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(text).ok()?.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let is_port = port.is_empty() || port.starts_with(':');
        return is_port.then(|| address.parse().ok()).flatten();
    }
    // An IPv6 address without brackets has no port, and more than one colon.
    let address = match text.split_once(':') {
        Some((address, port)) if !port.contains(':') => address,
        _ => text,
    };
    address.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn seen_in(kind: ProxyHeader, lines: &[&[u8]], proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            for name in [FORWARDED_FOR, header::FORWARDED] {
                headers.append(name, HeaderValue::from_bytes(line).unwrap());
            }
        }
        client_address(&headers, IpAddr::from([10, 0, 0, 1]), (proxies, kind)).to_string()
    }

    fn seen(lines: &[&str], proxies: usize) -> String {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        seen_in(ProxyHeader::XForwardedFor, &lines, proxies)
    }

    #[test]
    fn forwarded_header_is_ignored_without_proxy() {
        assert_eq!(seen(&["192.0.2.7"], 0), "10.0.0.1");
        let lines: &[&[u8]] = &[b"for=192.0.2.7"];
        assert_eq!(seen_in(ProxyHeader::Forwarded, lines, 0), "10.0.0.1");
        assert_eq!(seen_in(ProxyHeader::ProxyProtocol, lines, 1), "10.0.0.1");
    }

    #[test]
    fn each_proxy_is_trusted_for_one_address() {
        assert_eq!(seen(&["192.0.2.66, 192.0.2.7"], 1), "192.0.2.7");
        assert_eq!(seen(&["192.0.2.66, 192.0.2.7, 10.0.0.2"], 2), "192.0.2.7");
        assert_eq!(
            seen(&["192.0.2.66", "192.0.2.7", "10.0.0.2"], 2),
            "192.0.2.7"
        );
        assert_eq!(seen(&["2001:db8::7"], 1), "2001:db8::7");
    }

    #[test]
    fn missing_or_invalid_address_falls_back_to_peer() {
        assert_eq!(seen(&[], 1), "10.0.0.1");
        assert_eq!(seen(&["unknown"], 1), "10.0.0.1");
        assert_eq!(seen(&["192.0.2.7"], 3), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_quotes_are_accepted() {
        for (text, expected) in [
            ("192.0.2.7:4711", "192.0.2.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("[2001:db8::7", "10.0.0.1"),
            ("[2001:db8::7]x", "10.0.0.1"),
        ] {
            assert_eq!(seen(&[text], 1), expected, "{text}");
        }
    }

    /// A line with other bytes once was dropped as a whole. The client could thus hide the entry of the proxy.
    #[test]
    fn non_ascii_entry_of_client_does_not_hide_entry_of_proxy() {
        let kind = ProxyHeader::XForwardedFor;
        assert_eq!(seen_in(kind, &[b"\xff, 192.0.2.7"], 1), "192.0.2.7");
        assert_eq!(
            seen_in(kind, &[b"192.0.2.66", b"\xff, 192.0.2.7"], 1),
            "192.0.2.7"
        );
    }

    #[test]
    fn unclosed_quote_of_client_does_not_hide_entry_of_proxy() {
        let lines: &[&[u8]] = &[b"for=192.0.2.66;host=\"x", b"for=192.0.2.7"];
        assert_eq!(seen_in(ProxyHeader::Forwarded, lines, 1), "192.0.2.7");
    }

    #[test]
    fn forwarded_elements_are_parsed() {
        for (line, expected) in [
            ("for=192.0.2.66, for=192.0.2.7", "192.0.2.7"),
            ("For=\"[2001:db8::7]:4711\";proto=https", "2001:db8::7"),
            (
                "by=10.0.0.9; for = 192.0.2.7 ;host=id.example.org",
                "192.0.2.7",
            ),
            ("for=192.0.2.7;host=\"x,for=203.0.113.9;y\"", "192.0.2.7"),
            ("host=\"a;for=203.0.113.9;b\";for=192.0.2.7", "192.0.2.7"),
            ("for=192.0.2.7;host=\"a\\\",for=203.0.113.9\"", "192.0.2.7"),
            ("for=192.0.2.66;host=\"x, for=192.0.2.7", "192.0.2.7"),
            ("host=\"x\\\", for=192.0.2.7", "192.0.2.7"),
            ("for=_hidden", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
        ] {
            let lines: &[&[u8]] = &[line.as_bytes()];
            assert_eq!(
                seen_in(ProxyHeader::Forwarded, lines, 1),
                expected,
                "{line}"
            );
        }
    }
}
