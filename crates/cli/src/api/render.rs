//! Output of API objects: a table for people, JSON or YAML for programs.

use super::values::{is_empty, member};
use crate::arguments::{Format, OutputArgs};
use crate::command_error::CommandError;
use crate::output::{self, print_rows};
use serde_json::Value;

/// Prints an object, or a list with these columns in its table.
pub(crate) fn print(
    value: &Value,
    columns: &[&str],
    output: OutputArgs,
) -> Result<(), CommandError> {
    match output.structured() {
        Some(format) => output::print_as(format, value),
        None => print_rows(&rows(value, columns)),
    }
}

fn rows(value: &Value, columns: &[&str]) -> Vec<Vec<String>> {
    match value {
        Value::Array(items) => {
            let cells = |item: &Value| {
                columns
                    .iter()
                    .map(|name| text(member(item, name)))
                    .collect()
            };
            items.iter().map(cells).collect()
        }
        Value::Object(members) => {
            let set = members.iter().filter(|(_, value)| !is_empty(value));
            set.map(|(name, value)| vec![name.clone(), text(value)])
                .collect()
        }
        Value::Null => Vec::new(),
        other => vec![vec![text(other)]],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.iter().any(Value::is_object) => {
            items.iter().map(text).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

impl OutputArgs {
    /// Returns the format for programs, if one is chosen.
    pub(crate) fn structured(self) -> Option<Format> {
        match self.format {
            Some(Format::Table) => None,
            Some(format) => Some(format),
            None => self.json.then_some(Format::Json),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn table_omits_empty_members_and_joins_lists() {
        let client = json!({"client_id": "notes", "audience": null, "domains": [], "scope": "",
            "grant_types": ["authorization_code", "refresh_token"]});
        let expected = [
            vec!["client_id", "notes"],
            vec!["grant_types", "authorization_code refresh_token"],
        ];
        assert_eq!(rows(&client, &[]), expected);
        let list = json!([client]);
        assert_eq!(rows(&list, &["client_id", "audience"]), [["notes", ""]]);
    }
}
