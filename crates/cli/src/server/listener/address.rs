//! Client address of a request, behind trusted proxies.

use axum::http::HeaderMap;
use std::net::IpAddr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Returns the client address of a request from `peer`.
///
/// Each of the `proxies` has appended the address of its peer to `X-Forwarded-For`. Earlier entries come from the
/// client and are ignored.
pub(super) fn client_address(headers: &HeaderMap, peer: IpAddr, proxies: usize) -> IpAddr {
    let Some(place) = proxies.checked_sub(1) else {
        return peer;
    };
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let mut addresses = lines.iter().rev().flat_map(|line| line.rsplit(','));
    addresses
        .nth(place)
        .and_then(|address| address.trim().parse().ok())
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(lines: &[&'static str], proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        client_address(&headers, IpAddr::from([10, 0, 0, 1]), proxies).to_string()
    }

    #[test]
    fn forwarded_header_is_ignored_without_proxy() {
        assert_eq!(seen(&["192.0.2.7"], 0), "10.0.0.1");
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
}
