//! Members of a JSON object, each as the text that it was.

use crate::columns::{Failure, Unreadable};
use countersign_domain::later::LaterMembers;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::mem;

/// Features that a document may require of a version. This version has none that an earlier one lacks.
const FEATURES: &[&str] = &[];

/// Member that lists the required features.
const REQUIRES: &str = "requires";

type Raw = BTreeMap<String, Box<RawValue>>;

/// Members of a document that is read.
pub(super) struct Members {
    column: &'static str,
    members: Raw,
}

impl Members {
    /// Parses a document. One that requires an unknown feature is unreadable.
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

    /// Why the document is unreadable.
    pub(super) const fn unreadable(&self) -> Unreadable {
        Unreadable(self.column)
    }

    /// A member that may be absent.
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

    /// A member that every document has.
    pub(super) fn require<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Unreadable> {
        self.take(name)?.ok_or_else(|| self.unreadable())
    }

    /// A text that may be absent, and what it means.
    pub(super) fn take_parsed<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Unreadable> {
        let text: Option<String> = self.take(name)?;
        text.map(|text| parse(&text).ok_or_else(|| self.unreadable()))
            .transpose()
    }

    /// A text that every document has, and what it means.
    pub(super) fn require_parsed<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Unreadable> {
        self.take_parsed(name, parse)?
            .ok_or_else(|| self.unreadable())
    }

    /// A list of texts that every document has, and what they mean.
    pub(super) fn require_list<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Unreadable> {
        let texts: Vec<String> = self.require(name)?;
        let values = texts.iter().map(|text| parse(text)).collect::<Option<_>>();
        values.ok_or_else(|| self.unreadable())
    }

    /// The members that were not taken.
    pub(super) fn take_later(&mut self) -> Result<LaterMembers, Unreadable> {
        let members = mem::take(&mut self.members);
        if members.is_empty() {
            return Ok(LaterMembers::default());
        }
        let text = serde_json::to_string(&members).map_err(|_| self.unreadable())?;
        Ok(LaterMembers::new(text))
    }
}

/// The text of a document: the members of this version in their order, then those of later versions.
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

/// The text of a JSON object, as it is.
pub(super) fn raw(json: &str) -> Result<Box<RawValue>, Failure> {
    Ok(RawValue::from_string(json.into())?)
}
