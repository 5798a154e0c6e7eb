//! `countersign statistics`.

use crate::api::{Api, member};
use crate::arguments::{ConfigArgs, OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output::{self, Fields};
use clap::Args;
use countersign_ports::Count;
use serde_json::{Value, json};

/// Arguments of `statistics`.
#[derive(Args, Debug)]
pub(crate) struct StatisticsArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl StatisticsArgs {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let counts = if self.target.server.is_some() {
            Api::open(&self.target).await?.get("/statistics").await?
        } else {
            counted(&self.target.config).await?
        };
        if let Some(format) = self.output.structured() {
            return output::print_as(format, &counts);
        }
        let fields = [
            ("users", "users"),
            ("clients", "clients"),
            ("active_sessions", "active sessions"),
            ("active_grants", "active grants"),
        ];
        let fields = fields.into_iter();
        let record = fields.fold(Fields::new(), |record, (name, shown)| {
            record.add(shown, text(member(&counts, name)))
        });
        record.print()
    }
}

/// Returns the counts of the store, as the admin API returns them.
async fn counted(config: &ConfigArgs) -> Result<Value, CommandError> {
    let setup = Setup::open(config).await?;
    let admin = setup.statistics_admin();
    let counts = admin.counts(&setup.tenant, &operator()).await?;
    Ok(json!({
        "users": object(counts.users),
        "clients": object(counts.clients),
        "active_sessions": object(counts.sessions),
        "active_grants": object(counts.grants),
    }))
}

fn object(count: Count) -> Value {
    json!({"count": count.number, "is_exact": count.is_exact})
}

fn text(count: &Value) -> String {
    let number = member(count, "count");
    if member(count, "is_exact").as_bool() == Some(true) {
        number.to_string()
    } else {
        format!("at least {number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_bound_prints_as_such() {
        let count = |is_exact| Count {
            number: 7,
            is_exact,
        };
        assert_eq!(text(&object(count(true))), "7");
        assert_eq!(text(&object(count(false))), "at least 7");
    }
}
