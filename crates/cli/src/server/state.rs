//! State of the background tasks.

use super::forwarding::Forwarder;
use super::webhooks::Deliveries;
use crate::config::Scheduled;
use crate::product::Product;
use countersign_adapters_jwt::{Codecs, KeyRing, SpareKeys};
use countersign_adapters_store::AnyStore;
use countersign_adapters_system::{HttpLogoutSender, PlaceFile, SystemMailer};
use countersign_application::admin::keys::{KeyAdmin, MakeSigningKey};
use countersign_application::admin::tenants::TenantAdmin;
use countersign_application::admin::users::UserAdmin;
use countersign_application::admin::{Activity, Sealing};
use countersign_application::{
    ClientRegistrations, Clients, Definitions, SecretUses, Sessions, TenantDirectory,
};
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{Cursor, KeySetVersion};
use std::sync::Arc;
use std::time::Duration;

/// State of the background tasks.
pub(super) struct State {
    /// The server's own tenant.
    pub(super) tenant: Arc<Tenant>,
    /// All tenants.
    pub(super) tenants: Arc<TenantDirectory<AnyStore>>,
    /// Identifier of this process.
    pub(super) node: NodeId,
    pub(super) store: Arc<AnyStore>,
    pub(super) clients: Arc<Clients<AnyStore>>,
    pub(super) definitions: Arc<Definitions<AnyStore>>,
    pub(super) keys: Arc<KeyRing>,
    /// Start position in the change feed.
    pub(super) place: Place,
    pub(super) secret_uses: Arc<SecretUses>,
    /// Events of requests that are no commands.
    pub(super) activity: Arc<Activity>,
    /// Seals the events of this process.
    pub(super) sealing: Sealing<AnyStore>,
    /// Keys that are made ahead, if commands for tenants can arrive here.
    pub(super) spares: Option<Arc<SpareKeys>>,
    /// Replacement of signing keys on a schedule, if it is enabled.
    pub(super) rotation: Option<Rotation>,
    pub(super) mailer: Arc<SystemMailer>,
    pub(super) logout: Arc<HttpLogoutSender>,
    pub(super) codecs: Arc<Codecs>,
    /// File with places of network addresses, if one is set.
    pub(super) places: Option<Arc<PlaceFile>>,
    pub(super) scheduled: Scheduled,
    /// Sends the events of the audit log elsewhere.
    pub(super) forwarder: Option<Forwarder>,
    /// Deletes users who requested it, and notifies the clients of their sessions.
    pub(super) deletions: (UserAdmin<Product>, Sessions<Product>),
    /// Removes clients that registered themselves and are not used.
    pub(super) registrations: ClientRegistrations<AnyStore>,
    /// Removes the data of deleted tenants.
    pub(super) tenant_admin: TenantAdmin<AnyStore>,
    /// Delivery to webhooks.
    pub(super) webhooks: Deliveries,
    /// Whether this server deletes expired rows.
    pub(super) keeps_house: bool,
    /// Whether this server may change the schema of the store.
    pub(super) migrates: bool,
}

/// Replacement of signing keys on a schedule.
pub(super) struct Rotation {
    pub(super) keys: KeyAdmin<AnyStore>,
    pub(super) make: Box<MakeSigningKey<'static>>,
    /// Age at which keys are replaced.
    pub(super) every: Duration,
    /// Time between the publication of a key and its first signature.
    pub(super) announcement: Duration,
}

/// Position of this node in the feed.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Cursor in the feed.
    pub(super) cursor: Cursor,
    /// Version of the signing keys in memory.
    pub(super) keys: KeySetVersion,
    /// Time of the last successful poll.
    pub(super) at: Timestamp,
}
