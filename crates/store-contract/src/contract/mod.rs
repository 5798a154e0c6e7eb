//! Contract of the ports, as properties. [`suite!`](crate::suite!) turns each property into a test.
//!
//! A property is a function that takes a store without rows of its tenant, and panics if the store violates the
//! property. [`in_two_tenants`] runs a property in two tenants concurrently, with the same identifiers, names and email
//! addresses. A third tenant holds similar rows and must not change. Properties therefore need no checks of other
//! tenants: a method that reads or changes a row of another tenant fails them.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a violated property panics, which fails the test"
)]

pub mod clients;
pub mod definitions;
pub mod ephemera;
pub mod feed;
pub mod grants;
pub mod housekeeping;
mod neighbor;
pub mod people;
pub mod signing_keys;
pub mod slices;
pub mod statistics;
mod support;
pub mod tenants;
pub mod transfer;

// The suite refers to every module without its folder.
pub use clients::{client_changes, client_grants, client_origins, client_secrets};
pub use ephemera::{attempts, ephemera_of_crowds, expiry_of_ephemera};
pub use feed::{changes, event_proofs, event_searches, events, nodes};
pub use grants::{grants_by_model, grants_of_people, redemptions, rotation};
pub use housekeeping::housekeeping_of_people;
pub use people::sessions::{ends as session_ends, renewals as session_renewals};
pub use people::{
    administration, consents, deletions, devices, identities, memberships, passkeys,
    recovery_codes, sessions, user_changes, user_commands, user_steps, user_versions, users,
};

use countersign_domain::tenant::TenantId;
use countersign_ports::{Store, Transfer};
use neighbor::Neighbor;
use std::future::Future;
use std::sync::Arc;
use support::{ELSEWHERE, HERE};

/// Runs a property in two tenants concurrently, next to a third tenant that must not change.
pub async fn in_two_tenants<S, F>(store: S, property: impl Fn(Arc<S>, TenantId) -> F)
where
    S: Store + Transfer,
    F: Future<Output = ()>,
{
    let store = Arc::new(store);
    let neighbor = Neighbor::settle(&*store).await;
    tokio::join!(
        property(Arc::clone(&store), HERE),
        property(Arc::clone(&store), ELSEWHERE)
    );
    neighbor.did_not_change(&*store).await;
}

/// Runs a property that concerns the whole store in one tenant, next to another tenant that must not change.
pub async fn in_one_tenant<S, F>(store: S, property: impl Fn(Arc<S>, TenantId) -> F)
where
    S: Store + Transfer,
    F: Future<Output = ()>,
{
    let store = Arc::new(store);
    let neighbor = Neighbor::settle(&*store).await;
    property(Arc::clone(&store), HERE).await;
    neighbor.did_not_change(&*store).await;
}
