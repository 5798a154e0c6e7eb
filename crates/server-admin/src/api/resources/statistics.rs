//! `/statistics`: numbers of objects.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use countersign_application::App;
use countersign_domain::audit::operator::Permission::{ClientsRead, SessionsRead, UsersRead};
use countersign_ports::{Count, Counts};
use schemars::JsonSchema;
use serde::Serialize;

/// Number of objects of a kind.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Count")]
struct CountView {
    /// Number, counted up to 10,000.
    count: u64,
    /// Whether the number is exact. Otherwise, it is a lower bound.
    is_exact: bool,
}

/// Numbers of objects.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Statistics")]
struct View {
    /// Users.
    users: CountView,
    /// Clients.
    clients: CountView,
    /// Sessions that have neither ended nor expired.
    active_sessions: CountView,
    /// Grants that are neither revoked nor expired.
    active_grants: CountView,
}

impl From<Count> for CountView {
    fn from(count: Count) -> Self {
        Self {
            count: count.number,
            is_exact: count.is_exact,
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    vec![
        Operation::get(
            (
                "/statistics",
                "getStatistics",
                "Count users, clients, sessions and grants",
            ),
            &[ClientsRead, UsersRead, SessionsRead],
        )
        .gives::<View>()
        .by(get),
    ]
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let statistics = &call.commands().statistics;
    let counted = statistics.counts(&call.tenant, &call.operator);
    let Counts {
        users,
        clients,
        sessions,
        grants,
    } = counted.await?;
    Reply::of(&View {
        users: users.into(),
        clients: clients.into(),
        active_sessions: sessions.into(),
        active_grants: grants.into(),
    })
}
