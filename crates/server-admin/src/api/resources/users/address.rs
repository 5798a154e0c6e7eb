//! Postal address of a user.

use countersign_domain::user::profile::Address;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Regular expression of a text that may have several lines.
const LINES: &str = r"^([^\u0000-\u001f\u007f-\u009f]+(\r?\n[^\u0000-\u001f\u007f-\u009f]+)*)?$";

/// Postal address (OpenID Connect Core section 5.1.1). Members may have several lines.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with the members of an address"
)]
#[schemars(rename = "Address")]
pub(super) struct AddressBody {
    /// Full address for display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500), regex(pattern = LINES))]
    formatted: Option<String>,
    /// Street and house number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500), regex(pattern = LINES))]
    street_address: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500), regex(pattern = LINES))]
    locality: Option<String>,
    /// State or region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500), regex(pattern = LINES))]
    region: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500), regex(pattern = LINES))]
    postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500), regex(pattern = LINES))]
    country: Option<String>,
}

impl From<&Address> for AddressBody {
    fn from(address: &Address) -> Self {
        Self {
            formatted: address.formatted.clone(),
            street_address: address.street_address.clone(),
            locality: address.locality.clone(),
            region: address.region.clone(),
            postal_code: address.postal_code.clone(),
            country: address.country.clone(),
        }
    }
}

impl From<&AddressBody> for Address {
    fn from(body: &AddressBody) -> Self {
        Self {
            formatted: body.formatted.clone(),
            street_address: body.street_address.clone(),
            locality: body.locality.clone(),
            region: body.region.clone(),
            postal_code: body.postal_code.clone(),
            country: body.country.clone(),
        }
    }
}
