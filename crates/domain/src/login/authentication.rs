//! Authentication methods of a sign-in, and the `acr` and `amr` values that follow from them.

use crate::login::methods::Worth;
use crate::time::Timestamp;

pub use crate::login::methods::Method;
use alloc::vec::Vec;

/// Methods of one sign-in: an open set. A method from a later version stays in the set and has no effect here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Methods(u32);

impl Methods {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Returns the set with one more method.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | bit(method))
    }

    /// Returns whether the set contains `method`.
    #[must_use]
    pub const fn contain(self, method: Method) -> bool {
        self.0 & bit(method) != 0
    }

    /// Returns the set as a number, for a store or a sealed value.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Creates a set from the output of [`Methods::bits`] of this or a later version.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the context class that these methods reach.
    #[must_use]
    pub const fn acr(self) -> Acr {
        let (mut first, mut second) = (false, false);
        let mut methods = Method::ALL;
        while let [method, rest @ ..] = methods {
            methods = rest;
            if self.contain(*method) {
                match method.worth() {
                    Worth::PhishingResistant => return Acr::PHISHING_RESISTANT,
                    Worth::FirstFactor => first = true,
                    Worth::SecondFactor => second = true,
                    Worth::Nothing => {}
                }
            }
        }
        if first && second {
            Acr::TWO_FACTORS
        } else {
            Acr::ONE_FACTOR
        }
    }

    /// Returns the values of `amr` (OpenID Connect Core section 2, RFC 8176 section 2).
    #[must_use]
    pub fn amr(self) -> Vec<&'static str> {
        let mut values = Vec::new();
        for method in Method::ALL {
            match method.amr() {
                Some(value) if self.contain(*method) && !values.contains(&value) => {
                    values.push(value);
                }
                _ => {}
            }
        }
        if self.acr() == Acr::PHISHING_RESISTANT {
            values.push("user");
        }
        if self.acr() >= Acr::TWO_FACTORS {
            values.push("mfa");
        }
        values
    }
}

/// Bit of a method in [`Methods`].
const fn bit(method: Method) -> u32 {
    1 << method.number()
}

/// Enrolled second factors of a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// Authenticator app.
    pub time_codes: bool,
    /// Passkey.
    pub passkey: bool,
}

impl Factors {
    /// Returns the highest class that a sign-in with these factors can reach.
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

/// Authentication context class (OpenID Connect Core section 2, `acr`): an open, ordered set. [`AcrNames`] has the
/// names.
///
/// A higher class satisfies a request for a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Acr(u8);

impl Acr {
    /// One factor.
    pub const ONE_FACTOR: Self = Self(10);
    /// Two factors.
    pub const TWO_FACTORS: Self = Self(20);
    /// Two factors that cannot be phished (OpenID Connect EAP ACR Values section 2).
    pub const PHISHING_RESISTANT: Self = Self(30);

    /// Known classes, lowest first.
    pub const ALL: &'static [Self] = &[
        Self::ONE_FACTOR,
        Self::TWO_FACTORS,
        Self::PHISHING_RESISTANT,
    ];

    /// Returns the rank in the order, for a store or a sealed value. Ranks must never change.
    #[must_use]
    pub const fn rank(self) -> u8 {
        self.0
    }

    /// Creates a class from a rank of this or a later version.
    #[must_use]
    pub const fn from_rank(rank: u8) -> Self {
        Self(rank)
    }
}

/// Values of `acr` for the context classes. A server chooses them, and publishes them as `acr_values_supported`.
///
/// ```
/// use countersign_domain::login::authentication::{Acr, AcrNames};
///
/// const NAMES: AcrNames<'_> = AcrNames::new(&[
///     (Acr::ONE_FACTOR, "urn:example:password"),
///     (Acr::PHISHING_RESISTANT, "phr"),
/// ]);
/// assert_eq!(NAMES.name_of(Acr::PHISHING_RESISTANT), Some("phr"));
/// assert_eq!(NAMES.name_of(Acr::TWO_FACTORS), None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AcrNames<'a>(&'a [(Acr, &'a str)]);

impl<'a> AcrNames<'a> {
    /// Wraps the names, lowest class first. A class without a name is never written, and cannot be requested.
    #[must_use]
    pub const fn new(names: &'a [(Acr, &'a str)]) -> Self {
        Self(names)
    }

    /// Returns the value of `acr` for a class.
    #[must_use]
    pub fn name_of(self, class: Acr) -> Option<&'a str> {
        let found = self.0.iter().find(|(own, _)| *own == class);
        found.map(|(_, name)| *name)
    }

    /// Returns the class with this `acr` value.
    #[must_use]
    pub fn parse(self, name: &str) -> Option<Acr> {
        let found = self.0.iter().find(|(_, own)| *own == name);
        found.map(|(class, _)| *class)
    }

    /// Returns all values of `acr`, in the given order.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|(_, name)| *name)
    }
}

/// Time, methods and context class of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// `auth_time` (OpenID Connect Core section 2).
    pub time: Timestamp,
    /// Methods used.
    pub methods: Methods,
    /// Context class reached.
    pub acr: Acr,
}

impl Authentication {
    /// Creates an authentication with the context class of `methods`.
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
