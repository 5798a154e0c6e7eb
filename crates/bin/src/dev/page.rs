//! The start page of `dev`: what the terminal shows, in a browser. No script; everything is escaped.

use super::commands::{Group, accounts, addresses};
use super::data::DataFolder;
use super::facts::Facts;
use axum::Router;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _};
use axum::routing::get;
use std::net::IpAddr;

const TEMPLATE: &str = include_str!("page.html");

/// `GET /`.
pub(super) fn router(issuer: &str, facts: &Facts, folder: &DataFolder, groups: &[Group]) -> Router {
    let rows: Vec<_> = addresses(issuer)
        .into_iter()
        .chain(accounts(facts, folder))
        .collect();
    let page = render(&rows, groups);
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Router::new().route(
        "/",
        get(async move |request: HeaderMap| {
            if names_this_machine(&request) {
                (headers, Html(page.clone())).into_response()
            } else {
                (StatusCode::FORBIDDEN, ELSEWHERE).into_response()
            }
        }),
    )
}

const ELSEWHERE: &str =
    "This page has credentials on it and answers to localhost, 127.0.0.1 and [::1] only.\n";

/// Whether `Host` is a name that means this machine wherever it is looked up. Any other name may be that
/// of a page elsewhere, whose script asks here after its name was pointed at this machine.
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

fn render(rows: &[(&str, String)], groups: &[Group]) -> String {
    let rows = rows.iter().map(|(name, value)| {
        let (name, value) = (escaped(name), escaped(value));
        format!("<tr><th scope=\"row\">{name}</th><td><code>{value}</code></td></tr>\n")
    });
    let groups = (1..).zip(groups).map(|(number, group)| {
        let (title, text) = (escaped(group.title), escaped(&group.text));
        format!("<h2>{number}. {title}</h2>\n<pre>{text}</pre>\n")
    });
    let rows = rows.collect::<Vec<_>>().concat();
    let groups = groups.collect::<Vec<_>>().concat();
    // The template is split first, so that what is filled in is not looked through.
    let (before, after) = TEMPLATE.split_once("{rows}").unwrap_or((TEMPLATE, ""));
    let (between, after) = after.split_once("{groups}").unwrap_or((after, ""));
    [before, &rows, between, &groups, after].concat()
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_escaped_and_not_looked_through_for_places() {
        let groups = [Group {
            title: "{rows}",
            text: "a <b> & \"c\" 'd' {groups}".into(),
        }];
        let page = render(&[("<i>", "{groups}".into())], &groups);
        assert!(page.contains("&lt;i&gt;"));
        assert!(page.contains("a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; {groups}"));
        assert!(page.contains("<h2>1. {rows}</h2>"));
        assert!(page.ends_with("</html>\n"));
        assert!(!page.contains("<script"));
    }
}
