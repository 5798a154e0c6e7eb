//! Address ranges that an outbound request may or may not reach (IANA special-purpose address registries, RFC 6890).

#[cfg(test)]
mod tests;

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks that a request may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Public networks.
    Public,
    /// Public and private networks.
    Private,
}

impl Reach {
    pub(super) fn allows(self, address: IpAddr) -> bool {
        match Network::of(address) {
            Network::Public => true,
            Network::Private => self == Self::Private,
            Network::Special => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    /// Part of the public Internet.
    Public,
    /// Network that may have applications, allowed by configuration.
    Private,
    /// Network that never has applications.
    Special,
}

impl Network {
    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let is_in =
            |networks: &[Ipv4Net]| networks.iter().any(|network| network.contains(&address));
        if is_in(SPECIAL_V4) {
            Self::Special
        } else if is_in(PRIVATE_V4) {
            Self::Private
        } else {
            Self::Public
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if let Some(embedded) = embedded_v4(address) {
            return Self::of_v4(embedded);
        }
        let is_in =
            |networks: &[Ipv6Net]| networks.iter().any(|network| network.contains(&address));
        if is_in(SPECIAL_V6) {
            Self::Special
        } else if is_in(PRIVATE_V6) {
            Self::Private
        } else if GLOBAL_V6.contains(&address) {
            Self::Public
        } else {
            // Unspecified, IPv4-compatible, link-local, site-local, multicast, and unallocated addresses.
            Self::Special
        }
    }
}

/// Creates a network from its four bytes and its prefix length.
const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// Creates a network from its first two groups, its last group and its prefix length.
const fn v6(a: u16, b: u16, last: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, last), prefix)
}

const PRIVATE_V4: &[Ipv4Net] = &[
    v4(10, 0, 0, 0, 8),     // private use (RFC 1918)
    v4(100, 64, 0, 0, 10),  // carrier-grade NAT (RFC 6598)
    v4(127, 0, 0, 0, 8),    // loopback
    v4(172, 16, 0, 0, 12),  // private use (RFC 1918)
    v4(192, 168, 0, 0, 16), // private use (RFC 1918)
    v4(198, 18, 0, 0, 15),  // benchmarking (RFC 2544)
];

const SPECIAL_V4: &[Ipv4Net] = &[
    v4(0, 0, 0, 0, 8),          // this host
    v4(100, 100, 100, 200, 32), // metadata service of Alibaba Cloud
    v4(168, 63, 129, 16, 32),   // Azure platform
    v4(169, 254, 0, 0, 16),     // link-local; metadata services of most clouds
    v4(192, 0, 0, 0, 24),       // protocol assignments (RFC 6890)
    v4(192, 0, 2, 0, 24),       // documentation (RFC 5737)
    v4(192, 88, 99, 0, 24),     // 6to4 relays (RFC 7526)
    v4(198, 51, 100, 0, 24),    // documentation (RFC 5737)
    v4(203, 0, 113, 0, 24),     // documentation (RFC 5737)
    v4(224, 0, 0, 0, 4),        // multicast
    v4(240, 0, 0, 0, 4),        // reserved, broadcast
];

const PRIVATE_V6: &[Ipv6Net] = &[
    v6(0, 0, 1, 128),    // loopback
    v6(0xfc00, 0, 0, 7), // unique local (RFC 4193)
];

/// Global unicast addresses allocated so far (RFC 4291 section 2.4).
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

const SPECIAL_V6: &[Ipv6Net] = &[
    v6(0x2001, 0, 0, 23),           // protocol assignments, Teredo (RFC 2928)
    v6(0x2001, 0x0db8, 0, 32),      // documentation (RFC 3849)
    v6(0x3fff, 0, 0, 20),           // documentation (RFC 9637)
    v6(0xfd00, 0x0ec2, 0x254, 128), // metadata service of AWS
    v6(0xfd20, 0x00ce, 0x254, 128), // metadata service of Google Cloud
];

/// Returns the IPv4 address to which packets for this address are translated or tunneled.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        // IPv4-mapped (RFC 4291 section 2.5.5.2), NAT64 (RFC 6052 section 2.1), and 6to4 (RFC 3056 section 2).
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => {
            let bits = (u32::from(high) << 16) | u32::from(low);
            Some(Ipv4Addr::from_bits(bits))
        }
        _ => None,
    }
}
