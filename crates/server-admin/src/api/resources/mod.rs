//! All operations, one file per resource.

mod administrators;
mod client_body;
mod client_secrets;
mod clients;
mod events;
mod keys;
mod resource_servers;
mod roles;
mod sessions;
mod users;

use super::operation::Operation;
use countersign_application::App;
pub use events::event_json;
pub(super) use events::{event_id, text as event_text};
pub(super) use roles::{permission, role_name};
pub(super) use users::user_id;

/// Returns all operations.
pub(super) fn all<A: App>() -> Vec<Operation<A>> {
    [
        clients::operations(),
        client_secrets::operations(),
        resource_servers::operations(),
        users::operations(),
        sessions::operations(),
        roles::operations(),
        administrators::operations(),
        keys::operations(),
        events::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
