//! Domain of passkeys, and the origins that may use them (Web Authentication section 5.11).

use countersign_domain::tenant::{Tenant, TenantId};
use std::str::FromStr;
use url::Url;

/// Domain of passkeys, and origins that may use them, in addition to the origin of the issuer.
#[derive(Clone, Debug, Default)]
pub struct RelatedOrigins {
    /// Relying party ID; `None` is the host of the issuer.
    pub domain: Option<String>,
    /// Other origins.
    pub others: Vec<Origin>,
}

/// Origin of a web page: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Url);

/// Error for text that is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin must have the form https://host or https://host:port")]
pub struct InvalidOrigin;

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let url = Url::parse(text).map_err(|_| InvalidOrigin)?;
        let is_origin = url.scheme() == "https" && url.origin().ascii_serialization() == text;
        is_origin.then_some(Self(url)).ok_or(InvalidOrigin)
    }
}

/// Returns whether a tenant is at the host of the server, to which the settings apply. A tenant at another host has the
/// passkeys of that host.
fn is_at_own_host(tenant: &Tenant) -> bool {
    tenant.id == TenantId::SINGLE || !tenant.path().is_empty()
}

impl RelatedOrigins {
    /// Returns the relying party ID of a tenant, if it is set.
    pub(super) fn domain_of(&self, tenant: &Tenant) -> Option<String> {
        self.domain.clone().filter(|_| is_at_own_host(tenant))
    }

    /// Passkeys belong to the host of the issuer, which alone uses them.
    pub const NONE: Self = Self {
        domain: None,
        others: Vec::new(),
    };

    /// Returns all origins of a tenant, that of its issuer first. `None` if the issuer has none.
    pub(super) fn of(&self, tenant: &Tenant) -> Option<Vec<Url>> {
        let issuer = Url::parse(&tenant.issuer).ok()?;
        let own = Url::parse(&issuer.origin().ascii_serialization()).ok()?;
        let others = self.others.iter().filter(|_| is_at_own_host(tenant));
        let others = others.map(|Origin(url)| url.clone());
        Some([own].into_iter().chain(others).collect())
    }

    /// Returns the origins to publish at `/.well-known/webauthn`; none without settings.
    pub(super) fn published(&self, tenant: &Tenant) -> Vec<String> {
        let is_set = self.domain.is_some() || !self.others.is_empty();
        if !is_set || !is_at_own_host(tenant) {
            return Vec::new();
        }
        let all = self.of(tenant).unwrap_or_default();
        let texts = all.iter().map(|url| url.origin().ascii_serialization());
        texts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_secure_origin_without_path_is_parsed() {
        for good in ["https://id.example.org", "https://id.example.org:8443"] {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "id.example.org",
            "http://id.example.org",
            "https://id.example.org/",
            "https://id.example.org/path",
            "https://ID.example.org",
            "https://jane@id.example.org",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }
}
