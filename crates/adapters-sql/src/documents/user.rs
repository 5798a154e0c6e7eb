//! Document of a user: claims of OpenID Connect Core section 5.1. The email address is in columns. Claims without a
//! value are omitted.

use super::attribute::{take_values, values};
use super::claims_policy::{held, held_at, take_held};
use super::members::{self, Members};
use crate::columns::{Failure, Unreadable};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::claims::attribute_value::Attributes;
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::later::LaterMembers;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_domain::user::profile::{Address, Agreement, Profile};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct ClaimsDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// Text claims.
    #[serde(flatten)]
    texts: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<AddressObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number_verified: Option<bool>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<u64>,
    /// Whether the account was registered through the API. Not a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_registered: Option<bool>,
    /// Last change of the address by the user, in Unix seconds. Not a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    email_changed_at: Option<u64>,
    /// Names of groups. Not a claim.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<&'a str>,
    /// Application roles by audience. Not a claim.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    roles: BTreeMap<&'a str, Vec<&'a str>>,
    /// Identifiers of the resource servers of these roles.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    role_servers: BTreeMap<&'a str, String>,
    /// Attributes. Not a claim.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, Box<RawValue>>,
    /// Documents that the user agreed to. Not a claim.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    agreements: Vec<AgreementObject>,
}

#[derive(Serialize, Deserialize)]
struct AgreementObject {
    document: String,
    version: String,
    /// Unix seconds.
    at: u64,
}

/// The `address` claim (OpenID Connect Core section 5.1.1).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    formatted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

impl AgreementObject {
    fn of(agreement: &Agreement) -> Self {
        Self {
            document: agreement.document.clone(),
            version: agreement.version.clone(),
            at: agreement.at.as_unix_seconds(),
        }
    }

    fn agreement(self) -> Agreement {
        Agreement {
            document: self.document,
            version: self.version,
            at: Timestamp::from_unix_seconds(self.at),
        }
    }
}

impl From<Address> for AddressObject {
    fn from(address: Address) -> Self {
        Self {
            formatted: address.formatted,
            street_address: address.street_address,
            locality: address.locality,
            region: address.region,
            postal_code: address.postal_code,
            country: address.country,
        }
    }
}

impl From<AddressObject> for Address {
    fn from(object: AddressObject) -> Self {
        Self {
            formatted: object.formatted,
            street_address: object.street_address,
            locality: object.locality,
            region: object.region,
            postal_code: object.postal_code,
            country: object.country,
        }
    }
}

/// Claims in the document of a user.
#[derive(Default)]
pub(crate) struct UserClaims {
    pub(crate) name: Option<String>,
    pub(crate) profile: Profile,
    pub(crate) self_registered: bool,
    pub(crate) email_changed_at: Option<Timestamp>,
    pub(crate) groups: Vec<GroupName>,
    pub(crate) roles: HeldRoles,
    pub(crate) attributes: Attributes,
    pub(crate) later: LaterMembers,
}

/// Document without claims.
const EMPTY: &str = "{}";

/// Writes the document of a user.
pub(crate) fn write(user: &User) -> Result<String, Failure> {
    let profile = &user.profile;
    let has_number = profile.text(StandardClaim::PhoneNumber).is_some();
    let document = ClaimsDocument {
        name: user.name.as_deref(),
        texts: profile
            .texts()
            .map(|(claim, text)| (claim.as_str(), text))
            .collect(),
        address: profile.address.clone().map(Into::into),
        phone_number_verified: (has_number || profile.phone_number_verified)
            .then_some(profile.phone_number_verified),
        updated_at: profile.updated_at.map(Timestamp::as_unix_seconds),
        self_registered: user.self_registered.then_some(true),
        email_changed_at: user.email_changed_at.map(Timestamp::as_unix_seconds),
        groups: user.groups.iter().map(GroupName::as_str).collect(),
        roles: held(&user.roles),
        role_servers: held_at(&user.roles),
        attributes: values(&user.attributes)?,
        agreements: profile.agreements.iter().map(AgreementObject::of).collect(),
    };
    members::write(&document, &user.later)
}

/// Reads the document of a user.
pub(crate) fn read(column: &'static str, document: &str) -> Result<UserClaims, Unreadable> {
    // Fast path: many users have this document, and every browser request reads it.
    if document == EMPTY {
        return Ok(UserClaims::default());
    }
    let mut members = Members::read(column, document)?;
    let mut profile = Profile::default();
    for claim in StandardClaim::ALL
        .iter()
        .filter(|claim| Profile::is_text(**claim))
    {
        profile.set_text(*claim, members.take(claim.as_str())?);
    }
    let address: Option<AddressObject> = members.take("address")?;
    profile.address = address.map(Into::into);
    let verified: Option<bool> = members.take("phone_number_verified")?;
    profile.phone_number_verified = verified.unwrap_or_default();
    let updated_at: Option<u64> = members.take("updated_at")?;
    profile.updated_at = updated_at.map(Timestamp::from_unix_seconds);
    let agreements: Option<Vec<AgreementObject>> = members.take("agreements")?;
    let agreements = agreements.unwrap_or_default().into_iter();
    profile.agreements = agreements.map(AgreementObject::agreement).collect();
    let self_registered: Option<bool> = members.take("self_registered")?;
    let email_changed_at: Option<u64> = members.take("email_changed_at")?;
    let groups = members.take_list("groups", |name| GroupName::parse(name).ok())?;
    Ok(UserClaims {
        name: members.take("name")?,
        profile,
        self_registered: self_registered.unwrap_or_default(),
        email_changed_at: email_changed_at.map(Timestamp::from_unix_seconds),
        groups,
        roles: take_held(&mut members)?,
        attributes: take_values(&mut members)?,
        later: members.take_later()?,
    })
}
