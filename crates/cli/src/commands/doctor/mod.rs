//! `countersign doctor`: detects problems before they cause failures, and changes nothing.

mod certificate;
mod clients;
mod clock;
mod configuration;
mod examined;
mod finding;
mod issuer;
mod keys;
mod mail;
mod pages;
mod proxies;
mod schema;
mod unused;
mod webhooks;

use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::setup;
use crate::output;
use clap::Args;
use examined::Examined;
use finding::{Checked, Finding, State};
use serde::Serialize;

/// Arguments of `countersign doctor`.
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// Exit with code 1 also if there are only warnings
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Line of the report.
#[derive(Serialize)]
struct Line {
    check: &'static str,
    #[serde(flatten)]
    finding: Finding,
}

impl DoctorArgs {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let settings = setup::settings(&self.config)?;
        let lines = lines(&Examined::new(settings).await).await;
        match self.output.structured() {
            Some(format) => output::print_as(format, &lines)?,
            None => print(&lines)?,
        }
        let count = |state| {
            lines
                .iter()
                .filter(|line| line.finding.state == state)
                .count()
        };
        let (problems, warnings) = (count(State::Problem), count(State::Warning));
        if problems > 0 || (self.strict && warnings > 0) {
            let message = format!("Problems: {problems}. Warnings: {warnings}.");
            return Err(CommandError::new(Exit::Failed, message));
        }
        Ok(())
    }
}

/// Runs all checks.
async fn lines(of: &Examined) -> Vec<Line> {
    let clients = clients::check(of).await;
    let (clients, unused) = clients.unwrap_or_else(|finding| (vec![finding.clone()], finding));
    let checks = [
        ("configuration", configuration::check(of)),
        ("schema", one(schema::check(of).await)),
        ("keys", many(keys::check(of).await)),
        ("clock", one(clock::check(of).await)),
        ("mail", one(mail::check(of).await)),
        ("catalogue", one(pages::catalogue(of))),
        ("places", one(pages::places(of))),
        ("proxies", one(proxies::check(of))),
        ("issuer", one(issuer::check(of))),
        ("certificate", one(certificate::check(of))),
        ("clients", clients),
        ("unused clients", vec![unused]),
        ("webhooks", many(webhooks::check(of).await)),
    ];
    let lines = checks.into_iter().flat_map(|(check, findings)| {
        let findings = findings.into_iter();
        findings.map(move |finding| Line { check, finding })
    });
    lines.collect()
}

fn one(checked: Checked<Finding>) -> Vec<Finding> {
    vec![checked.unwrap_or_else(|finding| finding)]
}

fn many(checked: Checked<Vec<Finding>>) -> Vec<Finding> {
    checked.unwrap_or_else(|finding| vec![finding])
}

fn print(lines: &[Line]) -> Result<(), CommandError> {
    let rows = lines.iter().map(|Line { check, finding }| {
        let state = finding.state.as_str().to_owned();
        vec![state, (*check).to_owned(), finding.message.clone()]
    });
    output::print_rows(&rows.collect::<Vec<_>>())
}
