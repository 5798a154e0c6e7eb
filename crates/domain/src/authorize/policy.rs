//! Policy of a tenant for requests of its clients.

use crate::scope::UnregisteredScope;

/// Policy of a tenant for requests of its clients. The default leaves PKCE to the registration of each client, and refuses
/// unregistered scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestPolicy {
    /// Whether all clients must use PKCE, whatever their registration says.
    pub pkce_for_all: bool,
    /// Handling of requested scope tokens that a client is not registered for.
    pub unregistered_scope: UnregisteredScope,
}
