//! Parents of groups in files.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Field with the parents of a group.
pub(crate) const PARENTS: &str = "parents";

/// Returns the names in a list of strings.
pub(crate) fn names<'a>(fields: &'a Map<String, Value>, field: &str) -> BTreeSet<&'a str> {
    let names = fields.get(field).and_then(Value::as_array);
    let names = names.into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}

/// Splits a change of parents into the removals, which run first, and all the rest, which runs when all groups exist
/// and have lost the parents that they lose. Groups can therefore change places in one run.
pub(crate) fn split(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> (Option<Value>, Option<Value>) {
    let (old, new) = (names(before, PARENTS), names(after, PARENTS));
    let kept: BTreeSet<_> = old.intersection(&new).copied().collect();
    let first = (kept != old).then(|| json!(kept));
    (first, (kept != new).then(|| json!(new)))
}

/// Returns whether the parents of a group lead back to it.
pub(crate) fn is_above_itself<'a>(
    group: &str,
    parents: impl Fn(&str) -> BTreeSet<&'a str>,
) -> bool {
    let mut open: Vec<_> = parents(group).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(parent) = open.pop() {
        if parent == group {
            return true;
        }
        if seen.insert(parent) {
            open.extend(parents(parent));
        }
    }
    false
}
