//! Documents in files, with the line of each field.

use super::mistake::{Mistakes, Place};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use serde_saphyr::{Options, Spanned};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Maximum number of documents in a file.
const MOST: usize = 100_000;

/// Document: one declared object.
#[derive(Debug)]
pub(crate) struct Document {
    /// Start of the document.
    pub(crate) place: Place,
    /// Fields.
    pub(crate) fields: Map<String, Value>,
    lines: BTreeMap<String, u64>,
}

impl Document {
    /// Returns the place of a field; the start of the document if it does not have the field. For a member of a field, such
    /// as `redirect_uris[1]`, it is the place of the field.
    pub(crate) fn place_of(&self, field: &str) -> Place {
        let name = field.split(['.', '[']).next().unwrap_or(field);
        let line = self.lines.get(name).copied();
        Place {
            line: line.unwrap_or(self.place.line),
            ..self.place.clone()
        }
    }

    /// Takes a field.
    pub(crate) fn take(&mut self, field: &str) -> Option<Value> {
        self.fields.remove(field)
    }
}

/// Reads the documents of a file. JSON is YAML too. A document can be a list of objects.
pub(crate) fn read(file: &Arc<str>, text: &str, mistakes: &mut Mistakes) -> Vec<Document> {
    let at = |line| Place {
        file: file.clone(),
        line,
    };
    let read = serde_saphyr::from_multiple_with_options::<Objects>(text, options());
    let objects = match read {
        Ok(objects) => objects.into_iter().flat_map(|own| own.0),
        Err(error) => {
            let line = error.location().map_or(1, |place| place.line());
            mistakes.add(at(line), reason(&error));
            return Vec::new();
        }
    };
    let documents = objects.map(|object| Document {
        place: at(object.line),
        fields: object.fields,
        lines: object.lines,
    });
    documents.collect()
}

fn options() -> Options {
    let mut options = Options::default();
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    // The text of an error would quote lines of the file.
    options.with_snippet = false;
    if let Some(budget) = &mut options.budget {
        budget.max_documents = MOST;
        budget.max_events = usize::MAX;
        budget.max_nodes = usize::MAX;
        budget.max_total_scalar_bytes = usize::MAX;
    }
    options
}

/// Returns the text of an error without the location at its end.
fn reason(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let text = text.lines().next().unwrap_or_default();
    let text = text.split(" at line ").next().unwrap_or(text);
    // The rest is advice for users of the parser.
    let text = text.split(", set ").next().unwrap_or(text);
    format!("the file is not valid YAML or JSON: {text}")
}

/// Objects of a document of the syntax: one, or a list.
struct Objects(Vec<Object>);

struct Object {
    line: u64,
    fields: Map<String, Value>,
    lines: BTreeMap<String, u64>,
}

impl<'de> Deserialize<'de> for Objects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectsVisitor).map(Self)
    }
}

struct ObjectsVisitor;

impl<'de> Visitor<'de> for ObjectsVisitor {
    type Value = Vec<Object>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `kind` and its fields")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(vec![object(map)?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        while let Some(One(object)) = items.next_element()? {
            objects.push(object);
        }
        Ok(objects)
    }
}

/// Object in a list.
struct One(Object);

impl<'de> Deserialize<'de> for One {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Objects(mut objects) = Objects::deserialize(deserializer)?;
        match (objects.pop(), objects.is_empty()) {
            (Some(object), true) => Ok(Self(object)),
            _ => Err(D::Error::custom("expected an object in the list")),
        }
    }
}

fn object<'de, A: MapAccess<'de>>(mut map: A) -> Result<Object, A::Error> {
    let mut object = Object {
        line: 0,
        fields: Map::new(),
        lines: BTreeMap::new(),
    };
    while let Some((key, value)) = map.next_entry::<Spanned<String>, Value>()? {
        let line = key.referenced.line();
        if object.line == 0 {
            object.line = line;
        }
        object.lines.insert(key.value.clone(), line);
        object.fields.insert(key.value, value);
    }
    Ok(object)
}
