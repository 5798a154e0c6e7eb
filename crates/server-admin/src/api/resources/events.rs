//! `/events`: the audit log.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use crate::api::slice::List;
use countersign_application::App;
use countersign_domain::audit::event::{Event, EventId, FieldChange, Party};
use countersign_domain::audit::operator::Permission::AuditRead;
use countersign_ports::EventRecord;
use schemars::JsonSchema;
use serde::Serialize;

/// Event of the audit log: an action of an operator on an object.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Event")]
struct View {
    /// Identifier.
    id: String,
    /// Time, in seconds since the Unix epoch.
    at: u64,
    /// Action, such as `client.created`.
    action: String,
    /// Operator.
    operator: PartyView,
    /// Changed object.
    target: PartyView,
    /// Changed fields. The values of secrets read `..`.
    changes: Vec<ChangeView>,
    /// Network address of the request; `null` for the local command line.
    address: Option<String>,
    /// Request ID; `null` for the local command line.
    request_id: Option<String>,
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
        }
    }
}

fn text(id: EventId) -> String {
    format!("{}:{}", id.node, id.number)
}

fn parse(text: &str) -> Option<EventId> {
    let (node, number) = text.split_once(':')?;
    Some(EventId {
        node: node.parse().ok()?,
        number: number.parse().ok()?,
    })
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    vec![
        Operation::list(
            ("/events", "listEvents", "Read the audit log"),
            &[AuditRead],
        )
        .gives::<List<View>>()
        .by(list),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(parse)?;
    let audit = &call.commands().audit;
    let slice = audit.list(&call.tenant, &call.operator, after).await?;
    let key = |record: &EventRecord| text(record.event.id);
    Reply::of(&List::of(&slice, key, |record| View::from(&record.event)))
}
