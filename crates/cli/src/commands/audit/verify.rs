//! `countersign audit verify` and `countersign audit seal`.

use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output::{self, Fields};
use countersign_adapters_system::SystemClock;
use countersign_application::admin::{Finding, SealingError, Verification, Verified};
use countersign_domain::audit::batch::ChainHead;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Head of the proof as text: number and link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadText(ChainHead);

impl fmt::Display for HeadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = base16ct::lower::encode_string(&self.0.link);
        write!(f, "{}:{link}", self.0.number)
    }
}

impl FromStr for HeadText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (number, digits) = text.split_once(':')?;
            let mut link = [0; 32];
            let decoded = base16ct::lower::decode(digits, &mut link).ok()?;
            let is_whole = decoded.len() == 32;
            let number = number.parse().ok()?;
            is_whole.then_some(Self(ChainHead { number, link }))
        };
        parse().ok_or("it must be a head that `countersign audit verify` printed")
    }
}

/// JSON form of the result.
#[derive(Serialize)]
struct Record {
    batches: u64,
    events: u64,
    erased: u64,
    adopted: u64,
    head: Option<String>,
    findings: Vec<String>,
}

impl From<&Verified> for Record {
    fn from(verified: &Verified) -> Self {
        Self {
            batches: verified.batches,
            events: verified.events,
            erased: verified.erased,
            adopted: verified.adopted,
            head: verified.head.map(|head| HeadText(head).to_string()),
            findings: verified.findings.iter().map(Finding::to_string).collect(),
        }
    }
}

/// Verifies the audit log, and prints the result. Fails if the audit log contradicts its proof.
pub(super) async fn verify(
    head: Option<HeadText>,
    config: &ConfigArgs,
    output: OutputArgs,
) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let verification = Verification {
        store: setup.store.clone(),
        codec: Arc::new(setup.codecs().await?),
        clock: Arc::new(SystemClock),
    };
    let kept = head.map(|head| head.0);
    let verified = verification
        .verify(&setup.tenant, &operator(), kept)
        .await?;
    let record = Record::from(&verified);
    if let Some(format) = output.structured() {
        output::print_as(format, &record)?;
    } else {
        Fields::new()
            .add("batches", record.batches.to_string())
            .add("events", record.events.to_string())
            .add("erased", record.erased.to_string())
            .add("adopted", record.adopted.to_string())
            .add_some("head", record.head)
            .print()?;
    }
    if record.findings.is_empty() {
        return Ok(());
    }
    Err(CommandError::new(
        Exit::Conflict,
        format!(
            "The audit log contradicts its proof.\n{}",
            record.findings.join("\n")
        ),
    ))
}

/// Seals events that their process did not seal, and prints their number.
pub(super) async fn adopt(config: &ConfigArgs) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let sealing = setup.sealing(Arc::new(setup.codecs().await?));
    let adopted = sealing.adopt(&setup.tenant, &operator()).await;
    let adopted =
        adopted.map_err(|error: SealingError| CommandError::of("Cannot seal events", &error))?;
    output::print(&format!("Sealed {adopted} events.\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_text_round_trips() {
        let text = format!("42:{}", "0f".repeat(32));
        let head: HeadText = text.parse().unwrap();
        assert_eq!((head.0.number, head.0.link), (42, [15; 32]));
        assert_eq!(head.to_string(), text);
        for bad in [
            "",
            "42",
            "42:",
            "42:0f",
            ":0f",
            &format!("x:{}", "0f".repeat(32)),
        ] {
            assert!(bad.parse::<HeadText>().is_err(), "{bad}");
        }
    }
}
