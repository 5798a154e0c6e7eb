//! Rate limits for sign-in attempts and emailed codes.
//!
//! A store counts attempts under a name that changes with each time window, so counters never need a reset. The name
//! is derived from the entered email address, whether an account exists or not. The limit therefore does not reveal
//! accounts.

use crate::identifier::LoginId;
use crate::login::known_device::KnownAccount;
use crate::time::Timestamp;
use core::net::IpAddr;
use core::time::Duration;
use hmac_sha256::Hash;

/// Length of a rate limit window in seconds.
const WINDOW: u64 = 600;

/// Target of a rate limit.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// Failed password sign-ins and code attempts for an account, by the entered email address.
    Account(&'a str),
    /// The same, from a device on which the account has signed in before.
    KnownAccount(KnownAccount),
    /// Failed sign-ins from an IP address, for all accounts.
    Address(IpAddr),
    /// Codes sent to an email address.
    Mailbox(&'a str),
    /// Codes and registrations requested from an IP address, for all email addresses.
    Sender(IpAddr),
    /// Clients that register themselves from an IP address.
    Registration {
        /// IP address.
        address: IpAddr,
        /// Maximum number of attempts in a window.
        most: u32,
    },
    /// Wrong user codes of devices, typed from an IP address.
    UserCodes(IpAddr),
    /// Requests of devices from an IP address, for all clients.
    DeviceRequests(IpAddr),
}

/// Current rate limit window of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Name of the counter in the store.
    pub name: LoginId,
    /// End of the window.
    pub ends: Timestamp,
    most: u32,
}

impl Target<'_> {
    /// Maximum number of attempts in a window.
    ///
    /// The limits per IP address are higher because many users share an address. At ten guesses per ten minutes, a
    /// random six-digit code takes about a year to guess. At twenty, a stranger at one address finds any of 1000 live user
    /// codes after twenty years (RFC 8628 section 5.1). A stranger with many networks is faster.
    const fn most(&self) -> u32 {
        match self {
            Self::Account(_) | Self::KnownAccount(_) => 10,
            Self::Address(_) | Self::DeviceRequests(_) => 100,
            Self::Mailbox(_) => 5,
            Self::Sender(_) => 50,
            Self::Registration { most, .. } => *most,
            Self::UserCodes(_) => 20,
        }
    }

    /// Returns the window at `now`.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> Window {
        let number = now.as_unix_seconds() / WINDOW;
        let mut hash = Hash::new();
        hash.update(number.to_be_bytes());
        let mut add = |kind: &str, name: &[u8]| {
            hash.update(kind);
            hash.update(name);
        };
        match self {
            Self::Account(email) => add("account", folded(email).as_bytes()),
            Self::KnownAccount(account) => add("known account", account.as_bytes()),
            Self::Mailbox(email) => add("mailbox", folded(email).as_bytes()),
            Self::Address(address) => add("address", &network(*address)),
            Self::Sender(address) => add("sender", &network(*address)),
            Self::Registration { address, .. } => add("registration", &network(*address)),
            Self::UserCodes(address) => add("user codes", &network(*address)),
            Self::DeviceRequests(address) => add("device requests", &network(*address)),
        }
        let mut name = [0; 16];
        for (to, from) in name.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        Window {
            name: LoginId::from_bytes(name),
            ends: Timestamp::from_unix_seconds((number + 1) * WINDOW),
            most: self.most(),
        }
    }
}

impl Window {
    /// Returns the number of attempts that the window allows.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.most
    }

    /// Returns the time to wait after `attempts`; `None` if another attempt is allowed.
    #[must_use]
    pub const fn wait(&self, attempts: u32, now: Timestamp) -> Option<Duration> {
        if attempts < self.most {
            None
        } else {
            Some(self.ends.since(now))
        }
    }
}

/// Lower-cases like [`Email`](crate::user::Email), but also accepts texts that are not an address.
fn folded(email: &str) -> alloc::string::String {
    email.trim().to_lowercase()
}

/// Returns the /64 network of an IPv6 address, because one subscriber controls the whole network. An IPv4 address stays
/// as it is, in its IPv6 form.
#[must_use]
pub fn network(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => {
            let mut octets = address.octets();
            if let Some(host) = octets.get_mut(8..) {
                host.fill(0);
            }
            octets
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::NOW;

    fn address(text: &str) -> Target<'static> {
        Target::Address(text.parse().unwrap())
    }

    #[test]
    fn tenth_failure_blocks_account_until_window_ends() {
        let window = Target::Account("jane@example.com").window(NOW);
        assert_eq!(window.wait(9, NOW), None);
        assert_eq!(window.wait(10, NOW), Some(window.ends.since(NOW)));
        assert!(window.ends.since(NOW) <= Duration::from_secs(600));
        let next = Target::Account("jane@example.com").window(window.ends);
        assert_ne!(next.name, window.name);
    }

    #[test]
    fn email_spellings_share_a_counter_but_targets_do_not() {
        let jane = Target::Account("jane@example.com").window(NOW);
        assert_eq!(Target::Account(" Jane@Example.com").window(NOW), jane);
        for other in [
            Target::Account("joe@example.com"),
            Target::KnownAccount(KnownAccount::from_bytes([1; 16])),
            Target::Mailbox("jane@example.com"),
            address("192.0.2.1"),
            Target::Sender("192.0.2.1".parse().unwrap()),
            Target::Registration {
                address: "192.0.2.1".parse().unwrap(),
                most: 10,
            },
            Target::UserCodes("192.0.2.1".parse().unwrap()),
            Target::DeviceRequests("192.0.2.1".parse().unwrap()),
        ] {
            assert_ne!(other.window(NOW).name, jane.name, "{other:?}");
        }
    }

    #[test]
    fn ipv6_64_bit_network_counts_as_one_address() {
        let window = |text| address(text).window(NOW);
        assert_eq!(window("2001:db8::1"), window("2001:db8::2"));
        assert_ne!(window("2001:db8::1"), window("2001:db8:0:1::1"));
        assert_ne!(window("192.0.2.1"), window("192.0.2.2"));
        assert_eq!(window("::ffff:192.0.2.1"), window("192.0.2.1"));
    }
}
