//! Claims of a user that administrators set (OpenID Connect Core section 5.1).

use super::AdminError;
use countersign_domain::authorize::claims_request::{ClaimSet, StandardClaim};
use countersign_domain::client::Client;
use countersign_domain::user::User;
use countersign_domain::user::claim_text::InvalidClaim;
use countersign_domain::user::profile::{Address, Profile};

/// A claim that is to be set or removed. Claims that a command does not name stay as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimChange {
    /// Claim.
    pub claim: StandardClaim,
    /// Its value.
    pub value: GivenClaim,
}

/// The values may be personal.
impl std::fmt::Debug for ClaimChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClaimChange({})", self.claim.as_str())
    }
}

/// The value of a claim; `None` removes it.
#[derive(Clone, PartialEq, Eq)]
pub enum GivenClaim {
    /// A text.
    Text(Option<String>),
    /// Whether something is verified.
    Flag(bool),
    /// An address, which replaces the one before as a whole.
    Address(Option<Address>),
}

/// Why a claim cannot have a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUserClaim {
    /// Administrators cannot set this claim in this way.
    #[error("it cannot be set like this")]
    Unsettable,
    /// The name is empty, too long, or has control characters.
    #[error("a name has 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
    Name,
    /// The text breaks the rule of the claim.
    #[error(transparent)]
    Text(#[from] InvalidClaim),
    /// A member of an address breaks the rule of a text.
    #[error("{0}: {1}")]
    Member(&'static str, InvalidClaim),
}

impl ClaimChange {
    /// The claims that administrators can set: all but the e-mail address and the time of the last change.
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
                // A new number is not verified, unless the command says so: that comes after it.
                let is_same = profile.text(self.claim) == number.as_deref();
                profile.phone_number_verified &= is_same;
                profile.set_text(self.claim, number);
            }
            (_, GivenClaim::Flag(flag)) => profile.phone_number_verified = flag,
            (claim, GivenClaim::Text(text)) => profile.set_text(claim, text),
            (_, GivenClaim::Address(address)) => profile.address = address.map(without_empty),
        }
    }
}

/// Checks claims and puts them into a user, in the order of the specification.
pub(super) fn put_into(user: &mut User, claims: &[ClaimChange]) -> Result<(), AdminError> {
    let mut claims: Vec<_> = claims.iter().collect();
    claims.sort_by_key(|change| change.claim);
    for change in claims {
        let checked = change.check();
        checked.map_err(|error| AdminError::Claim(change.claim, error))?;
        change.put_into(user);
    }
    Ok(())
}

/// The rule for the name of a user is that for a client.
pub(super) fn check_name(name: &str) -> Result<(), InvalidUserClaim> {
    let length = name.chars().count();
    if (1..=Client::LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(InvalidUserClaim::Name)
    }
}

/// The members of an address may have several lines. Each has to be a text such as a given name is.
fn check_address(address: &Address) -> Result<(), InvalidUserClaim> {
    for (name, text) in address.members() {
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
