//! HTTP headers of all pages.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_TYPE, HTML),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (OPENER_POLICY, HeaderValue::from_static("same-origin")),
    // For browsers that do not support `frame-ancestors`.
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Permissions that a page needs beyond the default policy. No page gets more than it uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether the page runs one of our scripts.
    pub scripts: bool,
    /// Whether the form leads to a client, directly or by a redirect. Chromium applies `form-action` to every redirect
    /// after a form submission. The redirects are not known when the page is rendered, so the page omits the directive.
    pub form_leads_away: bool,
    /// URLs that the page loads in frames (OpenID Connect Front-Channel Logout section 2).
    pub frames: Vec<String>,
}

impl Policy {
    /// Returns the value of `Content-Security-Policy`.
    fn content_security(&self) -> String {
        let mut policy = String::from(
            "default-src 'none'; style-src 'self'; img-src 'self' data: https:; frame-ancestors 'none'; base-uri 'none'",
        );
        if self.scripts {
            policy.push_str("; script-src 'self'");
        }
        if !self.form_leads_away {
            policy.push_str("; form-action 'self'");
        }
        if !self.frames.is_empty() {
            policy.push_str("; frame-src");
        }
        for origin in self.frames.iter().filter_map(|address| origin(address)) {
            policy.push(' ');
            policy.push_str(origin);
        }
        policy
    }
}

/// Returns scheme and authority of a URL. Returns `None` if they contain a character that could end the directive.
fn origin(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-._~:[]".contains(&byte))
    };
    let length = scheme.len() + 3 + authority.len();
    (plain(scheme) && plain(authority)).then(|| address.get(..length))?
}

/// Returns the response with a page. `secure` says whether clients reach the server over HTTPS.
pub(super) fn page(status: StatusCode, policy: &Policy, secure: bool, html: String) -> Response {
    let mut headers = HeaderMap::from_iter(ALWAYS);
    match HeaderValue::try_from(policy.content_security()) {
        Ok(policy) => headers.insert(header::CONTENT_SECURITY_POLICY, policy),
        Err(error) => {
            tracing::error!(%error, "cannot create the content security policy of a page");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    (status, headers, html).into_response()
}

/// Removes the opener policy from a page of an authorization request. The client may have opened the page in a pop-up.
/// A single page with an opener policy, of any value, would permanently cut the link to the client (HTML section
/// 7.1.3).
pub(crate) fn keep_opener(mut response: Response) -> Response {
    response.headers_mut().remove(OPENER_POLICY);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_of<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
        response.headers().get(name)?.to_str().ok()
    }

    #[test]
    fn page_headers_block_scripts_framing_and_caching() {
        let shown = page(StatusCode::OK, &Policy::default(), true, String::new());
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            (
                "strict-transport-security",
                "max-age=63072000; includeSubDomains",
            ),
            (
                "content-security-policy",
                "default-src 'none'; style-src 'self'; img-src 'self' data: https:; frame-ancestors 'none'; \
                 base-uri 'none'; form-action 'self'",
            ),
        ] {
            assert_eq!(header_of(&shown, name), Some(value), "{name}");
        }
        let plain = page(StatusCode::OK, &Policy::default(), false, String::new());
        assert_eq!(header_of(&plain, "strict-transport-security"), None);
    }

    #[test]
    fn frame_url_cannot_inject_policy_directives() {
        let policy = Policy {
            scripts: true,
            form_leads_away: true,
            frames: [
                "https://app.example/logout?sid=1",
                "http://[::1]:8080",
                "https://a;script-src *",
                "https:///x",
                "nonsense",
            ]
            .map(Into::into)
            .into(),
        }
        .content_security();
        assert!(policy.ends_with(
            "base-uri 'none'; script-src 'self'; frame-src https://app.example http://[::1]:8080"
        ));
    }
}
