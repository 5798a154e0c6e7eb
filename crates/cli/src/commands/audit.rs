//! `countersign audit`.

mod erase;
mod filter;
pub(super) mod sealing;
mod verify;

use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::date::date;
use crate::output;
use clap::Subcommand;
use countersign_domain::audit::event::{Event, Party};
use countersign_domain::audit::filter::EventPosition;
use countersign_ports::{After, EventRecord, FoundEvents};
use countersign_server_admin::event_json;
use filter::FilterArgs;
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
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Print all events as JSON, one per line, newest first
    #[command(after_help = EXPORT_EXAMPLES)]
    Export {
        #[command(flatten)]
        filter: FilterArgs,
        #[command(flatten)]
        config: ConfigArgs,
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
        config: ConfigArgs,
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
        config: ConfigArgs,
    },
    /// Erase the content of all events by or about a user
    ///
    /// Time and action of the events remain, and so does the proof. This cannot be undone.
    #[command(after_help = ERASE_EXAMPLES)]
    Erase {
        /// ID or email address of the user; the ID of a deleted user
        user: String,
        #[command(flatten)]
        config: ConfigArgs,
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
                config,
                output,
            } => list(&filter, limit, &config, output).await,
            Self::Export { filter, config } => export(&filter, &config).await,
            Self::Verify {
                head,
                config,
                output,
            } => verify::verify(head, &config, output).await,
            Self::Seal { config } => verify::adopt(&config).await,
            Self::Erase { user, config } => erase::erase(&user, &config).await,
        }
    }
}

/// Search in the audit log, slice by slice.
struct Search<'a> {
    setup: &'a Setup,
    filter: &'a FilterArgs,
    last: Option<EventPosition>,
    is_over: bool,
}

impl<'a> Search<'a> {
    const fn new(setup: &'a Setup, filter: &'a FilterArgs) -> Self {
        Self {
            setup,
            filter,
            last: None,
            is_over: false,
        }
    }

    /// Returns up to `limit` further events, or `None` at the end. A slice may be empty.
    async fn next(&mut self, limit: u32) -> Result<Option<Vec<EventRecord>>, CommandError> {
        if self.is_over {
            return Ok(None);
        }
        let Self { setup, filter, .. } = self;
        let after = After {
            key: self.last,
            limit,
        };
        let audit = setup.audit_admin();
        let (operator, filter) = (operator(), filter.events());
        let found = audit.find(&setup.tenant, &operator, &filter, after);
        let FoundEvents { events, next } = found.await?;
        self.is_over = next.is_none();
        self.last = next;
        Ok(Some(events))
    }
}

async fn list(
    filter: &FilterArgs,
    limit: u32,
    config: &ConfigArgs,
    output: OutputArgs,
) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let mut search = Search::new(&setup, filter);
    let mut events = Vec::new();
    let mut rest = limit;
    while rest > 0
        && let Some(found) = search.next(rest.min(After::<EventPosition>::LIMIT)).await?
    {
        rest = rest.saturating_sub(u32::try_from(found.len()).unwrap_or(rest));
        events.extend(found.into_iter().map(|record| record.event));
    }
    if let Some(format) = output.structured() {
        return output::print_as(format, &events.iter().map(event_json).collect::<Vec<_>>());
    }
    output::print_rows(&events.iter().map(row).collect::<Vec<_>>())
}

fn row(event: &Event) -> Vec<String> {
    let party = |Party { kind, id }: &Party| format!("{kind}:{id}");
    let address = event.address.map(|address| address.to_string());
    vec![
        date(event.at),
        event.action.as_str().to_owned(),
        party(&event.operator),
        party(&event.target),
        event.context.refusal.clone().unwrap_or_default(),
        address.unwrap_or_default(),
    ]
}

async fn export(filter: &FilterArgs, config: &ConfigArgs) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let mut search = Search::new(&setup, filter);
    while let Some(found) = search.next(After::<EventPosition>::LIMIT).await? {
        let lines = found.iter();
        let lines = lines.map(|record| format!("{}\n", event_json(&record.event)));
        output::print(&lines.collect::<String>())?;
    }
    Ok(())
}
