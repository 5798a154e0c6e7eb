//! `countersign config`.

pub(crate) mod doubts;
mod examples;
pub(crate) mod startup;

use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::CommandError;
use crate::config::{self, Settings, TABLE, shown};
use crate::{output, server};
use clap::Subcommand;
use serde::Serialize;
use startup::Outlook;
use std::io::{self, Write as _};

/// Commands of `countersign config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Validate the configuration
    ///
    /// Lists every problem that keeps `serve` from starting and exits with code 2 if it finds any. Opens the store, but
    /// does not change it. An address that is in use is only a warning, because the server may be running.
    #[command(after_help = examples::CHECK)]
    Check(ConfigArgs),
    /// Print every value and its source
    ///
    /// Secrets are shown as "..".
    #[command(after_help = examples::SHOW)]
    Show {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}

impl ConfigCommand {
    pub(crate) fn run(&self) -> Result<(), CommandError> {
        match self {
            Self::Check(args) => server::runtime()?.block_on(check(args)),
            Self::Show { config, output } => show(config, *output),
        }
    }
}

async fn check(args: &ConfigArgs) -> Result<(), CommandError> {
    let values = config::values(args.config.as_deref());
    let (problems, doubts) = match Settings::from_values(&values) {
        Ok(settings) => {
            let Outlook { problems, doubts } = startup::outlook(&settings).await;
            (problems, [doubts::doubts(&settings), doubts].concat())
        }
        Err(problems) => (problems, Vec::new()),
    };
    for doubt in doubts {
        // If standard error is closed, the warning is lost.
        let _ = writeln!(io::stderr(), "Warning: {doubt}");
    }
    if problems.is_empty() {
        output::print("The configuration is valid.\n")
    } else {
        Err(CommandError::usage(problems.join("\n")))
    }
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'static str,
    value: Option<String>,
    source: Option<String>,
    description: &'a str,
}

/// Prints all values, even invalid ones, to help find the problem.
fn show(args: &ConfigArgs, output: OutputArgs) -> Result<(), CommandError> {
    let values = config::values(args.config.as_deref());
    let rows = TABLE.iter().map(|key| {
        let found = values.get(key);
        Row {
            key: key.path,
            value: found.as_ref().map(|(value, _)| shown(key, value)),
            source: found.map(|(_, origin)| origin.to_string()),
            description: key.doc,
        }
    });
    if let Some(format) = output.structured() {
        output::print_as(format, &rows.collect::<Vec<_>>())?;
    } else {
        let lines: Vec<Vec<String>> = rows
            .map(|row| {
                let value = row.value.unwrap_or_else(|| "(not set)".into());
                vec![row.key.into(), value, row.source.unwrap_or_default()]
            })
            .collect();
        output::print_rows(&lines)?;
    }
    match Settings::from_values(&values) {
        Ok(_) => Ok(()),
        Err(problems) => Err(CommandError::usage(problems.join("\n"))),
    }
}
