//! Members of a JSON object, each as raw text.

use crate::columns::{Failure, Unreadable};
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::later::LaterMembers;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::mem;

/// Public keys behind a URL. A version without them would reject every assertion of the client.
pub(super) const JWKS_URI: &str = "jwks_uri";

/// Providers that alone may sign users in for a client. A version without them would allow every method.
pub(super) const UPSTREAM_PROVIDERS: &str = "upstream_providers";

/// Registration of a client at its own request. A version without it would let the client skip consent after an edit, and
/// would count a consent from before a change.
pub(super) const DYNAMIC_REGISTRATION: &str = "dynamic_registration";

/// Features that a document may require and this version has.
const FEATURES: &[&str] = &[JWKS_URI, UPSTREAM_PROVIDERS, DYNAMIC_REGISTRATION];

/// Member that lists the required features.
const REQUIRES: &str = "requires";

type Raw = BTreeMap<String, Box<RawValue>>;

/// Members of a document that have not been read yet.
pub(super) struct Members {
    column: &'static str,
    members: Raw,
}

impl Members {
    /// Parses a document. A document that requires an unknown feature is unreadable.
    pub(super) fn read(column: &'static str, document: &str) -> Result<Self, Unreadable> {
        let members = serde_json::from_str(document).map_err(|_| Unreadable(column))?;
        let mut members = Self { column, members };
        let required: Option<Vec<String>> = members.take(REQUIRES)?;
        let lacks = |feature: &String| !FEATURES.contains(&feature.as_str());
        if required.iter().flatten().any(lacks) {
            return Err(Unreadable(column));
        }
        Ok(members)
    }

    /// Returns the error for an unreadable document.
    pub(super) const fn unreadable(&self) -> Unreadable {
        Unreadable(self.column)
    }

    /// Takes an optional member.
    pub(super) fn take<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Unreadable> {
        let Some(raw) = self.members.remove(name) else {
            return Ok(None);
        };
        let value = serde_json::from_str(raw.get()).map_err(|_| self.unreadable())?;
        Ok(Some(value))
    }

    /// Takes a required member.
    pub(super) fn require<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Unreadable> {
        self.take(name)?.ok_or_else(|| self.unreadable())
    }

    /// Takes and parses an optional text.
    pub(super) fn take_parsed<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Unreadable> {
        let text: Option<String> = self.take(name)?;
        text.map(|text| parse(&text).ok_or_else(|| self.unreadable()))
            .transpose()
    }

    /// Takes and parses a required text.
    pub(super) fn require_parsed<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Unreadable> {
        self.take_parsed(name, parse)?
            .ok_or_else(|| self.unreadable())
    }

    /// Takes and parses a required list of texts.
    pub(super) fn require_list<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Unreadable> {
        let texts: Vec<String> = self.require(name)?;
        let values = texts.iter().map(|text| parse(text)).collect::<Option<_>>();
        values.ok_or_else(|| self.unreadable())
    }

    /// Takes and parses an optional list of texts. It is empty if it is absent.
    pub(super) fn take_list<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Unreadable> {
        let texts: Option<Vec<String>> = self.take(name)?;
        let texts = texts.unwrap_or_default();
        let values = texts.iter().map(|text| parse(text)).collect::<Option<_>>();
        values.ok_or_else(|| self.unreadable())
    }

    /// Takes the name of the set of files that declares the object.
    pub(super) fn take_managed_by(&mut self) -> Result<Option<ManagedBy>, Unreadable> {
        self.take_parsed("managed_by", |name| ManagedBy::parse(name).ok())
    }

    /// Takes all remaining members.
    pub(super) fn take_later(&mut self) -> Result<LaterMembers, Unreadable> {
        let members = mem::take(&mut self.members);
        if members.is_empty() {
            return Ok(LaterMembers::default());
        }
        let text = serde_json::to_string(&members).map_err(|_| self.unreadable())?;
        Ok(LaterMembers::new(text))
    }
}

/// Writes a document: the members of this version in order, then the members of later versions.
pub(super) fn write(known: &impl Serialize, later: &LaterMembers) -> Result<String, Failure> {
    if later.as_str().is_empty() {
        return Ok(serde_json::to_string(known)?);
    }
    let mut later: Raw = serde_json::from_str(later.as_str())?;
    let text = serde_json::to_string(known)?;
    let own: Raw = serde_json::from_str(&text)?;
    later.retain(|name, _| !own.contains_key(name));
    Ok(serde_json::to_string(&Document { known, later })?)
}

#[derive(Serialize)]
struct Document<'a, K> {
    #[serde(flatten)]
    known: &'a K,
    #[serde(flatten)]
    later: Raw,
}

/// Wraps JSON text without changing it.
pub(super) fn raw(json: &str) -> Result<Box<RawValue>, Failure> {
    Ok(RawValue::from_string(json.into())?)
}
