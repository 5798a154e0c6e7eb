//! Standard claims of a user out of a file, as JSON with the names of OpenID Connect Core section 5.1.

use super::parse_name;
use crate::commands::setup::now;
use crate::failure::Failure;
use countersign_domain::claims_request::{ClaimSet, StandardClaim};
use countersign_domain::profile::Address;
use countersign_domain::user::User;
use serde_json::{Map, Value};
use std::path::Path;

/// What a file says of each claim. One that is not named stays as it is.
pub(super) struct Claims(Vec<(StandardClaim, Given)>);

/// What a file says of a claim; nothing for one that is taken away.
enum Given {
    Text(Option<String>),
    Flag(bool),
    Address(Option<Address>),
}

/// All that a file can set: not the address to log in with, and not when the user was last changed.
pub(super) fn settable() -> ClaimSet {
    StandardClaim::ALL
        .iter()
        .copied()
        .filter(|claim| !matches!(claim, StandardClaim::Email | StandardClaim::UpdatedAt))
        .collect()
}

impl Claims {
    /// Reads a file.
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let path = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::of(&format!("{path} could not be read"), &error))?;
        let object: Map<String, Value> = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(format!(
                "{path} must be a JSON object of standard claims: {error}"
            ))
        })?;
        let claims = object.iter().map(|(name, value)| {
            let claim = StandardClaim::parse(name).filter(|claim| settable().contains(*claim));
            let claim = claim.ok_or_else(|| unknown(name))?;
            let given = judge(claim, value)
                .map_err(|why| Failure::usage(format!("The claim {name:?} is wrong: {why}.")))?;
            Ok((claim, given))
        });
        let mut claims: Vec<_> = claims.collect::<Result<_, Failure>>()?;
        claims.sort_by_key(|(claim, _)| *claim);
        Ok(Self(claims))
    }

    /// Puts the claims into a user.
    pub(super) fn put_into(self, user: &mut User) {
        let profile = &mut user.profile;
        for (claim, given) in self.0 {
            match (claim, given) {
                (StandardClaim::Name, Given::Text(name)) => user.name = name,
                (StandardClaim::EmailVerified, Given::Flag(flag)) => user.email_verified = flag,
                (StandardClaim::PhoneNumber, Given::Text(number)) => {
                    // Nobody has verified a new number, unless the file says so: that comes after it.
                    let is_same = profile.text(claim) == number.as_deref();
                    profile.phone_number_verified &= is_same;
                    profile.set_text(claim, number);
                }
                (_, Given::Flag(flag)) => profile.phone_number_verified = flag,
                (_, Given::Text(text)) => profile.set_text(claim, text),
                (_, Given::Address(address)) => profile.address = address,
            }
        }
        profile.updated_at = Some(now());
    }
}

fn unknown(name: &str) -> Failure {
    let known: Vec<&str> = settable().iter().map(StandardClaim::as_str).collect();
    Failure::usage(format!(
        "There is no claim {name:?} to set. There are: {}.",
        known.join(", ")
    ))
}

fn judge(claim: StandardClaim, value: &Value) -> Result<Given, String> {
    Ok(match claim {
        StandardClaim::Name => Given::Text(text(value)?.map(parse_name).transpose()?),
        StandardClaim::EmailVerified | StandardClaim::PhoneNumberVerified => {
            Given::Flag(flag(value)?)
        }
        StandardClaim::Address => Given::Address(address(value)?),
        claim => {
            let text = text(value)?;
            if let Some(text) = text {
                claim.may_say(text).map_err(|error| error.to_string())?;
            }
            Given::Text(text.map(str::to_owned))
        }
    })
}

fn text(value: &Value) -> Result<Option<&str>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
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

/// An address takes the place of the one before as a whole. Its members may have several lines.
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
        let text = text(value).map_err(|why| format!("{name}: {why}"))?;
        if let Some(text) = text {
            // The rule of a name, line by line.
            for line in text.lines() {
                let is_good = StandardClaim::GivenName.may_say(line);
                is_good.map_err(|error| format!("{name}: {error}"))?;
            }
        }
        *place = text.filter(|text| !text.is_empty()).map(str::to_owned);
    }
    Ok(Some(address))
}
