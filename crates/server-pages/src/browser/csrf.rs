//! CSRF protection: origin check of forms. The second check is the field `csrf`, which is sealed for one browser.

use axum::http::{HeaderMap, header};

/// Returns whether a request comes from a page of this server, according to its headers.
///
/// The pages send no referrer, so a browser may report the origin `null` for them. A sandboxed page of another site has
/// the origin `null` too, but a different `Sec-Fetch-Site`. For a browser that sends neither header, only the field `csrf`
/// protects the form.
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

/// Returns the origin of the issuer: scheme, host and port.
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
    fn form_of_other_origin_or_site_is_rejected() {
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
