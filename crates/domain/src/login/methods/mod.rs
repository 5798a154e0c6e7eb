//! Login methods: how a user proves who they are. Each method is one file.

mod email_code;
mod passkey;
mod password;
mod recovery_code;
mod remembered_device;
mod time_code;
mod upstream;

/// Login method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// Number in stored and sealed values, at most 31. It must never change.
    number: u8,
    /// Name in page paths and events, such as `email-code`.
    name: &'static str,
    /// `amr` value (RFC 8176 section 2), if the registry has one.
    amr: Option<&'static str>,
    /// Strength of this method.
    worth: Worth,
}

/// Strength of a login method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// None: the method only skips the second factor.
    Nothing,
    /// A first factor.
    FirstFactor,
    /// A second factor.
    SecondFactor,
    /// Two factors that cannot be phished: possession, and a biometric or PIN.
    PhishingResistant,
}

impl Method {
    /// All methods, in the order of their numbers, which is the order of `amr`.
    pub const ALL: &'static [Self] = &[
        Self::PASSWORD,
        Self::EMAIL_CODE,
        Self::TIME_CODE,
        Self::RECOVERY_CODE,
        Self::PASSKEY,
        Self::REMEMBERED_DEVICE,
        Self::UPSTREAM,
        Self::UPSTREAM_TWO_FACTORS,
    ];

    /// Returns the name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// Returns the method with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.name == name)
    }

    /// Returns the number in stored and sealed values.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.number
    }

    /// Returns the method with this number; `None` for a method from a later version.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|method| method.number == number)
    }

    /// Returns the `amr` value (RFC 8176 section 2), if the registry has one.
    #[must_use]
    pub const fn amr(self) -> Option<&'static str> {
        self.amr
    }

    /// Returns the strength of this method.
    #[must_use]
    pub const fn worth(self) -> Worth {
        self.worth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_numbers_and_names_never_change() {
        let numbered = |method: &Method| (method.number, method.name);
        let all: [(u8, &str); 8] = [
            (0, "password"),
            (1, "email-code"),
            (2, "time-code"),
            (3, "recovery-code"),
            (4, "passkey"),
            (5, "remembered-device"),
            (6, "upstream"),
            (7, "upstream-two-factors"),
        ];
        assert!(Method::ALL.iter().map(numbered).eq(all));
        for method in Method::ALL {
            assert_eq!(Method::parse(method.as_str()), Some(*method));
            assert_eq!(Method::from_number(method.number()), Some(*method));
        }
    }
}
