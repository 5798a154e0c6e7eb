//! How a resource owner was authenticated, and what that is worth to a client.

use crate::identifier::SessionId;
use crate::time::Timestamp;
use alloc::vec::Vec;

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A password.
    Password,
    /// A code sent to the user's e-mail address.
    EmailCode,
    /// A code of an authenticator app (RFC 6238).
    TimeCode,
    /// A recovery code: used once, in the place of the authenticator app.
    RecoveryCode,
    /// A passkey that verified its user (Web Authentication): possession and a biometric or PIN in one.
    Passkey,
    /// A device on which the second factor was given before. It spares the second factor, and is none.
    RememberedDevice,
}

impl Method {
    const ALL: [Self; 6] = [
        Self::Password,
        Self::EmailCode,
        Self::TimeCode,
        Self::RecoveryCode,
        Self::Passkey,
        Self::RememberedDevice,
    ];

    const fn bit(self) -> u8 {
        match self {
            Self::Password => 1,
            Self::EmailCode => 1 << 1,
            Self::TimeCode => 1 << 2,
            Self::RecoveryCode => 1 << 3,
            Self::Passkey => 1 << 4,
            Self::RememberedDevice => 1 << 5,
        }
    }

    /// The value in `amr` (RFC 8176 section 2), if the registry has one.
    const fn amr(self) -> Option<&'static str> {
        match self {
            Self::Password => Some("pwd"),
            Self::EmailCode | Self::TimeCode | Self::RecoveryCode => Some("otp"),
            Self::Passkey => Some("pop"),
            Self::RememberedDevice => None,
        }
    }
}

/// The methods of one login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Methods(u8);

impl Methods {
    /// None yet.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | method.bit())
    }

    /// Whether `method` is one of them.
    #[must_use]
    pub const fn contain(self, method: Method) -> bool {
        self.0 & method.bit() != 0
    }

    /// A number for a store or a seal.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// What [`Methods::bits`] gave; `None` for any other number.
    #[must_use]
    pub fn from_bits(bits: u8) -> Option<Self> {
        let known = Method::ALL.iter().fold(0, |all, method| all | method.bit());
        (bits & !known == 0).then_some(Self(bits))
    }

    /// What the login is worth.
    #[must_use]
    pub const fn acr(self) -> Acr {
        if self.contain(Method::Passkey) {
            return Acr::PhishingResistant;
        }
        let first = self.contain(Method::Password) || self.contain(Method::EmailCode);
        let second = self.contain(Method::TimeCode) || self.contain(Method::RecoveryCode);
        if first && second {
            Acr::TwoFactors
        } else {
            Acr::OneFactor
        }
    }

    /// `amr` (OpenID Connect Core section 2, RFC 8176 section 2).
    #[must_use]
    pub fn amr(self) -> Vec<&'static str> {
        let mut values = Vec::new();
        for method in Method::ALL {
            match method.amr() {
                Some(value) if self.contain(method) && !values.contains(&value) => {
                    values.push(value);
                }
                _ => {}
            }
        }
        if self.contain(Method::Passkey) {
            values.push("user");
        }
        if self.acr() >= Acr::TwoFactors {
            values.push("mfa");
        }
        values
    }
}

/// What a user has to log in with beyond a first factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// Codes of an authenticator app.
    pub time_codes: bool,
    /// A passkey.
    pub passkey: bool,
}

impl Factors {
    /// The most that a login of this user can be worth.
    #[must_use]
    pub const fn acr(self) -> Acr {
        match self {
            Self { passkey: true, .. } => Acr::PhishingResistant,
            Self {
                time_codes: true, ..
            } => Acr::TwoFactors,
            _ => Acr::OneFactor,
        }
    }
}

/// An authentication context class (OpenID Connect Core section 2, `acr`). A later one satisfies whoever
/// asks for an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Acr {
    /// One factor.
    OneFactor,
    /// Two factors.
    TwoFactors,
    /// Two factors that cannot be lured out of their owner (OpenID Connect EAP ACR Values section 2).
    PhishingResistant,
}
crate::wire_names!(Acr {
    OneFactor = "urn:countersign:1fa",
    TwoFactors = "urn:countersign:2fa",
    PhishingResistant = "phr",
});

/// When and how a resource owner was authenticated, and in which session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// `auth_time` (OpenID Connect Core section 2).
    pub time: Timestamp,
    /// By which methods.
    pub methods: Methods,
    /// The browser session; none for a login without a browser.
    pub session: Option<SessionId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn methods(of: &[Method]) -> Methods {
        of.iter()
            .fold(Methods::NONE, |all, method| all.with(*method))
    }

    #[test]
    fn what_a_login_is_worth() {
        let cases = [
            (&[Method::Password][..], Acr::OneFactor),
            (&[Method::EmailCode], Acr::OneFactor),
            (&[Method::Password, Method::TimeCode], Acr::TwoFactors),
            (&[Method::Password, Method::RecoveryCode], Acr::TwoFactors),
            (
                &[Method::Password, Method::RememberedDevice],
                Acr::OneFactor,
            ),
            (&[Method::TimeCode], Acr::OneFactor),
            (&[Method::Passkey], Acr::PhishingResistant),
        ];
        for (used, acr) in cases {
            assert_eq!(methods(used).acr(), acr, "{used:?}");
        }
    }

    #[test]
    fn what_the_logins_of_a_user_can_be_worth() {
        for (time_codes, passkey, acr) in [
            (false, false, Acr::OneFactor),
            (true, false, Acr::TwoFactors),
            (false, true, Acr::PhishingResistant),
            (true, true, Acr::PhishingResistant),
        ] {
            let factors = Factors {
                time_codes,
                passkey,
            };
            assert_eq!(factors.acr(), acr);
        }
    }

    #[test]
    fn amr_names_each_method_once_in_the_words_of_rfc_8176() {
        assert_eq!(methods(&[Method::Password]).amr(), ["pwd"]);
        let both = methods(&[Method::Password, Method::EmailCode, Method::TimeCode]);
        assert_eq!(both.amr(), ["pwd", "otp", "mfa"]);
        assert_eq!(methods(&[Method::Passkey]).amr(), ["pop", "user", "mfa"]);
    }

    #[test]
    fn bits_of_no_method_are_refused() {
        for bits in 0..=u8::MAX {
            assert_eq!(
                Methods::from_bits(bits).map(Methods::bits),
                (bits < 64).then_some(bits)
            );
        }
    }
}
