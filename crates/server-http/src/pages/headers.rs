//! Headers of every page, in one place.

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
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// What a page needs beyond the least: no page gets more than it uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Runs one of our scripts.
    pub scripts: bool,
    /// Its form leads away from this server: to a client, at once or by a redirect that answers the form.
    /// Chromium holds `form-action` against every redirect after a form, and not all of them are known
    /// when the page is made; so such a page goes without.
    pub form_leads_away: bool,
    /// Addresses that are loaded into frames (OpenID Connect Front-Channel Logout section 2).
    pub frames: Vec<String>,
}

impl Policy {
    /// `Content-Security-Policy`.
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

/// Scheme and authority of an address, if nothing in them could end the directive they stand in.
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

/// A page on its way to the browser. `secure` is whether the server is reached over https.
pub(super) fn page(status: StatusCode, policy: &Policy, secure: bool, html: String) -> Response {
    let mut headers = HeaderMap::from_iter(ALWAYS);
    match HeaderValue::try_from(policy.content_security()) {
        Ok(policy) => headers.insert(header::CONTENT_SECURITY_POLICY, policy),
        Err(error) => {
            tracing::error!(%error, "the policy of a page cannot be written down");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    (status, headers, html).into_response()
}

/// A page of an authorization request, which may be in a pop-up: the client waits there for what it opened. One page
/// with a policy of its own would part the two for good, whatever the policy allows (HTML section 7.1.3).
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
    fn a_page_runs_nothing_loads_nothing_and_is_kept_nowhere() {
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
    fn a_page_is_allowed_what_it_needs_and_no_frame_can_add_to_the_policy() {
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
