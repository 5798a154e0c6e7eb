//! `/api/audit`.

use super::audit_search::{Search, event_type};
use super::pages::{Page, Pagination};
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::resources::{event_id, event_json, event_text, user_id};
use axum::http::StatusCode;
use countersign_application::App;
use countersign_application::admin::AdminError;
use countersign_domain::audit::event::Event;
use countersign_domain::audit::operator::Permission::{AuditRead, UsersRead};
use countersign_domain::user::User;
use countersign_server_http::wire::date::date;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Query parameters of a search.
const PARAMETERS: &[&str] = &[
    "page",
    "limit",
    "event_type",
    "user_id",
    "start_date",
    "end_date",
];

/// Event.
#[derive(Serialize)]
struct View {
    id: String,
    /// User who ran the command; `null` for a client or the command line.
    user_id: Option<String>,
    /// Email address of the user, if the operator may read users.
    user_email: Option<String>,
    event_type: String,
    /// Event as the admin API shows it.
    event_data: Value,
    ip_address: Option<String>,
    /// The audit log does not record it.
    user_agent: Option<String>,
    created_at: String,
}

/// One event.
#[derive(Serialize)]
struct Details {
    #[serde(flatten)]
    event: View,
    user_name: Option<String>,
}

/// Page of events.
#[derive(Serialize)]
struct List {
    events: Vec<View>,
    pagination: Pagination,
}

/// Type of events.
#[derive(Serialize)]
struct EventType {
    event_type: String,
    /// Number of events of this type among the searched ones.
    count: usize,
}

/// All types of events.
#[derive(Serialize)]
struct EventTypes {
    events: Vec<EventType>,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let of_user = "/api/users/{id}/audit";
    vec![
        Operation::get(
            ("/api/audit", "aero2ListEvents", "Search the audit log"),
            &[AuditRead],
        )
        .queried_by(PARAMETERS)
        .by(list),
        Operation::get(
            ("/api/audit/{id}", "aero2GetEvent", "Show an event"),
            &[AuditRead],
        )
        .by(get),
        Operation::get(
            (
                "/api/audit/events",
                "aero2ListEventTypes",
                "Count events by type",
            ),
            &[AuditRead],
        )
        .by(list_types),
        Operation::get(
            (of_user, "aero2ListUserEvents", "List events of a user"),
            &[AuditRead],
        )
        .queried_by(PARAMETERS)
        .by(list_of_user),
    ]
}

impl View {
    fn of(event: &Event, user: Option<&User>) -> Self {
        let is_user = event.operator.kind == "user";
        Self {
            id: event_text(event.id),
            user_id: is_user.then(|| event.operator.id.clone()),
            user_email: user.map(|user| user.email.as_str().to_owned()),
            event_type: event_type(event),
            event_data: event_json(event),
            ip_address: event.address.map(|address| address.to_string()),
            user_agent: None,
            created_at: date(event.at),
        }
    }
}

/// Returns the user who ran a command, if the operator may read users.
async fn user_of<A: App>(call: &Call<A>, event: &Event) -> Result<Option<User>, Problem> {
    if event.operator.kind != "user" || call.operator.may(UsersRead).is_err() {
        return Ok(None);
    }
    let users = &call.commands().users;
    match users
        .find(&call.tenant, &call.operator, &event.operator.id)
        .await
    {
        Ok(user) => Ok(Some(user)),
        Err(AdminError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    page(&call, &Search::read(&call)?).await
}

async fn list_of_user<A: App>(call: Call<A>) -> Outcome {
    let search = Search {
        about: Some(user_id(&call)?.to_string()),
        ..Search::read(&call)?
    };
    page(&call, &search).await
}

async fn page<A: App>(call: &Call<A>, search: &Search) -> Outcome {
    let page = Page::read(call)?;
    let (records, pagination) = page.within(search.run(call).await?);
    let mut events = Vec::with_capacity(records.len());
    for record in &records {
        let user = user_of(call, &record.event).await?;
        events.push(View::of(&record.event, user.as_ref()));
    }
    Reply::of(&List { events, pagination })
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let missing = || Problem::of(StatusCode::NOT_FOUND, "not_found", "event not found");
    let id = event_id(call.path(0)).ok_or_else(missing)?;
    let audit = &call.commands().audit;
    let found = audit.event(&call.tenant, &call.operator, id).await?;
    let record = found.ok_or_else(missing)?;
    let user = user_of(&call, &record.event).await?;
    Reply::of(&Details {
        event: View::of(&record.event, user.as_ref()),
        user_name: user.and_then(|user| user.name),
    })
}

async fn list_types<A: App>(call: Call<A>) -> Outcome {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for record in Search::default().run(&call).await? {
        *counts.entry(event_type(&record.event)).or_default() += 1;
    }
    let events = counts.into_iter();
    Reply::of(&EventTypes {
        events: events
            .map(|(event_type, count)| EventType { event_type, count })
            .collect(),
    })
}
