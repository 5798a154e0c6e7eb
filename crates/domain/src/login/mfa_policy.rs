//! Whether users may have a second factor, or must.

use crate::refusal::Refusal;
use crate::wire_names;

/// What a deployment says of second factors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MfaPolicy {
    /// Nobody enrolls one. Those who have one are still asked for it.
    Off,
    /// Who wants one enrolls one.
    #[default]
    Optional,
    /// Everybody enrolls one before they go on.
    Required,
}
wire_names!(MfaPolicy {
    Off = "off",
    Optional = "optional",
    Required = "required",
});

impl MfaPolicy {
    /// Whether a user may enroll a factor.
    pub fn may_enroll(self) -> Result<(), Refusal> {
        match self {
            Self::Off => Err(Refusal::FactorsOff),
            Self::Optional | Self::Required => Ok(()),
        }
    }

    /// Whether a user with `factors` of them (the authenticator app is one, each passkey is one) may go without
    /// one of them.
    pub fn may_remove(self, factors: usize) -> Result<(), Refusal> {
        if self == Self::Required && factors <= 1 {
            Err(Refusal::FactorDemanded)
        } else {
            Ok(())
        }
    }

    /// Whether a password or a code by mail alone is never enough: a factor that everybody has to have is asked for,
    /// of whichever kind it is.
    #[must_use]
    pub fn demands_every_time(self) -> bool {
        self == Self::Required
    }

    /// Whether a login without a browser may end with a password alone: there is no page on which a user could enroll
    /// a factor or show a passkey.
    pub fn may_do_without(self) -> Result<(), Refusal> {
        if self.demands_every_time() {
            Err(Refusal::FactorMissing)
        } else {
            Ok(())
        }
    }

    /// Whether a user with `factors` of them has to enroll one before they go on.
    #[must_use]
    pub fn demands_enrollment(self, factors: usize) -> bool {
        self == Self::Required && factors == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_policy_allows_and_demands() {
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
