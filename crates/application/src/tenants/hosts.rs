//! Hosts of the server's own tenant.

/// Hosts at which the server's own tenant, and tenants with a path, are reached.
#[derive(Clone, Debug)]
pub enum OwnHosts {
    /// Any host that no other tenant has.
    Any,
    /// The host of the issuer, and these.
    Listed(Vec<String>),
}

impl OwnHosts {
    /// Returns the hosts together with that of the issuer.
    pub(super) fn with(self, issuer: &str) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Listed(hosts) => {
                let authority = issuer.split_once("://").map_or("", |(_, rest)| rest);
                let own = authority.split('/').next().unwrap_or_default();
                let all = std::iter::once(own.to_owned()).chain(hosts);
                Self::Listed(all.map(|host| normal(&host)).collect())
            }
        }
    }

    /// Returns whether every host is an own host.
    pub(super) const fn are_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// Returns whether a host of a request certainly is an own host.
    pub(super) fn contain(&self, host: &str) -> bool {
        match self {
            Self::Any => false,
            Self::Listed(hosts) => hosts.iter().any(|own| is_same(own, host)),
        }
    }
}

/// Compares without an allocation, because every request does. `own` is normal.
fn is_same(own: &str, host: &str) -> bool {
    without_default_port(host).eq_ignore_ascii_case(own)
}

/// Returns a host as tenants are registered with it: in lower case, without a default port.
pub(super) fn normal(host: &str) -> String {
    without_default_port(host).to_ascii_lowercase()
}

fn without_default_port(host: &str) -> &str {
    let host = host.strip_suffix(":443").unwrap_or(host);
    host.strip_suffix(":80").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_of_issuer_and_listed_hosts_are_own() {
        let hosts =
            OwnHosts::Listed(vec!["ID.internal:8080".into()]).with("https://id.example.org");
        for own in ["id.example.org", "ID.example.org:443", "id.internal:8080"] {
            assert!(hosts.contain(own), "{own}");
        }
        for other in [
            "",
            "example.org",
            "id.example.org.",
            "id.example.org:8443",
            "id.internal",
        ] {
            assert!(!hosts.contain(other), "{other}");
        }
    }
}
