//! Domains of email addresses.

use crate::client::texts::is_domain;
use crate::user::Email;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

crate::error_type! {
    /// The text is not a domain of email addresses.
    #[error("must be a domain in lower-case ASCII such as example.com")]
    pub struct InvalidEmailDomain;
}

/// Domain of email addresses, such as `example.com`. Subdomains are other domains.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailDomain(String);

impl EmailDomain {
    /// Maximum length in characters.
    pub const MAX_LENGTH: usize = 253;

    /// Validates the text.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailDomain> {
        let is_valid = is_domain(text) && text.contains('.');
        is_valid
            .then(|| Self(text.into()))
            .ok_or(InvalidEmailDomain)
    }

    /// Returns the domain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether an address belongs to the domain.
    #[must_use]
    pub fn has(&self, email: &Email) -> bool {
        email.domain() == self.0
    }
}

impl fmt::Debug for EmailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Domains for whose addresses a provider is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustedDomains {
    /// All domains: `*`.
    All,
    /// These domains. Without any, the provider is trusted for no address.
    Listed(Vec<EmailDomain>),
}

impl TrustedDomains {
    /// Text that stands for all domains. It is the only one of its list.
    pub const ALL: &'static str = "*";

    /// Parses a list of domains, or `*` alone.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidEmailDomain> {
        let texts: Vec<&str> = texts.into_iter().collect();
        if texts == [Self::ALL] {
            return Ok(Self::All);
        }
        let domains = texts.into_iter().map(EmailDomain::parse);
        Ok(Self::Listed(domains.collect::<Result<_, _>>()?))
    }

    /// Returns the texts that [`TrustedDomains::parse`] accepts.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::All => vec![Self::ALL],
            Self::Listed(domains) => domains.iter().map(EmailDomain::as_str).collect(),
        }
    }

    /// Returns whether an address belongs to one of the domains.
    #[must_use]
    pub fn include(&self, email: &Email) -> bool {
        match self {
            Self::All => true,
            Self::Listed(domains) => domains.iter().any(|domain| domain.has(email)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trusted_domains_include_only_addresses_of_listed_domains() {
        let domains = TrustedDomains::parse(["example.com", "example.org"]).unwrap();
        let email = |text| Email::parse(text).unwrap();
        assert!(domains.include(&email("Jane@Example.COM")));
        assert!(domains.include(&email("jane@example.org")));
        for other in [
            "jane@mail.example.com",
            "jane@badexample.com",
            "jane@example.com.evil.example",
            "jane@example.net",
        ] {
            assert!(!domains.include(&email(other)), "{other}");
            assert!(TrustedDomains::All.include(&email(other)), "{other}");
        }
        let none = TrustedDomains::parse([]).unwrap();
        assert!(!none.include(&email("jane@example.com")));
    }

    #[test]
    fn only_lower_case_domain_with_dot_is_parsed() {
        for bad in [
            "",
            "example",
            "Example.com",
            "*",
            "*.example.com",
            "@example.com",
            "exämple.com",
            "a..b",
            "example.com.",
        ] {
            assert_eq!(EmailDomain::parse(bad), Err(InvalidEmailDomain), "{bad}");
        }
        let mixed = TrustedDomains::parse(["example.com", "*"]);
        assert_eq!(mixed, Err(InvalidEmailDomain));
    }
}
