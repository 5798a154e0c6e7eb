//! The start page of `dev`, with the content of the terminal output. It contains no scripts.

use super::commands::{Group, accounts, addresses};
use super::data::DataFolder;
use super::facts::Facts;
use crate::command_error::CommandError;
use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use countersign_server_http::wire::ClientAddress;
use std::net::IpAddr;

const STYLE: &str = include_str!("../../templates/dev.css");

/// Security headers of every page of `dev`, which forbid scripts and framing.
pub(super) const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    issuer: &'a str,
    rows: &'a [(&'a str, String)],
    groups: &'a [Group],
}

/// Returns the routes of the start page and its stylesheet.
pub(super) fn router(
    issuer: &str,
    facts: &Facts,
    folder: &DataFolder,
    groups: &[Group],
) -> Result<Router, CommandError> {
    let rows: Vec<_> = addresses(issuer)
        .into_iter()
        .chain(accounts(issuer, facts, folder))
        .collect();
    let page = StartPage {
        issuer,
        rows: &rows,
        groups,
    };
    let page = page
        .render()
        .map_err(|error| CommandError::of("Cannot render the start page", &error))?;
    let start = get(async move |request: Request| {
        if is_of_this_machine(&request) {
            (HEADERS, Html(page.clone())).into_response()
        } else {
            (StatusCode::FORBIDDEN, ELSEWHERE).into_response()
        }
    });
    let style = get(async || ([(header::CONTENT_TYPE, "text/css")], STYLE));
    Ok(Router::new().route("/", start).route("/dev.css", style))
}

const ELSEWHERE: &str = "This page contains credentials. Open it on this machine, at localhost, 127.0.0.1 or [::1], or read them in the \
                         terminal output of the server.\n";

/// Answers a request with a method that a page of `dev` does not allow.
pub(super) async fn not_allowed() -> Response {
    let text = "This method is not allowed here; see the Allow header.\n";
    (StatusCode::METHOD_NOT_ALLOWED, HEADERS, text).into_response()
}

/// Returns whether a request comes from this machine and for it. A listener on `0.0.0.0` accepts other machines, which
/// can send any `Host`.
fn is_of_this_machine(request: &Request) -> bool {
    let address = ClientAddress::of(request.extensions());
    address.is_some_and(|address| address.to_canonical().is_loopback())
        && names_this_machine(request.headers())
}

/// Returns whether `Host` always names this machine.
///
/// This prevents DNS rebinding: a foreign website could point its own name at this machine and read the page.
fn names_this_machine(request: &HeaderMap) -> bool {
    let host = request
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let Some(host) = host.and_then(|host| host.parse::<Authority>().ok()) else {
        return false;
    };
    let host = host.host().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_refused_to_other_machines_whatever_host_they_send() {
        for (address, host, is_own) in [
            (Some("127.0.0.1"), "localhost:8080", true),
            (Some("::1"), "[::1]:8080", true),
            (Some("::ffff:127.0.0.1"), "localhost", true),
            (Some("192.0.2.7"), "localhost:8080", false),
            (Some("127.0.0.1"), "rebound.example", false),
            (None, "localhost", false),
        ] {
            let mut request = Request::new(axum::body::Body::empty());
            request
                .headers_mut()
                .insert(header::HOST, host.parse().unwrap());
            if let Some(address) = address {
                let address = ClientAddress(address.parse().unwrap());
                request.extensions_mut().insert(address);
            }
            assert_eq!(is_of_this_machine(&request), is_own, "{address:?} {host}");
        }
    }

    #[test]
    fn template_values_are_escaped() {
        let groups = [Group {
            title: "one",
            text: "a <b> & \"c\" 'd'".into(),
        }];
        let rows = [("<i>", "x".into())];
        let page = StartPage {
            issuer: "http://localhost:8080",
            rows: &rows,
            groups: &groups,
        }
        .render()
        .unwrap();
        assert!(page.contains("&#60;i&#62;"), "{page}");
        assert!(
            page.contains("a &#60;b&#62; &#38; &#34;c&#34; &#39;d&#39;"),
            "{page}"
        );
        assert!(!page.contains("<script"));
    }
}
