//! Slices of lists: `?after=&limit=`.

use super::call::Call;
use super::problem::Problem;
use countersign_application::App;
use countersign_ports::{After, Slice};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// Query parameters of a list.
pub(super) const PARAMETERS: &[&str] = &["after", "limit"];

/// Default number of items.
const LIMIT: u32 = 50;
/// Maximum number of items.
const MOST: u32 = 500;

/// Returns the schema of a query parameter of lists.
pub(super) fn schema_of(name: &str) -> Option<Value> {
    match name {
        "limit" => {
            Some(json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}))
        }
        "since" | "until" => Some(json!({"type": "integer", "minimum": 0})),
        _ => None,
    }
}

/// Parses a name in `after`. Names have no control characters.
pub(super) fn name(text: &str) -> Option<String> {
    (!text.contains(char::is_control)).then(|| text.to_owned())
}

/// Slice of a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub(super) struct List<T> {
    /// Items.
    items: Vec<T>,
    /// Value of `after` for the next slice; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<T> List<T> {
    /// Renders a slice. `key` returns the identifier of an item.
    pub(super) fn of<'a, I>(
        slice: &'a Slice<I>,
        key: impl Fn(&'a I) -> String,
        view: impl Fn(&'a I) -> T,
    ) -> Self {
        let last = slice.items.last().filter(|_| slice.has_more);
        Self::new(slice.items.iter().map(view).collect(), last.map(key))
    }

    /// Creates a slice from its items and the key after which the next slice starts.
    pub(super) const fn new(items: Vec<T>, next: Option<String>) -> Self {
        Self { items, next }
    }
}

impl<A: App> Call<A> {
    /// Returns the slice that the client requests. `parse` parses the key in `after`.
    pub(super) fn after<K>(&self, parse: impl Fn(&str) -> Option<K>) -> Result<After<K>, Problem> {
        let limit = match self.query("limit").map(str::parse) {
            None => LIMIT,
            Some(Ok(limit @ 1..=MOST)) => limit,
            Some(_) => {
                let rule = format!("must be a number from 1 to {MOST}");
                return Err(Problem::field("limit", rule));
            }
        };
        let key = self.query("after").map(|text| {
            let invalid = || Problem::field("after", "must be the `next` of an earlier response");
            parse(text).ok_or_else(invalid)
        });
        Ok(After {
            key: key.transpose()?,
            limit,
        })
    }
}
