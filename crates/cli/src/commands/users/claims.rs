//! Parser for JSON files with a user's standard claims (OpenID Connect Core section 5.1).

use crate::command_error::CommandError;
use countersign_application::admin::users::{ClaimChange, GivenClaim};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::user::profile::Address;
use serde_json::{Map, Value};
use std::path::Path;

/// Reads the claim changes in a file.
pub(super) fn read(file: &Path) -> Result<Vec<ClaimChange>, CommandError> {
    let path = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| CommandError::of(&format!("Cannot read {path}"), &error))?;
    let object: Map<String, Value> = serde_json::from_str(&text).map_err(|error| {
        CommandError::usage(format!(
            "{path} must contain a JSON object of standard claims: {error}"
        ))
    })?;
    let claims = object.iter().map(|(name, value)| {
        let settable = ClaimChange::settable();
        let claim = StandardClaim::parse(name).filter(|claim| settable.contains(*claim));
        let claim = claim.ok_or_else(|| unknown(name))?;
        let value = given(claim, value)
            .map_err(|why| CommandError::usage(format!("The claim {name:?} is invalid: {why}.")))?;
        Ok(ClaimChange { claim, value })
    });
    claims.collect()
}

fn unknown(name: &str) -> CommandError {
    let known: Vec<&str> = ClaimChange::settable()
        .iter()
        .map(StandardClaim::as_str)
        .collect();
    CommandError::usage(format!(
        "The claim {name:?} cannot be set. Supported claims: {}.",
        known.join(", ")
    ))
}

fn given(claim: StandardClaim, value: &Value) -> Result<GivenClaim, String> {
    Ok(match claim {
        StandardClaim::EmailVerified | StandardClaim::PhoneNumberVerified => {
            GivenClaim::Flag(flag(value)?)
        }
        StandardClaim::Address => GivenClaim::Address(address(value)?),
        _ => GivenClaim::Text(text(value)?),
    })
}

fn text(value: &Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err("it must be a string or null".to_owned()),
    }
}

fn flag(value: &Value) -> Result<bool, String> {
    match value {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(*flag),
        _ => Err("it must be true, false or null".to_owned()),
    }
}

fn address(value: &Value) -> Result<Option<Address>, String> {
    let members = match value {
        Value::Null => return Ok(None),
        Value::Object(members) => members,
        _ => return Err("it must be an object or null".to_owned()),
    };
    let mut address = Address::default();
    for (name, value) in members {
        let place = match name.as_str() {
            "formatted" => &mut address.formatted,
            "street_address" => &mut address.street_address,
            "locality" => &mut address.locality,
            "region" => &mut address.region,
            "postal_code" => &mut address.postal_code,
            "country" => &mut address.country,
            _ => return Err(format!("an address has no member {name:?}")),
        };
        *place = text(value).map_err(|why| format!("{name}: {why}"))?;
    }
    Ok(Some(address))
}
