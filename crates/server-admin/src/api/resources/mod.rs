//! All operations, one file per resource.

mod administrators;
mod clients;
mod events;
mod explanations;
mod grants;
mod groups;
mod keys;
mod resource_servers;
mod roles;
mod sessions;
mod statistics;
mod user_access;
mod user_address;
mod user_body;
mod users;

use super::operation::Operation;
pub use clients::body::client_metadata;
use countersign_application::App;
pub use events::event_json;
pub(super) use events::{event_id, text as event_text};
pub(super) use roles::{permission, role_name};
pub(super) use users::user_id;

/// Returns all operations.
pub(super) fn all<A: App>() -> Vec<Operation<A>> {
    [
        clients::operations(),
        clients::secrets::operations(),
        resource_servers::operations(),
        users::operations(),
        user_access::operations(),
        sessions::operations(),
        grants::operations(),
        roles::operations(),
        groups::operations(),
        administrators::operations(),
        keys::operations(),
        events::operations(),
        explanations::operations(),
        statistics::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
