//! The cookies: names, attributes and values.

use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// The sessions of a browser, joined by `~`, the current one first.
pub(crate) const SESSION: Cookie = Cookie("countersign-session");
/// The name of the browser: 128 random bits.
pub(crate) const BROWSER: Cookie = Cookie("countersign-browser");
/// The devices that this browser is for its users, sealed for it.
pub(crate) const DEVICE: Cookie = Cookie("countersign-device");

/// The longest that a browser keeps a cookie.
pub(crate) const FOR_GOOD: Duration = Duration::from_secs(400 * 86_400);

/// The longest cookie that browsers keep, with its name and attributes (RFC 6265 section 6.1). A longer one they drop
/// without a word.
const LONGEST: usize = 4096;

/// What stands between two sessions: a character that neither base64url nor a JWT has.
pub(crate) const BETWEEN: char = '~';

/// A cookie by its plain name.
#[derive(Clone, Copy)]
pub(crate) struct Cookie(&'static str);

impl Cookie {
    /// Over https the prefix makes the browser refuse what another host or plain http would plant
    /// (RFC 6265bis section 4.1.3.2).
    fn name(self, secure: bool) -> String {
        let prefix = if secure { "__Host-" } else { "" };
        format!("{prefix}{}", self.0)
    }

    /// The value that came with a request. Of several, the first counts.
    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        let name = self.name(secure);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(own, value)| (own == name).then_some(value))
    }

    /// The header that sets it. An empty value takes it away.
    pub(crate) fn write(
        self,
        value: &str,
        lifetime: Duration,
        secure: bool,
    ) -> Option<HeaderValue> {
        let name = self.name(secure);
        let age = if value.is_empty() {
            0
        } else {
            lifetime.as_secs()
        };
        let secure = if secure { "; Secure" } else { "" };
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(cookie).ok()
    }

    /// The header that sets it to `values`, with [`BETWEEN`] between two: as many, from the first on, as browsers keep.
    pub(crate) fn write_joined(
        self,
        values: &[&str],
        lifetime: Duration,
        secure: bool,
    ) -> Option<HeaderValue> {
        let cookie = self.write(&values.join(&BETWEEN.to_string()), lifetime, secure)?;
        match values.split_last() {
            Some((_, [])) | None => Some(cookie),
            Some(_) if cookie.len() <= LONGEST => Some(cookie),
            Some((_, fewer)) => self.write_joined(fewer, lifetime, secure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(cookies: &[&'static str]) -> HeaderMap {
        let values = cookies.iter().map(|value| HeaderValue::from_static(value));
        values.map(|value| (header::COOKIE, value)).collect()
    }

    #[test]
    fn over_https_a_cookie_without_the_host_prefix_is_none_of_ours() {
        let headers = sent(&["countersign-session=planted; a=b"]);
        assert_eq!(SESSION.read(&headers, true), None);
        assert_eq!(SESSION.read(&headers, false), Some("planted"));
        let headers = sent(&["a=b", "x; __Host-countersign-session=own;c=d"]);
        assert_eq!(SESSION.read(&headers, true), Some("own"));
    }

    #[test]
    fn of_sessions_that_no_browser_keeps_together_the_first_stay() {
        let hour = Duration::from_secs(3600);
        for (length, kept) in [(500, 5), (1000, 4), (1100, 3), (5000, 1)] {
            let tokens: Vec<String> = (0..5)
                .map(|number| number.to_string().repeat(length))
                .collect();
            let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
            let cookie = SESSION.write_joined(&tokens, hour, true).unwrap();
            let expected = tokens[..kept].join("~");
            assert_eq!(
                SESSION.write(&expected, hour, true),
                Some(cookie.clone()),
                "{length}"
            );
            assert!(cookie.len() <= LONGEST || kept == 1, "{length}");
        }
        assert_eq!(
            SESSION.write_joined(&[], hour, true),
            SESSION.write("", hour, true)
        );
    }

    #[test]
    fn a_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http() {
        let hour = Duration::from_secs(3600);
        assert_eq!(
            SESSION.write("token", hour, true).unwrap(),
            "__Host-countersign-session=token; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            SESSION.write("", hour, false).unwrap(),
            "countersign-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }
}
