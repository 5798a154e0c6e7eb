//! How many failed logins are borne before somebody has to wait.
//!
//! Failures are counted under a name that changes with each window of time, so that nothing has to be reset. A name
//! is made of what was typed, whether there is such an account or not: the answer tells nothing.

use crate::identifier::LoginId;
use crate::time::Timestamp;
use core::net::IpAddr;
use core::time::Duration;
use sha2::{Digest as _, Sha256};

/// What failures are counted in, in seconds.
const WINDOW: u64 = 600;

/// What attempts are counted for.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// Failed logins of an account, by the e-mail address that was typed.
    Account(&'a str),
    /// Failed logins from an address, whatever the account.
    Address(IpAddr),
    /// Codes sent to an e-mail address.
    Mailbox(&'a str),
    /// Codes asked for from an address, whatever the mailbox.
    Sender(IpAddr),
}

/// The present window of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Under which name a store counts.
    pub name: LoginId,
    /// When counting begins anew.
    pub ends: Timestamp,
    most: u32,
}

impl Target<'_> {
    /// Many people share an address, nobody shares an account. At ten an hour's sixth, a password of six random
    /// digits takes a year.
    const fn most(&self) -> u32 {
        match self {
            Self::Account(_) => 10,
            Self::Address(_) => 100,
            Self::Mailbox(_) => 5,
            Self::Sender(_) => 50,
        }
    }

    /// The window that is open at `now`.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> Window {
        let number = now.as_unix_seconds() / WINDOW;
        let digest = Sha256::new().chain_update(number.to_be_bytes());
        let digest = match self {
            Self::Account(email) => digest.chain_update(b"account").chain_update(folded(email)),
            Self::Mailbox(email) => digest.chain_update(b"mailbox").chain_update(folded(email)),
            Self::Address(address) => digest
                .chain_update(b"address")
                .chain_update(network(*address)),
            Self::Sender(address) => digest
                .chain_update(b"sender")
                .chain_update(network(*address)),
        };
        let mut name = [0; 16];
        for (to, from) in name.iter_mut().zip(digest.finalize()) {
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
    /// How long to wait after `attempts`; `None` for one who may go on.
    #[must_use]
    pub const fn wait(&self, attempts: u32, now: Timestamp) -> Option<Duration> {
        if attempts < self.most {
            None
        } else {
            Some(self.ends.since(now))
        }
    }
}

/// As [`Email`](crate::user::Email) does it, for texts that are no address too.
fn folded(email: &str) -> alloc::string::String {
    email.trim().to_lowercase()
}

/// Whoever has one IPv6 address has a network of 64 bits of them.
fn network(address: IpAddr) -> [u8; 16] {
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
    fn the_tenth_failure_of_an_account_makes_its_owner_wait_until_the_window_ends() {
        let window = Target::Account("jane@example.com").window(NOW);
        assert_eq!(window.wait(9, NOW), None);
        assert_eq!(window.wait(10, NOW), Some(window.ends.since(NOW)));
        assert!(window.ends.since(NOW) <= Duration::from_secs(600));
        let next = Target::Account("jane@example.com").window(window.ends);
        assert_ne!(next.name, window.name);
    }

    #[test]
    fn two_spellings_are_one_account_and_two_targets_are_two_counts() {
        let jane = Target::Account("jane@example.com").window(NOW);
        assert_eq!(Target::Account(" Jane@Example.com").window(NOW), jane);
        for other in [
            Target::Account("joe@example.com"),
            Target::Mailbox("jane@example.com"),
            address("192.0.2.1"),
            Target::Sender("192.0.2.1".parse().unwrap()),
        ] {
            assert_ne!(other.window(NOW).name, jane.name, "{other:?}");
        }
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let window = |text| address(text).window(NOW);
        assert_eq!(window("2001:db8::1"), window("2001:db8::2"));
        assert_ne!(window("2001:db8::1"), window("2001:db8:0:1::1"));
        assert_ne!(window("192.0.2.1"), window("192.0.2.2"));
        assert_eq!(window("::ffff:192.0.2.1"), window("192.0.2.1"));
    }
}
