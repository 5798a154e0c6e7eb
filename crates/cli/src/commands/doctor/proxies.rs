//! Reverse proxies: whether the server learns the addresses of its clients.

use super::examined::Examined;
use super::finding::{Checked, Finding};

pub(crate) fn check(of: &Examined) -> Checked<Finding> {
    let Some(issuer) = &of.settings.issuer else {
        return Err(Finding::not_checked("`issuer` is not set"));
    };
    Ok(judged(issuer, of.settings.proxies))
}

fn judged(issuer: &str, proxies: usize) -> Finding {
    match (issuer.starts_with("https://"), proxies) {
        (true, 0) => Finding::warning(
            "The issuer is an https URL, so a proxy terminates TLS, but `proxies` is 0. All clients then share the address of the proxy and its rate limits.",
            "Set `proxies` to the number of proxies, such as 1, and `proxy_header` to the header that they set.",
        ),
        (_, 0) => Finding::ok("No proxy is expected in front of the server."),
        (_, count) => Finding::ok(format!(
            "The address of a client comes from {count} trusted proxies. Only they may reach the server."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::State;

    #[test]
    fn https_issuer_without_proxy_causes_warning() {
        for (issuer, proxies, expected) in [
            ("https://id.example", 0, State::Warning),
            ("https://id.example", 1, State::Ok),
            ("http://localhost:8080", 0, State::Ok),
        ] {
            assert_eq!(judged(issuer, proxies).state, expected, "{issuer}");
        }
    }
}
