//! Rules of the server that uses this crate.

use super::ErrorCode;

/// Rule that this crate does not define, such as a rule of a custom grant type.
///
/// Declare it as a constant. Its refusals are values of [`Refusal`](super::Refusal). So use cases, logs and responses
/// handle them like the others:
///
/// ```
/// use countersign_domain::refusal::{CustomRule, ErrorCode, Refusal};
///
/// const PENDING: CustomRule = CustomRule {
///     name: "authorization_pending",
///     code: ErrorCode::Custom("authorization_pending"),
///     description: "the user has not answered yet; try again in five seconds",
/// };
///
/// let refusal = PENDING.refusal();
/// assert_eq!(refusal.name(), "authorization_pending");
/// assert_eq!(refusal.code().as_str(), "authorization_pending");
/// assert!(matches!(refusal, Refusal::Custom(rule, None) if *rule == PENDING));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CustomRule {
    /// Name of the rule, for logs and metrics. It should never change.
    pub name: &'static str,
    /// Error code of the response.
    pub code: ErrorCode,
    /// `error_description`: what happened, then what to do. Clients receive it.
    pub description: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;
    use alloc::string::ToString as _;

    const RULE: CustomRule = CustomRule {
        name: "voucher_spent",
        code: ErrorCode::InvalidGrant,
        description: "the voucher was used before",
    };

    #[test]
    fn custom_rule_keeps_its_name_code_text_and_value() {
        let refusal = RULE.refusal_of("V-17");
        assert_eq!(refusal.name(), "voucher_spent");
        assert_eq!(refusal.code(), ErrorCode::InvalidGrant);
        assert_eq!(refusal.to_string(), "the voucher was used before");
        assert_eq!(refusal.evidence(), Some(&Evidence::of("V-17")));
        assert_eq!(RULE.refusal().evidence(), None);
    }

    #[test]
    fn custom_refusal_is_not_redirected() {
        assert!(!RULE.refusal().may_be_redirected());
    }
}
