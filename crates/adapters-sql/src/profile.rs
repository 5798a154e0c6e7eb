//! The profile of a user as a JSON object. What is not known is not there.

use crate::columns::{Failure, Unreadable};
use countersign_domain::claims_request::StandardClaim;
use countersign_domain::profile::{Address, Profile};
use countersign_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ProfileObject {
    /// Claims that are text, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    texts: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<AddressObject>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    phone_number_verified: bool,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<u64>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AddressObject {
    formatted: Option<String>,
    street_address: Option<String>,
    locality: Option<String>,
    region: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
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

/// The text of a profile in which nothing is known.
const EMPTY: &str = "{}";

/// The text of a profile.
pub(crate) fn write(profile: &Profile) -> Result<String, Failure> {
    let object = ProfileObject {
        texts: profile
            .texts()
            .map(|(claim, text)| (claim.as_str().into(), text.into()))
            .collect(),
        address: profile.address.clone().map(Into::into),
        phone_number_verified: profile.phone_number_verified,
        updated_at: profile.updated_at.map(Timestamp::as_unix_seconds),
    };
    Ok(serde_json::to_string(&object)?)
}

/// The profile of a text.
pub(crate) fn read(column: &'static str, text: &str) -> Result<Profile, Unreadable> {
    // Most users' profile, and read at every request of a browser.
    if text == EMPTY {
        return Ok(Profile::default());
    }
    let unreadable = || Unreadable(column);
    let object: ProfileObject = serde_json::from_str(text).map_err(|_| unreadable())?;
    let mut profile = Profile::default();
    for (name, text) in object.texts {
        let claim = StandardClaim::parse(&name).ok_or_else(unreadable)?;
        profile.set_text(claim, Some(text));
    }
    profile.address = object.address.map(Into::into);
    profile.phone_number_verified = object.phone_number_verified;
    profile.updated_at = object.updated_at.map(Timestamp::from_unix_seconds);
    Ok(profile)
}
