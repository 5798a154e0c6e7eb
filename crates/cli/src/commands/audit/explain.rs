//! `countersign explain`.

use crate::api::{Api, member, path, text};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::date::date;
use crate::output;
use clap::Args;
use countersign_domain::time::Timestamp;
use serde_json::Value;

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// Request ID: from the response header Request-Id, an error page or the log
    request_id: String,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl ExplainArgs {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let api = Api::open(&self.target).await?;
        let explanation = api
            .get(&path(&["explanations", self.request_id.trim()]))
            .await?;
        if let Some(format) = self.output.structured() {
            return output::print_as(format, &explanation);
        }
        output::print_rows(&facts(&explanation))?;
        let checks = checks(&explanation);
        if !checks.is_empty() {
            output::print("\nChecks in order:\n")?;
            output::print_rows(&checks)?;
        }
        let advice = text(&explanation, "advice");
        output::print(&format!("\n{advice}\n"))
    }
}

/// Returns the rows of the request.
fn facts(explanation: &Value) -> Vec<Vec<String>> {
    let at = member(explanation, "at").as_u64().unwrap_or_default();
    let mut rows = vec![
        ("rule".to_owned(), text(explanation, "rule")),
        ("meaning".to_owned(), text(explanation, "meaning")),
        ("evidence".to_owned(), text(explanation, "evidence")),
        ("error".to_owned(), text(explanation, "error")),
        ("time".to_owned(), date(Timestamp::from_unix_seconds(at))),
        ("endpoint".to_owned(), text(explanation, "endpoint")),
        ("client".to_owned(), text(explanation, "client_id")),
        ("user".to_owned(), text(explanation, "user_id")),
        ("address".to_owned(), text(explanation, "address")),
    ];
    let facts = member(explanation, "facts").as_array();
    let facts = facts.into_iter().flatten();
    rows.extend(facts.map(|fact| (text(fact, "name"), text(fact, "value"))));
    rows.retain(|(_, value)| !value.is_empty());
    rows.into_iter()
        .map(|(name, value)| vec![name, value])
        .collect()
}

/// Returns the rows of the checks.
fn checks(explanation: &Value) -> Vec<Vec<String>> {
    let row = |result: &str, check: &Value| {
        let (name, meaning) = (text(check, "check"), text(check, "meaning"));
        vec![result.to_owned(), name, meaning]
    };
    let passed = member(explanation, "passed").as_array();
    let mut rows: Vec<_> = passed
        .into_iter()
        .flatten()
        .map(|check| row("  passed", check))
        .collect();
    let failed = member(explanation, "failed");
    if failed.is_object() {
        rows.push(row("  failed", failed));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn failed_check_follows_passed_checks() {
        let check = |name| json!({"check": name, "meaning": "It is so."});
        let explanation = json!({
            "rule": "secret_wrong",
            "at": 1_750_000_000,
            "user_id": null,
            "facts": [{"name": "grant_type", "value": "client_credentials"}],
            "passed": [check("client_known")],
            "failed": check("credentials_valid"),
        });
        let names = |rows: Vec<Vec<String>>, column| -> Vec<String> {
            let rows = rows.into_iter();
            rows.map(|row| row.into_iter().nth(column).unwrap())
                .collect()
        };
        let checks = checks(&explanation);
        assert_eq!(names(checks.clone(), 0), ["  passed", "  failed"]);
        assert_eq!(names(checks, 1), ["client_known", "credentials_valid"]);
        assert_eq!(
            names(facts(&explanation), 0),
            ["rule", "time", "grant_type"]
        );
    }
}
