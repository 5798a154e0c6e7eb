//! `/events`: the audit log.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::slice::List;
use countersign_application::App;
use countersign_domain::audit::event::{Action, Event, EventId, FieldChange, Party};
use countersign_domain::audit::filter::{EventFilter, EventPosition, PartyFilter, ResultFilter};
use countersign_domain::audit::operator::Permission::{AuditRead, AuditWrite};
use countersign_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Event of the audit log: a command of an operator, an action of a user, or a refusal.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Event")]
struct View {
    /// Identifier.
    id: String,
    /// Time, in seconds since the Unix epoch.
    at: u64,
    /// Action, such as `client.created`.
    action: String,
    /// Who did it: a user, a client, the command line, the server, or the network address of a request before anyone has
    /// authenticated.
    operator: PartyView,
    /// Changed object, or object of the request.
    target: PartyView,
    /// Changed fields, or facts of the request as new values. The values of secrets read `..`.
    changes: Vec<ChangeView>,
    /// Network address of the request; `null` for the local command line.
    address: Option<String>,
    /// Request ID; `null` for the local command line.
    request_id: Option<String>,
    /// `succeeded` or `refused`.
    result: &'static str,
    /// Name of the rule that refused the request.
    rule: Option<String>,
    /// Client: that of the operator's access token, or that of the request. In a refused request, it may be one that
    /// the requester only claimed to be.
    client_id: Option<String>,
    /// Browser session of the operator.
    session_id: Option<String>,
    /// Admin roles of the operator, at the time of the command.
    roles: Vec<String>,
}

/// Operator or changed object.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Party")]
struct PartyView {
    /// Kind, such as `user`, `client` or `command_line`.
    kind: String,
    /// Identifier within the kind.
    id: String,
}

/// Changed field.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FieldChange")]
struct ChangeView {
    /// Name.
    field: String,
    /// Old value; `null` if it was not set.
    before: Option<String>,
    /// New value; `null` if it was removed.
    after: Option<String>,
}

impl From<&Party> for PartyView {
    fn from(party: &Party) -> Self {
        Self {
            kind: party.kind.clone().into_owned(),
            id: party.id.clone(),
        }
    }
}

impl From<&FieldChange> for ChangeView {
    fn from(change: &FieldChange) -> Self {
        Self {
            field: change.field.clone().into_owned(),
            before: change.before.clone(),
            after: change.after.clone(),
        }
    }
}

impl From<&Event> for View {
    fn from(event: &Event) -> Self {
        Self {
            id: text(event.id),
            at: event.at.as_unix_seconds(),
            action: event.action.as_str().to_owned(),
            operator: PartyView::from(&event.operator),
            target: PartyView::from(&event.target),
            changes: event.changes.iter().map(ChangeView::from).collect(),
            address: event.address.map(|address| address.to_string()),
            request_id: event.request.clone(),
            result: match event.context.refusal {
                None => "succeeded",
                Some(_) => "refused",
            },
            rule: event.context.refusal.clone(),
            client_id: event.context.client.clone(),
            session_id: event.context.session.map(|session| session.to_string()),
            roles: event.context.roles.clone(),
        }
    }
}

/// Returns the text of an event ID.
pub(in crate::api) fn text(id: EventId) -> String {
    format!("{}:{}", id.node, id.number)
}

/// Parses an event ID.
pub(in crate::api) fn event_id(text: &str) -> Option<EventId> {
    let (node, number) = text.split_once(':')?;
    Some(EventId {
        node: node.parse().ok()?,
        number: number.parse().ok()?,
    })
}

/// Returns an event as a response of the API shows it.
#[must_use]
pub fn event_json(event: &Event) -> Value {
    // A view has no map with keys that are not text, so this cannot fail.
    serde_json::to_value(View::from(event)).unwrap_or_default()
}

fn position(EventPosition { at, id }: EventPosition) -> String {
    format!("{at}:{}", text(id))
}

fn parse(text: &str) -> Option<EventPosition> {
    let (at, id) = text.split_once(':')?;
    Some(EventPosition {
        at: Timestamp::from_unix_seconds(at.parse().ok()?),
        id: event_id(id)?,
    })
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    vec![
        Operation::list(
            ("/events", "listEvents", "Read the audit log"),
            &[AuditRead],
        )
        .queried_by(PARAMETERS)
        .gives::<List<View>>()
        .by(list),
        Operation::post(
            (
                "/events/erase",
                "eraseEvents",
                "Erase the content of all events by or about a user",
            ),
            &[AuditWrite],
        )
        .takes::<Erase>()
        .gives::<Erased>()
        .by(erase),
    ]
}

/// Person to erase from the audit log.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "EraseEvents")]
struct Erase {
    /// Identifier of the user, who may have been deleted.
    #[schemars(regex(pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"))]
    user_id: String,
}

/// Result of an erasure.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ErasedEvents")]
struct Erased {
    /// Number of erased events.
    erased: u64,
}

async fn erase<A: App>(call: Call<A>) -> Outcome {
    let body: Erase = call.body()?;
    let user = body.user_id.parse();
    let user = user.map_err(|_| Problem::field("user_id", "must be the ID of a user"))?;
    let audit = &call.commands().audit;
    let erased = audit.erase(&call.tenant, &call.operator, user).await?;
    Reply::of(&Erased { erased })
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(parse)?;
    let filter = filter(&call)?;
    let audit = &call.commands().audit;
    let found = audit.find(&call.tenant, &call.operator, &filter, after);
    let found = found.await?;
    let items = found.events.iter().map(|record| View::from(&record.event));
    Reply::of(&List::new(items.collect(), found.next.map(position)))
}

/// Query parameters: those of a list, and one per condition.
const PARAMETERS: &[&str] = &[
    "after",
    "limit",
    "operator",
    "action",
    "target",
    "since",
    "until",
    "address",
    "request_id",
    "result",
    "client_id",
    "session_id",
    "role",
];

fn filter<A: App>(call: &Call<A>) -> Result<EventFilter, Problem> {
    let party = |name| {
        let rule = "must be a kind, or a kind and an identifier, such as user or client:notes";
        call.parsed(name, rule, PartyFilter::parse)
    };
    let time = |name| {
        let rule = "must be a number of seconds since the Unix epoch";
        let seconds = |text: &str| Some(Timestamp::from_unix_seconds(text.parse().ok()?));
        call.parsed(name, rule, seconds)
    };
    Ok(EventFilter {
        operator: party("operator")?,
        action: call.query("action").map(Action::named),
        target: party("target")?,
        since: time("since")?,
        until: time("until")?,
        address: call.parsed("address", "must be an IP address", |text| text.parse().ok())?,
        request: call.query("request_id").map(ToOwned::to_owned),
        result: call.parsed(
            "result",
            "must be succeeded, refused, or the name of a rule",
            ResultFilter::parse,
        )?,
        client: call.query("client_id").map(ToOwned::to_owned),
        session: call.parsed("session_id", "must be the ID of a session", |text| {
            text.parse().ok()
        })?,
        role: call.query("role").map(ToOwned::to_owned),
    })
}
