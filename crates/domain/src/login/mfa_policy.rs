//! Second-factor policy.

use crate::refusal::Refusal;
use crate::wire_names;

/// Second-factor policy of a tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MfaPolicy {
    /// Users cannot enroll a factor. The server still asks for enrolled factors.
    Off,
    /// Users may enroll a factor.
    #[default]
    Optional,
    /// Users must enroll a factor before they can continue.
    Required,
}
wire_names!(MfaPolicy {
    Off = "off",
    Optional = "optional",
    Required = "required",
});

impl MfaPolicy {
    /// Checks that a user may enroll a factor.
    pub fn may_enroll(self) -> Result<(), Refusal> {
        match self {
            Self::Off => Err(Refusal::FactorsOff),
            Self::Optional | Self::Required => Ok(()),
        }
    }

    /// Checks that a user with `factors` factors may remove one. The authenticator app and each passkey count as one.
    pub fn may_remove(self, factors: usize) -> Result<(), Refusal> {
        if self == Self::Required && factors <= 1 {
            Err(Refusal::FactorDemanded)
        } else {
            Ok(())
        }
    }

    /// Returns whether a password or an emailed code alone is never enough. The server then asks for any enrolled
    /// factor.
    #[must_use]
    pub fn demands_every_time(self) -> bool {
        self == Self::Required
    }

    /// Checks that a sign-in without a browser may use a password alone. Without a browser, a user can neither enroll a
    /// factor nor use a passkey.
    pub fn may_do_without(self) -> Result<(), Refusal> {
        if self.demands_every_time() {
            Err(Refusal::FactorMissing)
        } else {
            Ok(())
        }
    }

    /// Returns whether a user with `factors` factors must enroll one before they can continue.
    #[must_use]
    pub fn demands_enrollment(self, factors: usize) -> bool {
        self == Self::Required && factors == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_allows_and_requires_its_factors() {
        use MfaPolicy::{Off, Optional, Required};
        for (policy, enroll, remove_last, demands) in [
            (Off, Err(Refusal::FactorsOff), Ok(()), false),
            (Optional, Ok(()), Ok(()), false),
            (Required, Ok(()), Err(Refusal::FactorDemanded), true),
        ] {
            assert_eq!(policy.may_enroll(), enroll);
            assert_eq!(policy.may_remove(1), remove_last);
            assert_eq!(policy.may_remove(2), Ok(()));
            assert_eq!(policy.demands_enrollment(0), demands);
            assert!(!policy.demands_enrollment(1));
            assert_eq!(policy.demands_every_time(), demands);
            assert_eq!(policy.may_do_without().is_err(), demands);
            assert_eq!(MfaPolicy::parse(policy.as_str()), Some(policy));
        }
    }
}
