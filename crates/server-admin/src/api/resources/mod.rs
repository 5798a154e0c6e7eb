//! All operations, one file per resource.

mod administrators;
mod attributes;
mod claims;
pub(in crate::api) mod clients;
mod events;
mod explanations;
mod grants;
mod groups;
mod initial_access_tokens;
mod keys;
mod managed_by;
mod resource_servers;
mod roles;
mod sessions;
mod statistics;
mod tenants;
mod upstream_providers;
mod users;
mod webhooks;

use super::operation::Operation;
pub(super) use attributes::Body as AttributeBody;
pub(super) use clients::body::ClientBody;
pub use clients::body::client_metadata;
use countersign_application::App;
pub use events::event_json;
pub(super) use events::{event_id, text as event_text};
pub(super) use groups::Body as GroupBody;
pub(super) use resource_servers::Body as ResourceServerBody;
pub(super) use roles::{Body as RoleBody, permission, role_name};
pub(super) use tenants::body::Body as TenantBody;
pub(super) use upstream_providers::{Body as UpstreamProviderBody, provider_name};
pub(super) use users::body::Body as UserBody;
pub(super) use users::{email, user_id};
pub(super) use webhooks::Body as WebhookBody;
pub use webhooks::webhook_message;

/// Returns all operations.
pub(super) fn all<A: App>() -> Vec<Operation<A>> {
    [
        clients::operations(),
        clients::secrets::operations(),
        initial_access_tokens::operations(),
        resource_servers::operations(),
        users::operations(),
        users::access::operations(),
        users::identities::operations(),
        users::factor_reset::operations(),
        users::invitations::operations(),
        sessions::operations(),
        grants::operations(),
        roles::operations(),
        groups::operations(),
        webhooks::operations(),
        upstream_providers::operations(),
        attributes::operations(),
        claims::operations(),
        administrators::operations(),
        keys::operations(),
        events::operations(),
        explanations::operations(),
        statistics::operations(),
        tenants::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
