//! Cookies: names, attributes and values.

use axum::http::{HeaderMap, HeaderValue, header};
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::place::TenantPlace;
use std::time::Duration;

/// Session cookie: credentials joined by `~`, the current session first.
pub(crate) const SESSION: Cookie = Cookie("countersign-session");
/// Browser cookie: a random 128-bit ID of the browser.
pub(crate) const BROWSER: Cookie = Cookie("countersign-browser");
/// Device cookie: IDs of remembered devices, sealed for this browser.
pub(crate) const DEVICE: Cookie = Cookie("countersign-device");

/// Cookie of the known device: digests of the accounts that have signed in, sealed for this browser.
pub(crate) const KNOWN: Cookie = Cookie("countersign-known");

/// Cookie of the chosen language: a language tag.
pub(crate) const LANGUAGE: Cookie = Cookie("countersign-language");

/// Cookie of the offer to create a passkey.
pub(crate) const PASSKEYS: Cookie = Cookie("countersign-passkeys");

/// Maximum cookie lifetime in browsers: 400 days.
pub const BROWSER_LIFETIME: Duration = Duration::from_secs(400 * 86_400);

/// Maximum size of a cookie with its name and attributes, in bytes (RFC 6265 section 6.1). Browsers silently drop
/// longer cookies.
const LONGEST: usize = 4096;

/// Separator between two credentials. Neither base64url nor a JWT contains it.
pub(crate) const SEPARATOR: char = '~';

/// Cookies of a tenant.
#[derive(Clone, Copy)]
pub(crate) struct Jar<'a> {
    /// Whether browsers reach the tenant over HTTPS.
    secure: bool,
    /// Name of a tenant with a path.
    tenant: Option<&'a str>,
}

impl<'a> Jar<'a> {
    /// Returns the cookies of a tenant.
    pub(crate) fn of(tenant: &'a Tenant) -> Self {
        Self {
            secure: tenant.issuer.starts_with("https://"),
            tenant: tenant.path().strip_prefix(TenantPlace::PREFIX),
        }
    }
}

/// Cookie name without prefix.
#[derive(Clone, Copy)]
pub(crate) struct Cookie(&'static str);

impl Cookie {
    /// Returns the name of the cookie. Over HTTPS it has the prefix `__Host-`, so browsers reject a cookie that another
    /// host or plain HTTP sets (RFC 6265bis section 4.1.3.2). The prefix forbids a path, so the name contains that of a
    /// tenant with a path.
    fn name(self, jar: Jar<'_>) -> String {
        let prefix = if jar.secure { "__Host-" } else { "" };
        let suffix = jar
            .tenant
            .map_or_else(String::new, |tenant| format!("-{tenant}"));
        format!("{prefix}{}{suffix}", self.0)
    }

    /// Returns the value in a request. If the cookie occurs more than once, returns the first value.
    pub(crate) fn read<'a>(self, headers: &'a HeaderMap, jar: Jar<'_>) -> Option<&'a str> {
        let name = self.name(jar);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(own, value)| (own == name).then_some(value))
    }

    /// Returns the `Set-Cookie` value. An empty value deletes the cookie.
    pub(crate) fn write(
        self,
        value: &str,
        lifetime: Duration,
        jar: Jar<'_>,
    ) -> Option<HeaderValue> {
        let name = self.name(jar);
        let age = if value.is_empty() {
            0
        } else {
            lifetime.as_secs()
        };
        let secure = if jar.secure { "; Secure" } else { "" };
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(cookie).ok()
    }

    /// Returns the `Set-Cookie` value for `values`, joined by [`SEPARATOR`]. Drops values from the end until the cookie
    /// is short enough, but keeps the first.
    pub(crate) fn write_joined(
        self,
        values: &[&str],
        lifetime: Duration,
        jar: Jar<'_>,
    ) -> Option<HeaderValue> {
        let cookie = self.write(&values.join(&SEPARATOR.to_string()), lifetime, jar)?;
        match values.split_last() {
            Some((_, [])) | None => Some(cookie),
            Some(_) if cookie.len() <= LONGEST => Some(cookie),
            Some((_, fewer)) => self.write_joined(fewer, lifetime, jar),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECURE: Jar<'_> = Jar {
        secure: true,
        tenant: None,
    };
    const PLAIN: Jar<'_> = Jar {
        secure: false,
        tenant: None,
    };

    fn sent(cookies: &[&'static str]) -> HeaderMap {
        let values = cookies.iter().map(|value| HeaderValue::from_static(value));
        values.map(|value| (header::COOKIE, value)).collect()
    }

    #[test]
    fn https_requires_host_prefix_of_cookies() {
        let headers = sent(&["countersign-session=planted; a=b"]);
        assert_eq!(SESSION.read(&headers, SECURE), None);
        assert_eq!(SESSION.read(&headers, PLAIN), Some("planted"));
        let headers = sent(&["a=b", "x; __Host-countersign-session=own;c=d"]);
        assert_eq!(SESSION.read(&headers, SECURE), Some("own"));
    }

    #[test]
    fn oversized_session_cookie_keeps_first_sessions() {
        let hour = Duration::from_secs(3600);
        for (length, kept) in [(500, 5), (1000, 4), (1100, 3), (5000, 1)] {
            let tokens: Vec<String> = (0..5)
                .map(|number| number.to_string().repeat(length))
                .collect();
            let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
            let cookie = SESSION.write_joined(&tokens, hour, SECURE).unwrap();
            let expected = tokens[..kept].join("~");
            assert_eq!(
                SESSION.write(&expected, hour, SECURE),
                Some(cookie.clone()),
                "{length}"
            );
            assert!(cookie.len() <= LONGEST || kept == 1, "{length}");
        }
        assert_eq!(
            SESSION.write_joined(&[], hour, SECURE),
            SESSION.write("", hour, SECURE)
        );
    }

    #[test]
    fn cookie_is_http_only_same_site_and_secure() {
        let hour = Duration::from_secs(3600);
        assert_eq!(
            SESSION.write("token", hour, SECURE).unwrap(),
            "__Host-countersign-session=token; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            SESSION.write("", hour, PLAIN).unwrap(),
            "countersign-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn cookie_of_tenant_with_path_is_unknown_to_others() {
        let acme = Jar {
            tenant: Some("acme"),
            ..SECURE
        };
        let headers = sent(&["__Host-countersign-session-acme=own"]);
        assert_eq!(SESSION.read(&headers, acme), Some("own"));
        assert_eq!(SESSION.read(&headers, SECURE), None);
        let cookie = SESSION.write("x", Duration::from_secs(1), acme).unwrap();
        assert!(
            cookie
                .to_str()
                .unwrap()
                .starts_with("__Host-countersign-session-acme=x; Path=/;")
        );
    }
}
