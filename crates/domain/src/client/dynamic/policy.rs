//! What a tenant allows clients that register themselves.

use crate::client::GrantType;
use crate::client::redirect_uri::RedirectUri;
use crate::client::texts::is_domain;
use crate::resource::Resource;
use crate::scope::Scope;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use core::time::Duration;

/// Who may register a client at the registration endpoint (RFC 7591 section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RegistrationMode {
    /// No one. Registered clients stay, and still manage their registration.
    Off,
    /// Holders of an initial access token, which an operator creates.
    #[default]
    Token,
    /// Anyone.
    Anonymous,
}

crate::wire_names!(RegistrationMode {
    Off = "off",
    Token = "token",
    Anonymous = "anonymous",
});

/// Policy for clients that register themselves. It limits what they request; an operator can change a registered client
/// afterward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationPolicy {
    /// Who may register a client.
    pub mode: RegistrationMode,
    /// Scope that clients may register for. They get it without a `scope` of their own.
    pub scope: Scope,
    /// Grant types that clients may register for: some of [`RegistrationPolicy::GRANT_TYPES`].
    pub grant_types: Vec<GrantType>,
    /// Resources that clients may request (RFC 8707).
    pub resources: Vec<Resource>,
    /// Hosts of redirect URIs, with their subdomains, and private-use schemes. Empty allows every `https` host and the
    /// loopback interface.
    pub redirect_hosts: Vec<String>,
    /// Hosts of redirect URIs that are refused, with their subdomains.
    pub denied_hosts: Vec<String>,
    /// Maximum number of such clients.
    pub most_clients: u32,
    /// Time after which a client that was not used is deleted.
    pub unused_lifetime: Duration,
    /// Maximum number of registrations per network address and ten minutes.
    pub attempts: u32,
}

impl Default for RegistrationPolicy {
    fn default() -> Self {
        Self {
            mode: RegistrationMode::default(),
            scope: Scope::parse(Self::SCOPE).unwrap_or_else(|_| Scope::none()),
            grant_types: Self::GRANT_TYPES.into(),
            resources: Vec::new(),
            redirect_hosts: Vec::new(),
            denied_hosts: Vec::new(),
            most_clients: 1000,
            unused_lifetime: Duration::from_secs(90 * 86_400),
            attempts: 20,
        }
    }
}

crate::error_type! {
    /// Reason why a policy for clients that register themselves is invalid.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidRegistrationPolicy {
        /// Grant type in which no user consents, such as `client_credentials`.
        #[error("clients that register themselves can use only authorization_code and refresh_token")]
        GrantTypes,
        /// The admin API as a resource.
        #[error("clients that register themselves cannot use the admin API")]
        AdminApi,
        /// Malformed host.
        #[error("a host must be in lower case, such as example.org, without scheme, port or path")]
        Host,
        /// A list is too long.
        #[error("a list of the registration policy has at most {max} entries", max = RegistrationPolicy::MOST_ENTRIES)]
        TooManyEntries,
        /// Lifetime of unused clients outside [`RegistrationPolicy::UNUSED_SECONDS`].
        #[error("the lifetime of unused clients is one day to one year")]
        UnusedLifetime,
        /// Number of registrations outside [`RegistrationPolicy::ATTEMPTS`].
        #[error("the number of registrations per address is 1 to {max}", max = RegistrationPolicy::ATTEMPTS.end())]
        Attempts,
        /// More than [`RegistrationPolicy::MOST_CLIENTS`] clients.
        #[error("a tenant can allow at most {max} clients that register themselves", max = RegistrationPolicy::MOST_CLIENTS)]
        Clients,
    }
}

impl RegistrationPolicy {
    /// Default scope.
    pub const SCOPE: &'static str = "openid profile email offline_access";

    /// Grant types that a policy can allow. A user consents in each of them.
    pub const GRANT_TYPES: [GrantType; 2] =
        [GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN];

    /// Maximum number of entries of a list.
    pub const MOST_ENTRIES: usize = 100;

    /// Allowed lifetimes of unused clients, in seconds: one day to one year.
    pub const UNUSED_SECONDS: RangeInclusive<u64> = 86_400..=31_536_000;

    /// Allowed numbers of registrations per network address and ten minutes.
    pub const ATTEMPTS: RangeInclusive<u32> = 1..=10_000;

    /// Maximum number of clients that a tenant can allow.
    pub const MOST_CLIENTS: u32 = 1_000_000;

    /// Checks the values. `admin_api` is the address of the tenant's admin API.
    pub fn check(&self, admin_api: &str) -> Result<(), InvalidRegistrationPolicy> {
        use InvalidRegistrationPolicy as Invalid;
        let rule = |holds: bool, broken: Invalid| if holds { Ok(()) } else { Err(broken) };
        let is_of_user = |own: &GrantType| Self::GRANT_TYPES.contains(own);
        rule(self.grant_types.iter().all(is_of_user), Invalid::GrantTypes)?;
        let mut resources = self.resources.iter().map(Resource::as_str);
        rule(!resources.any(|own| own == admin_api), Invalid::AdminApi)?;
        let hosts = self.redirect_hosts.iter().chain(&self.denied_hosts);
        rule(hosts.into_iter().all(|own| is_domain(own)), Invalid::Host)?;
        let lists = [
            self.grant_types.len(),
            self.resources.len(),
            self.redirect_hosts.len(),
            self.denied_hosts.len(),
        ];
        rule(
            lists.iter().all(|own| *own <= Self::MOST_ENTRIES),
            Invalid::TooManyEntries,
        )?;
        let unused = self.unused_lifetime.as_secs();
        rule(
            Self::UNUSED_SECONDS.contains(&unused),
            Invalid::UnusedLifetime,
        )?;
        rule(Self::ATTEMPTS.contains(&self.attempts), Invalid::Attempts)?;
        rule(self.most_clients <= Self::MOST_CLIENTS, Invalid::Clients)
    }

    /// Returns whether a client may register this redirect URI. An `https` URI on any host is fine by default, and so is
    /// `http` on the loopback interface. A denied host is refused even if it is listed.
    #[must_use]
    pub fn admits(&self, uri: &RedirectUri) -> bool {
        let Some(host) = uri.host() else {
            let scheme = uri.as_str().split(':').next().unwrap_or_default();
            return self.redirect_hosts.iter().any(|own| own == scheme);
        };
        let host = host.to_ascii_lowercase();
        let is_listed = |list: &[String]| list.iter().any(|own| is_within(&host, own));
        !is_listed(&self.denied_hosts)
            && (self.redirect_hosts.is_empty() || is_listed(&self.redirect_hosts))
    }
}

/// Returns whether a host is a domain or one of its subdomains. A dot at the end means the same host.
fn is_within(host: &str, domain: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let front = host.strip_suffix(domain);
    front.is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn admits(policy: &RegistrationPolicy, uri: &str) -> bool {
        policy.admits(&RedirectUri::parse(uri).unwrap())
    }

    #[test]
    fn default_policy_admits_https_and_loopback_alone() {
        let policy = RegistrationPolicy::default();
        assert!(admits(&policy, "https://app.example/cb"));
        assert!(admits(&policy, "http://127.0.0.1/cb") && admits(&policy, "http://localhost:1/"));
        assert!(!admits(&policy, "com.example.app:/cb"));
    }

    #[test]
    fn invalid_policies_are_named() {
        use InvalidRegistrationPolicy as Invalid;
        type Change = fn(&mut RegistrationPolicy);
        const API: &str = "https://auth.example/admin/v1";
        let with = |change: fn(&mut RegistrationPolicy)| {
            let mut policy = RegistrationPolicy::default();
            change(&mut policy);
            policy.check(API)
        };
        assert_eq!(with(|_| {}), Ok(()));
        let changes: [(Change, Invalid); 8] = [
            (
                |own| own.grant_types.push(GrantType::CLIENT_CREDENTIALS),
                Invalid::GrantTypes,
            ),
            (
                |own| own.resources.push(Resource::parse(API).unwrap()),
                Invalid::AdminApi,
            ),
            (
                |own| own.denied_hosts.push("https://a.example".into()),
                Invalid::Host,
            ),
            (
                |own| own.redirect_hosts.push("A.example".into()),
                Invalid::Host,
            ),
            (
                |own| own.redirect_hosts = vec!["a.example".into(); 101],
                Invalid::TooManyEntries,
            ),
            (
                |own| own.unused_lifetime = Duration::from_secs(86_399),
                Invalid::UnusedLifetime,
            ),
            (|own| own.attempts = 0, Invalid::Attempts),
            (|own| own.most_clients = 1_000_001, Invalid::Clients),
        ];
        for (change, expected) in changes {
            assert_eq!(with(change), Err(expected));
        }
    }

    #[test]
    fn listed_hosts_include_subdomains_and_denied_hosts_win() {
        let policy = RegistrationPolicy {
            redirect_hosts: vec!["example.org".into(), "com.example.app".into()],
            denied_hosts: vec!["evil.example.org".into()],
            ..RegistrationPolicy::default()
        };
        for (uri, expected) in [
            ("https://example.org/cb", true),
            ("https://EXAMPLE.org/cb", true),
            ("https://a.example.org:8443/cb", true),
            ("com.example.app:/cb", true),
            ("com.example.other:/cb", false),
            ("https://notexample.org/cb", false),
            ("https://example.org.evil.test/cb", false),
            ("https://evil.example.org/cb", false),
            ("https://a.evil.example.org./cb", false),
            ("http://127.0.0.1/cb", false),
        ] {
            assert_eq!(admits(&policy, uri), expected, "{uri}");
        }
    }
}
