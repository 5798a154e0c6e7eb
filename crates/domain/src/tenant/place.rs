//! Where browsers and clients reach a tenant.

use super::name::TenantName;
use alloc::format;
use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The text is not a valid host of a tenant.
    #[error("a host has labels of lower-case letters, digits and hyphens, at least two of them, and may end with a port")]
    pub struct InvalidHost;
}

/// Host of a tenant: a DNS name in lower case, with a port unless it is the default one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

impl HostName {
    /// Validates length and characters. An address is no name, because a certificate names a host.
    pub fn parse(text: &str) -> Result<Self, InvalidHost> {
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        };
        let is_port = |port: &str| {
            let is_number = !port.starts_with(['0', '+']) && port.parse::<u16>().is_ok();
            // Clients leave out a default port, so no request would name it.
            is_number && !["80", "443"].contains(&port)
        };
        let is_label = |label: &str| {
            let plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            (1..=63).contains(&label.len())
                && label.bytes().all(plain)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let is_address = name
            .rsplit('.')
            .next()
            .is_some_and(|last| last.parse::<u32>().is_ok());
        let is_valid = name.len() <= 253
            && name.contains('.')
            && name.split('.').all(is_label)
            && !is_address
            && port.is_none_or(is_port);
        is_valid.then(|| Self(text.into())).ok_or(InvalidHost)
    }

    /// Returns the host.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Where browsers and clients reach a tenant. It determines the issuer, so it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TenantPlace {
    /// Below `/t/` and the name, at the host of the server. Such tenants share a browser origin and must trust each other.
    Path,
    /// At a host of its own.
    Host(HostName),
}

impl TenantPlace {
    /// Start of the path of every tenant that has one.
    pub const PREFIX: &'static str = "/t/";

    /// Returns the issuer of a tenant at this place. `server` is the issuer of the server.
    #[must_use]
    pub fn issuer(&self, name: &TenantName, server: &str) -> String {
        match self {
            Self::Path => format!("{server}{}{name}", Self::PREFIX),
            Self::Host(host) => {
                let scheme = server
                    .split_once("://")
                    .map_or("https", |(scheme, _)| scheme);
                format!("{scheme}://{host}")
            }
        }
    }

    /// Splits the path of a request into the name of a tenant and the rest, which begins with a slash. Returns `None` for
    /// a path outside of all tenants.
    #[must_use]
    pub fn split(path: &str) -> Option<(&str, &str)> {
        let rest = path.strip_prefix(Self::PREFIX)?;
        let end = rest.find('/').unwrap_or(rest.len());
        rest.split_at_checked(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dns_names_are_hosts() {
        for good in [
            "acme.example.org",
            "a.b",
            "id.example.org:8443",
            "x-1.example",
        ] {
            assert!(HostName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "Acme.example.org",
            "acme..org",
            "-a.example",
            "a-.example",
            "a.example.",
            "127.0.0.1",
            "a.example:0",
            "a.example:",
            "a.example:65536",
            "a.example:+80",
            "a.example/x",
            "a.example:80",
            "a.example:443",
            "a.example:80:80",
            "[::1]",
            "a b.example",
        ] {
            assert_eq!(HostName::parse(bad), Err(InvalidHost), "{bad}");
        }
    }

    #[test]
    fn issuer_follows_place() {
        let name = TenantName::parse("acme").unwrap();
        let server = "https://id.example.org";
        assert_eq!(
            TenantPlace::Path.issuer(&name, server),
            "https://id.example.org/t/acme"
        );
        let host = TenantPlace::Host(HostName::parse("acme.example").unwrap());
        assert_eq!(host.issuer(&name, server), "https://acme.example");
        assert_eq!(
            host.issuer(&name, "http://id.example.org:8080"),
            "http://acme.example"
        );
    }

    #[test]
    fn path_names_tenant_and_rest() {
        assert_eq!(
            TenantPlace::split("/t/acme/oauth2/token"),
            Some(("acme", "/oauth2/token"))
        );
        assert_eq!(TenantPlace::split("/t/acme"), Some(("acme", "")));
        assert_eq!(TenantPlace::split("/t/"), Some(("", "")));
        for other in ["/", "/token", "/t", "/tt/acme/x"] {
            assert_eq!(TenantPlace::split(other), None, "{other}");
        }
    }
}
