//! `countersign statistics`.

use crate::arguments::{ConfigArgs, OutputArgs};
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
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl StatisticsArgs {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let setup = Setup::open(&self.config).await?;
        let admin = setup.statistics_admin();
        let counts = admin.counts(&setup.tenant, &operator()).await?;
        let fields = [
            ("users", "users", counts.users),
            ("clients", "clients", counts.clients),
            ("active_sessions", "active sessions", counts.sessions),
            ("active_grants", "active grants", counts.grants),
        ];
        if let Some(format) = self.output.structured() {
            let members = fields.map(|(name, _, count)| (name.to_owned(), object(count)));
            return output::print_as(format, &Value::Object(members.into_iter().collect()));
        }
        let fields = fields.into_iter();
        let record = fields.fold(Fields::new(), |record, (_, name, count)| {
            record.add(name, text(count))
        });
        record.print()
    }
}

fn object(count: Count) -> Value {
    json!({"count": count.number, "is_exact": count.is_exact})
}

fn text(count: Count) -> String {
    if count.is_exact {
        count.number.to_string()
    } else {
        format!("at least {}", count.number)
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
        assert_eq!(text(count(true)), "7");
        assert_eq!(text(count(false)), "at least 7");
    }
}
