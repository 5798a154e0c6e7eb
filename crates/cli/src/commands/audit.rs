//! `countersign audit`.

mod erase;
pub(crate) mod explain;
mod filter;
pub(super) mod sealing;
mod search;
mod verify;

use crate::api::member;
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::date::date;
use crate::output;
use clap::Subcommand;
use countersign_domain::time::Timestamp;
use filter::FilterArgs;
use search::Search;
use serde_json::Value;
use verify::HeadText;

/// Commands of `countersign audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List the latest events, newest first
    #[command(after_help = LIST_EXAMPLES)]
    List {
        #[command(flatten)]
        filter: FilterArgs,
        /// Maximum number of events
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Print all events as JSON, one per line, newest first
    #[command(after_help = EXPORT_EXAMPLES)]
    Export {
        #[command(flatten)]
        filter: FilterArgs,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Compare the audit log with its proof
    ///
    /// Finds events that were altered, added, removed or reordered. Prints the head of the proof. Keep it outside of
    /// the store: with --head, a later run also finds that the end of the audit log was removed. Exits with code 4 if
    /// the audit log contradicts its proof.
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify {
        /// Head that an earlier run printed
        #[arg(long, value_name = "HEAD")]
        head: Option<HeadText>,
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Seal events that their process did not seal
    ///
    /// A process that was killed, or a command without a master key, leaves events unsealed. `audit verify` reports
    /// them. Check them first: their proof starts now.
    #[command(after_help = SEAL_EXAMPLES)]
    Seal {
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Erase the content of all events by or about a user
    ///
    /// Time and action of the events remain, and so does the proof. This cannot be undone.
    #[command(after_help = ERASE_EXAMPLES)]
    Erase {
        /// ID or email address of the user; the ID of a deleted user
        user: String,
        #[command(flatten)]
        target: TargetArgs,
    },
}

const LIST_EXAMPLES: &str = "\
Examples:
  What a user changed
    countersign audit list --operator user:0192f0c1-2a6b-7c3d-8e4f-5a6b7c8d9e0f
  All changes of a client since a day
    countersign audit list --target client:notes --since 2026-11-29T00:00:00Z";

const EXPORT_EXAMPLES: &str = "\
Examples:
  The whole audit log
    countersign audit export > events.jsonl
  One month
    countersign audit export --since 2026-11-01T00:00:00Z --until 2026-12-01T00:00:00Z";

const VERIFY_EXAMPLES: &str = "\
Examples:
  Verify, and print the head to keep
    countersign audit verify
  Verify against the head that was kept
    countersign audit verify --head 42:6f1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7";

const SEAL_EXAMPLES: &str = "\
Examples:
  Show the events that are not sealed
    countersign audit verify
  Seal them
    countersign audit seal";

const ERASE_EXAMPLES: &str = "\
Examples:
  By email address
    countersign audit erase jane@example.com
  A deleted user
    countersign audit erase 0192f0c1-2a6b-7c3d-8e4f-5a6b7c8d9e0f";

impl AuditCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::List {
                filter,
                limit,
                target,
                output,
            } => list(&filter, limit, &target, output).await,
            Self::Export { filter, target } => export(&filter, &target).await,
            Self::Verify {
                head,
                target,
                output,
            } => verify::verify(head, target.store("audit verify")?, output).await,
            Self::Seal { target } => verify::adopt(target.store("audit seal")?).await,
            Self::Erase { user, target } => erase::erase(&user, &target).await,
        }
    }
}

async fn list(
    filter: &FilterArgs,
    limit: u32,
    target: &TargetArgs,
    output: OutputArgs,
) -> Result<(), CommandError> {
    let mut search = Search::open(target, filter).await?;
    let mut events = Vec::new();
    let mut rest = limit;
    while rest > 0
        && let Some(found) = search.next(rest.min(Search::LIMIT)).await?
    {
        rest = rest.saturating_sub(u32::try_from(found.len()).unwrap_or(rest));
        events.extend(found);
    }
    if let Some(format) = output.structured() {
        return output::print_as(format, &events);
    }
    output::print_rows(&events.iter().map(row).collect::<Vec<_>>())
}

fn row(event: &Value) -> Vec<String> {
    let text = |object: &Value, name| {
        let text = member(object, name).as_str();
        text.unwrap_or_default().to_owned()
    };
    let party = |name| {
        let party = member(event, name);
        format!("{}:{}", text(party, "kind"), text(party, "id"))
    };
    let at = member(event, "at").as_u64().unwrap_or_default();
    vec![
        date(Timestamp::from_unix_seconds(at)),
        text(event, "action"),
        party("operator"),
        party("target"),
        text(event, "rule"),
        text(event, "address"),
    ]
}

async fn export(filter: &FilterArgs, target: &TargetArgs) -> Result<(), CommandError> {
    let mut search = Search::open(target, filter).await?;
    while let Some(found) = search.next(Search::LIMIT).await? {
        let lines = found.iter().map(|event| format!("{event}\n"));
        output::print(&lines.collect::<String>())?;
    }
    Ok(())
}
