//! Whose request it is: the address of the client, seen past the proxies in front.

use axum::http::HeaderMap;
use std::net::IpAddr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client of a request that came from `peer`. Each of `proxies` has added to
/// `X-Forwarded-For` whom it was asked by; what stands before these was written by the client, and is not
/// believed.
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
    fn without_a_proxy_nothing_but_the_connection_is_believed() {
        assert_eq!(seen(&["192.0.2.7"], 0), "10.0.0.1");
    }

    #[test]
    fn each_proxy_is_believed_once() {
        assert_eq!(seen(&["192.0.2.66, 192.0.2.7"], 1), "192.0.2.7");
        assert_eq!(seen(&["192.0.2.66, 192.0.2.7, 10.0.0.2"], 2), "192.0.2.7");
        assert_eq!(
            seen(&["192.0.2.66", "192.0.2.7", "10.0.0.2"], 2),
            "192.0.2.7"
        );
        assert_eq!(seen(&["2001:db8::7"], 1), "2001:db8::7");
    }

    #[test]
    fn what_is_no_address_or_not_there_is_that_of_the_connection() {
        assert_eq!(seen(&[], 1), "10.0.0.1");
        assert_eq!(seen(&["unknown"], 1), "10.0.0.1");
        assert_eq!(seen(&["192.0.2.7"], 3), "10.0.0.1");
    }
}
