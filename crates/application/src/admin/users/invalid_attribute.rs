//! Reasons why an attribute of a user is invalid.

use countersign_domain::claims::attribute::AttributeParty;
use countersign_domain::claims::attribute_value::Attributes;
use countersign_domain::claims::value_rule::InvalidValue;

/// Reason why an attribute of a user cannot be set. One variant per rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUserAttribute {
    /// No such attribute is defined.
    #[error("no attribute with this name exists; create it first")]
    Unknown,
    /// The party may not write it.
    #[error("{party} cannot write it; add {name} to its writers", party = plural(*.0), name = .0.as_str())]
    NotWritable(AttributeParty),
    /// The value breaks a rule of the attribute.
    #[error(transparent)]
    Value(#[from] InvalidValue),
    /// All attributes together are too long.
    #[error("the attributes of a user have at most {max} bytes", max = Attributes::MAX_LENGTH)]
    TooLong,
}

const fn plural(party: AttributeParty) -> &'static str {
    match party {
        AttributeParty::User => "users",
        AttributeParty::Admin => "operators",
        AttributeParty::Application => "applications",
    }
}
