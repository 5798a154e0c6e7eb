//! Change of names, language, time zone and attributes by the user.

use super::Accounts;
use crate::admin::AdminError;
use crate::admin::attributes::matches;
use crate::admin::users::{AttributeChanges, ClaimChange, InvalidUserAttribute};
use crate::app::App;
use crate::definitions::stored;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::audit::operator::Operator;
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::AttributeValue;
use countersign_domain::claims::value_rule::InvalidValue;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;

/// Change of a profile.
#[derive(Clone, Debug)]
pub struct ProfileChange {
    /// Names, language and time zone.
    pub claims: Vec<ClaimChange>,
    /// Names of attributes, with what the user entered for each.
    pub attributes: Vec<(String, String)>,
}

/// Returns the value that a user entered for an attribute; `None` for an empty text.
pub fn entered_attribute(
    attribute: &Attribute,
    text: &str,
) -> Result<Option<AttributeValue>, InvalidValue> {
    let value = attribute.rule.entered(text)?;
    if let Some(value) = &value {
        attribute.rule.check(value, matches)?;
    }
    Ok(value)
}

impl<A: App> Accounts<A> {
    /// Returns the attributes that users edit: those that they may read and write.
    pub async fn own_attributes(&self, tenant: &Tenant) -> Result<Vec<Attribute>, Failure> {
        let all: Vec<Attribute> = stored::all(&*self.store, tenant.id).await?;
        let user = AttributeParty::User;
        let is_own = |own: &Attribute| own.readers.contains(&user) && own.writers.contains(&user);
        Ok(all.into_iter().filter(is_own).collect())
    }

    /// Changes the profile of a user, and records the event of the change with it. An attribute with an unchanged text
    /// keeps its value, even if its rules have changed since.
    pub async fn change_profile(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        change: &ProfileChange,
    ) -> Result<(), Failure> {
        let mut attributes = AttributeChanges::new();
        for attribute in self.own_attributes(tenant).await? {
            let name = &attribute.name;
            let sent = change
                .attributes
                .iter()
                .find(|(own, _)| own == name.as_str());
            let stored = user.attributes.values.get(name);
            let stored = stored.map(AttributeValue::to_lines).unwrap_or_default();
            if let Some((_, text)) = sent
                && !text.lines().eq(stored.lines())
            {
                let value =
                    entered_attribute(&attribute, text).map_err(|_| refusals::ATTRIBUTE_INVALID)?;
                attributes.insert(name.clone(), value);
            }
        }
        let owner = Operator::owner(user.id, Some(session.id));
        let set = self
            .users
            .set_own_profile(tenant, &owner, &change.claims, attributes);
        match set.await {
            Ok(_) => Ok(()),
            Err(
                AdminError::Claim(..) | AdminError::Attribute(_, InvalidUserAttribute::TooLong),
            ) => Err(refusals::PROFILE_INVALID.into()),
            Err(AdminError::Attribute(..)) => Err(refusals::ATTRIBUTE_INVALID.into()),
            Err(AdminError::Failure(failure)) => Err(failure),
            // The user was deleted, or concurrent changes won every retry.
            Err(_) => Err(Refusal::LoginStepExpired.into()),
        }
    }
}
