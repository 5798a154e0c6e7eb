//! Host of a request, behind trusted proxies.

use super::address::{ProxyHeader, from_the_end, value_of};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Sets `Host` to the host that the outermost of the trusted proxies forwards, if it forwards one. A client that forges it
/// reaches what it could have asked for itself.
pub(super) fn take_forwarded_host(headers: &mut HeaderMap, (proxies, kind): (usize, ProxyHeader)) {
    if proxies == 0 {
        return;
    }
    if let Some(host) = forwarded_host(headers, proxies, kind) {
        headers.insert(header::HOST, host);
    }
}

fn forwarded_host(headers: &HeaderMap, proxies: usize, kind: ProxyHeader) -> Option<HeaderValue> {
    let name = match kind {
        ProxyHeader::XForwardedFor => FORWARDED_HOST,
        ProxyHeader::Forwarded => header::FORWARDED,
        ProxyHeader::ProxyProtocol => return None,
    };
    let lines: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    let entries: Vec<&[u8]> = lines
        .into_iter()
        .rev()
        .flat_map(|line| from_the_end(line.as_bytes(), b','))
        .collect();
    // Some proxies replace the list, so it may be shorter than the chain of proxies.
    let entry = entries.get(proxies - 1).or(entries.last())?;
    let host = match kind {
        ProxyHeader::Forwarded => value_of(entry, b"host")?,
        _ => entry,
    };
    let host = host.trim_ascii();
    let host = host
        .strip_prefix(b"\"")
        .and_then(|host| host.strip_suffix(b"\""))
        .unwrap_or(host);
    let is_host = !host.is_empty() && host.iter().copied().all(may_be_in_host);
    is_host
        .then(|| HeaderValue::from_bytes(host).ok())
        .flatten()
}

/// Returns whether a host with an optional port may contain this byte (RFC 3986 sections 3.2.2 and 3.2.3).
pub(super) fn may_be_in_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(kind: ProxyHeader, name: HeaderName, value: &'static str, proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("10.0.0.1"));
        headers.insert(name, HeaderValue::from_static(value));
        take_forwarded_host(&mut headers, (proxies, kind));
        headers[header::HOST].to_str().unwrap().to_owned()
    }

    #[test]
    fn host_of_trusted_proxy_replaces_host() {
        let by_name =
            |value, proxies| seen(ProxyHeader::XForwardedFor, FORWARDED_HOST, value, proxies);
        assert_eq!(by_name("acme.example", 1), "acme.example");
        assert_eq!(by_name("evil.example, acme.example", 1), "acme.example");
        assert_eq!(by_name("acme.example, inner", 2), "acme.example");
        assert_eq!(by_name("acme.example", 2), "acme.example");
        for value in ["", "a b", "acme.example/x"] {
            assert_eq!(by_name(value, 1), "10.0.0.1", "{value}");
        }
        assert_eq!(by_name("acme.example", 0), "10.0.0.1");
    }

    #[test]
    fn host_of_forwarded_element_replaces_host() {
        let forwarded = |value| seen(ProxyHeader::Forwarded, header::FORWARDED, value, 1);
        assert_eq!(forwarded("for=192.0.2.7;host=acme.example"), "acme.example");
        assert_eq!(
            forwarded("host=a.example, Host=\"b.example:8443\""),
            "b.example:8443"
        );
        assert_eq!(forwarded("for=192.0.2.7"), "10.0.0.1");
        let other = seen(ProxyHeader::Forwarded, FORWARDED_HOST, "evil.example", 1);
        assert_eq!(other, "10.0.0.1");
        let protocol = seen(
            ProxyHeader::ProxyProtocol,
            FORWARDED_HOST,
            "evil.example",
            1,
        );
        assert_eq!(protocol, "10.0.0.1");
    }
}
