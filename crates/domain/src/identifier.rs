//! 128-bit identifiers, printed as UUIDs (RFC 9562).

use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

crate::error_type! {
    /// The text is not a UUID in its 36-character form.
    #[error("not a UUID")]
    pub struct InvalidIdentifier;
}

/// Places of the hyphens in the 36 characters of a UUID (RFC 9562 section 4).
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

fn write_uuid(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [b'-'; 36];
    let places = text.iter_mut().enumerate();
    let mut places = places.filter(|(place, _)| !HYPHENS.contains(place));
    for digit in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        if let Some((_, character)) = places.next() {
            *character = match digit {
                0..=9 => b'0' + digit,
                _ => b'a' + digit - 10,
            };
        }
    }
    f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

/// Parses only the form with hyphens.
fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    if text.len() != 36 {
        return None;
    }
    let mut bytes = [0; 16];
    let mut digits = 0_usize;
    for (place, character) in text.bytes().enumerate() {
        if HYPHENS.contains(&place) {
            if character != b'-' {
                return None;
            }
            continue;
        }
        let digit = match character {
            b'0'..=b'9' => character - b'0',
            b'a'..=b'f' => character - b'a' + 10,
            b'A'..=b'F' => character - b'A' + 10,
            _ => return None,
        };
        let byte = bytes.get_mut(digits / 2)?;
        *byte = *byte << 4 | digit;
        digits += 1;
    }
    Some(bytes)
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Creates an identifier from the 16 bytes of a UUID in network order.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Returns the 16 bytes in network order.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_uuid(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidIdentifier;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_uuid(text).map(Self).ok_or(InvalidIdentifier)
            }
        }
    };
}

identifier! {
    /// Identifier of a [`Grant`](crate::grant::Grant). Use a UUIDv7: stores write time-ordered keys several times
    /// faster than random ones.
    GrantId
}
identifier! {
    /// Identifier of a [`User`](crate::user::User).
    UserId
}
identifier! {
    /// Identifier of one sign-in, from the password to the authorization code.
    LoginId
}

identifier! {
    /// Identifier of a [`Session`](crate::login::session::Session). Use a UUIDv7.
    SessionId
}
identifier! {
    /// Identifier of a trusted device ([`Device`](crate::login::credential::Device)).
    DeviceId
}
identifier! {
    /// Identifier of an [`Identity`](crate::federation::identity::Identity).
    IdentityId
}
identifier! {
    /// Identifier of a [`Webhook`](crate::webhook::Webhook). Another webhook with the same name has another identifier.
    WebhookId
}
identifier! {
    /// Identifier of a [`ResourceServer`](crate::resource_server::ResourceServer). One that was deleted and created again
    /// with the same audience has another identifier.
    ResourceServerId
}
identifier! {
    /// Identifier of a node: one process from start to exit. Use a UUIDv7.
    NodeId
}

/// Subject of a token: the `sub` claim (RFC 7519 section 4.1.2). A clone shares the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject(Arc<str>);

impl Subject {
    /// Creates a subject from the value of `sub`.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// Returns the value of `sub`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the user of this server whose subject this is; `None` for another subject, such as a client.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        self.0.parse().ok()
    }

    /// Returns whether this is the subject of a user of this server.
    #[must_use]
    pub fn is_user(&self, user: UserId) -> bool {
        self.user() == Some(user)
    }
}

impl From<UserId> for Subject {
    fn from(user: UserId) -> Self {
        Self(alloc::format!("{user}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    proptest::proptest! {
        #[test]
        fn identifier_round_trips_through_its_text(bytes: [u8; 16]) {
            let id = GrantId::from_bytes(bytes);
            assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn identifier_parser_never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<GrantId>();
        }
    }

    #[test]
    fn identifier_prints_as_uuid() {
        let id = UserId::from_bytes([0xab; 16]);
        assert_eq!(id.to_string(), "abababab-abab-abab-abab-abababababab");
        assert_eq!(
            alloc::format!("{id:?}"),
            "abababab-abab-abab-abab-abababababab"
        );
    }

    #[test]
    fn only_hyphenated_form_is_parsed() {
        let id = UserId::from_bytes([
            0x01, 0x99, 0x0a, 0xbc, 0xde, 0xf0, 0x7a, 0xaa, 0x80, 0, 0, 0, 0, 0, 0, 0xff,
        ]);
        for good in [
            "01990abc-def0-7aaa-8000-0000000000ff",
            "01990ABC-DEF0-7aaa-8000-0000000000FF",
        ] {
            assert_eq!(good.parse(), Ok(id), "{good}");
        }
        for bad in [
            "",
            "01990abcdef07aaa80000000000000ff",
            "{01990abc-def0-7aaa-8000-0000000000ff}",
            "urn:uuid:01990abc-def0-7aaa-8000-0000000000ff",
            "01990abc-def07-aaa-8000-0000000000ff",
            "01990abc-def0-7aaa-8000-0000000000fg",
            " 1990abc-def0-7aaa-8000-0000000000ff",
            "+1990abc-def0-7aaa-8000-0000000000ff",
        ] {
            assert_eq!(bad.parse::<UserId>(), Err(InvalidIdentifier), "{bad}");
        }
    }
}
