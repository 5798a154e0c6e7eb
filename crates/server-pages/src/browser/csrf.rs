//! Forms come from our own pages in the same browser, or they are not taken.

use axum::http::{HeaderMap, header};
use countersign_domain::tenant::TenantId;
use countersign_ports::Envelopes;

/// The field `csrf` of every form of a browser.
pub(crate) fn seal(envelopes: &dyn Envelopes, tenant: TenantId, browser: &str) -> String {
    envelopes.seal(tenant, &context(browser), &[])
}

/// Whether the field `csrf` was made for this browser.
pub(crate) fn is_ours(
    envelopes: &dyn Envelopes,
    tenant: TenantId,
    browser: &str,
    field: &str,
) -> bool {
    envelopes.open(tenant, &context(browser), field).is_some()
}

fn context(browser: &str) -> String {
    format!("csrf:{browser}")
}

/// Whether a request comes from a page of this server, as far as the browser says. Our pages send no referrer, and
/// for such a page a browser says that the origin is `null`; so does a page in a sandbox of somebody else's, which
/// `Sec-Fetch-Site` tells apart. A browser that sends neither has the field `csrf` alone to show.
pub(crate) fn is_from_here(headers: &HeaderMap, issuer: &str) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let is_origin_ours = match text(header::ORIGIN) {
        None | Some("null") => true,
        Some(origin) => origin == own_origin(issuer),
    };
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    is_origin_ours && site.is_none_or(|site| site == "same-origin")
}

/// Scheme, host and port of the issuer.
fn own_origin(issuer: &str) -> &str {
    let host = issuer.find("://").map_or(0, |at| at + 3);
    let path = issuer.get(host..).and_then(|rest| rest.find('/'));
    path.and_then(|length| issuer.get(..host + length))
        .unwrap_or(issuer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn where_a_form_may_come_from() {
        let here = "https://auth.example";
        for (origin, site, taken) in [
            (Some(here), Some("same-origin"), true),
            (Some(here), None, true),
            (Some("null"), Some("same-origin"), true),
            (Some("null"), None, true),
            (None, None, true),
            (Some("null"), Some("cross-site"), false),
            (Some("https://evil.example"), None, false),
            (Some("http://auth.example"), None, false),
            (Some("https://auth.example.evil.example"), None, false),
            (Some(here), Some("same-site"), false),
            (None, Some("cross-site"), false),
            (None, Some("none"), false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            for issuer in [here, "https://auth.example/tenant"] {
                assert_eq!(is_from_here(&headers, issuer), taken, "{origin:?} {site:?}");
            }
        }
    }
}
