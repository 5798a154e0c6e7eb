//! Claims policies: which facts about a user become claims of which tokens.
//!
//! A [`ClaimsPolicy`](policy::ClaimsPolicy) belongs to a client or a resource server. Its mappings take groups, application
//! roles, attributes and profile claims of the user, or fixed values. Start with
//! [`Policies::of`](policies::Policies::of), and evaluate
//! the result with [`ClaimFacts::evaluate`](evaluation::ClaimFacts::evaluate).

pub mod attribute;
pub mod attribute_value;
pub mod evaluation;
pub mod groups;
pub mod mapping;
pub mod policies;
pub mod policy;
pub mod roles;
pub mod value_rule;
