//! How a resource owner was authenticated, and what that is worth to a client.

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

    /// Registered for ever: stored and sealed values hold these bits.
    const fn bit(self) -> u32 {
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

/// The methods of one sign-in: an open set. A method that a later version added stays in it and counts for nothing
/// here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Methods(u32);

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
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// What [`Methods::bits`] gave, here or in a later version.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// What the login is worth.
    #[must_use]
    pub const fn acr(self) -> Acr {
        if self.contain(Method::Passkey) {
            return Acr::PHISHING_RESISTANT;
        }
        let first = self.contain(Method::Password) || self.contain(Method::EmailCode);
        let second = self.contain(Method::TimeCode) || self.contain(Method::RecoveryCode);
        if first && second {
            Acr::TWO_FACTORS
        } else {
            Acr::ONE_FACTOR
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
        if self.acr() >= Acr::TWO_FACTORS {
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
            Self { passkey: true, .. } => Acr::PHISHING_RESISTANT,
            Self {
                time_codes: true, ..
            } => Acr::TWO_FACTORS,
            _ => Acr::ONE_FACTOR,
        }
    }
}

/// Authentication context class (OpenID Connect Core section 2, `acr`): an open set, ordered. A higher class satisfies a
/// client that asks for a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Acr(u8);

impl Acr {
    /// One factor.
    pub const ONE_FACTOR: Self = Self(10);
    /// Two factors.
    pub const TWO_FACTORS: Self = Self(20);
    /// Two factors that cannot be phished (OpenID Connect EAP ACR Values section 2).
    pub const PHISHING_RESISTANT: Self = Self(30);

    /// The classes that this version names, lowest first.
    pub const ALL: &'static [Self] = &[
        Self::ONE_FACTOR,
        Self::TWO_FACTORS,
        Self::PHISHING_RESISTANT,
    ];

    /// The value of `acr`; `None` for a class that a later version added.
    #[must_use]
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::ONE_FACTOR => Some("urn:countersign:1fa"),
            Self::TWO_FACTORS => Some("urn:countersign:2fa"),
            Self::PHISHING_RESISTANT => Some("phr"),
            Self(_) => None,
        }
    }

    /// The class of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|class| class.as_str() == Some(name))
    }

    /// Its place in the order, for a store or a seal. Registered for ever.
    #[must_use]
    pub const fn rank(self) -> u8 {
        self.0
    }

    /// The class of a rank, from this or a later version.
    #[must_use]
    pub const fn from_rank(rank: u8) -> Self {
        Self(rank)
    }
}

/// When and how a resource owner signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// `auth_time` (OpenID Connect Core section 2).
    pub time: Timestamp,
    /// Methods that were used.
    pub methods: Methods,
    /// Context class that the sign-in reached.
    pub acr: Acr,
}

impl Authentication {
    /// A sign-in by these methods.
    #[must_use]
    pub const fn new(time: Timestamp, methods: Methods) -> Self {
        Self {
            time,
            methods,
            acr: methods.acr(),
        }
    }
}

#[cfg(test)]
mod tests;
