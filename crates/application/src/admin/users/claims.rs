//! Changes of a user: email address, and claims that administrators can set (OpenID Connect Core section 5.1).

use super::attributes::{AttributeChanges, apply};
use super::invalid_claim::InvalidUserClaim;
use crate::admin::AdminError;
use countersign_domain::authorize::claims_request::{ClaimSet, StandardClaim};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::client::Client;
use countersign_domain::time::Timestamp;
use countersign_domain::user::claim_text::{InvalidClaim, LONGEST};
use countersign_domain::user::profile::{Address, Profile};
use countersign_domain::user::{Email, User};

/// Change of one claim. Claims that a command does not name are left unchanged.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimChange {
    /// Claim.
    pub claim: StandardClaim,
    /// New value.
    pub value: GivenClaim,
}

/// Hides the value, which may be personal data.
impl std::fmt::Debug for ClaimChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClaimChange({})", self.claim.as_str())
    }
}

/// Value of a claim; `None` removes it.
#[derive(Clone, PartialEq, Eq)]
pub enum GivenClaim {
    /// Text.
    Text(Option<String>),
    /// Boolean, for `email_verified` and `phone_number_verified`.
    Flag(bool),
    /// Address. Replaces all members of the previous address.
    Address(Option<Address>),
}

impl ClaimChange {
    /// Returns the claims that administrators can set: all except `email` and `updated_at`.
    #[must_use]
    pub fn settable() -> ClaimSet {
        let settable = StandardClaim::ALL.iter().copied();
        settable
            .filter(|claim| !matches!(claim, StandardClaim::Email | StandardClaim::UpdatedAt))
            .collect()
    }

    fn check(&self) -> Result<(), InvalidUserClaim> {
        use StandardClaim as Claim;
        match (self.claim, &self.value) {
            (Claim::Name, GivenClaim::Text(Some(name))) => check_name(name),
            (Claim::EmailVerified | Claim::PhoneNumberVerified, GivenClaim::Flag(_))
            | (Claim::Name, GivenClaim::Text(None)) => Ok(()),
            (Claim::Address, GivenClaim::Address(address)) => {
                address.as_ref().map_or(Ok(()), check_address)
            }
            (claim, GivenClaim::Text(text)) if Profile::is_text(claim) => {
                let text = text.as_deref();
                Ok(text.map_or(Ok(()), |text| claim.may_say(text))?)
            }
            _ => Err(InvalidUserClaim::Unsettable),
        }
    }

    fn put_into(&self, user: &mut User) {
        let profile = &mut user.profile;
        match (self.claim, self.value.clone()) {
            (StandardClaim::Name, GivenClaim::Text(name)) => user.name = name,
            (StandardClaim::EmailVerified, GivenClaim::Flag(flag)) => user.email_verified = flag,
            (StandardClaim::PhoneNumber, GivenClaim::Text(number)) => {
                // A new number is unverified. If the command also sets `phone_number_verified`, that change is applied
                // later.
                let is_same = profile.text(self.claim) == number.as_deref();
                profile.phone_number_verified &= is_same;
                profile.set_text(self.claim, number);
            }
            (_, GivenClaim::Flag(flag)) => profile.phone_number_verified = flag,
            (claim, GivenClaim::Text(text)) => profile.set_text(claim, text),
            (_, GivenClaim::Address(address)) => {
                let address = address.map(without_empty);
                profile.address = address.filter(|address| address.members().next().is_some());
            }
        }
    }
}

/// Change of a user.
#[derive(Clone, Debug, Default)]
pub struct EditUser {
    /// New email address for signing in; `None` keeps the present one. A new address is unverified, unless the claims
    /// contain `email_verified`.
    pub email: Option<Email>,
    /// Changed claims.
    pub claims: Vec<ClaimChange>,
    /// Changed attributes.
    pub attributes: AttributeChanges,
    /// New application roles; `None` keeps the present ones.
    pub roles: Option<HeldRoles>,
}

impl From<Vec<ClaimChange>> for EditUser {
    fn from(claims: Vec<ClaimChange>) -> Self {
        Self {
            claims,
            ..Self::default()
        }
    }
}

impl EditUser {
    /// Validates the change and applies it to a user.
    pub(super) fn put_into(&self, user: &mut User, now: Timestamp) -> Result<(), AdminError> {
        if let Some(email) = &self.email {
            user.email_verified &= user.email == *email;
            user.email.clone_from(email);
        }
        put_into(user, &self.claims)?;
        apply(&self.attributes, &mut user.attributes)?;
        if let Some(roles) = &self.roles {
            user.roles.clone_from(roles);
        }
        user.profile.updated_at = Some(now);
        Ok(())
    }
}

/// Validates claims and applies them to a user, in the order of the specification.
fn put_into(user: &mut User, claims: &[ClaimChange]) -> Result<(), AdminError> {
    let mut claims: Vec<_> = claims.iter().collect();
    claims.sort_by_key(|change| change.claim);
    for change in claims {
        let checked = change.check();
        checked.map_err(|error| AdminError::Claim(change.claim, error))?;
        change.put_into(user);
    }
    Ok(())
}

/// Validates the name of a user, by the same rule as the name of a client.
pub(super) fn check_name(name: &str) -> Result<(), InvalidUserClaim> {
    let length = name.chars().count();
    if (1..=Client::LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(InvalidUserClaim::Name)
    }
}

/// Validates an address. Members may have several lines. Each line must be valid as a `given_name`, and together they
/// have the same maximum length.
fn check_address(address: &Address) -> Result<(), InvalidUserClaim> {
    for (name, text) in address.members() {
        if text.chars().count() > LONGEST {
            return Err(InvalidUserClaim::Member(name, InvalidClaim::Text));
        }
        for line in text.lines() {
            let checked = StandardClaim::GivenName.may_say(line);
            checked.map_err(|error| InvalidUserClaim::Member(name, error))?;
        }
    }
    Ok(())
}

fn without_empty(address: Address) -> Address {
    let text = |member: Option<String>| member.filter(|text| !text.is_empty());
    Address {
        formatted: text(address.formatted),
        street_address: text(address.street_address),
        locality: text(address.locality),
        region: text(address.region),
        postal_code: text(address.postal_code),
        country: text(address.country),
    }
}
