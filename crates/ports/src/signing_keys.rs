//! Storage of signing keys.

use crate::answer::{Race, StoreError};
use crate::feed::EventRecord;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use std::future::Future;

/// Version of a tenant's set of signing keys: 0 before the first key, then incremented by every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeySetVersion(pub u64);

/// A change to a tenant's set of signing keys, applied only if the set has not changed since `seen`.
#[derive(Clone, Debug)]
pub struct KeyChange {
    /// Version at which the keys were read.
    pub seen: KeySetVersion,
    /// Keys to add.
    pub add: Vec<SigningKey>,
    /// IDs of stored keys, with the time at which each retires.
    pub retire: Vec<(String, Timestamp)>,
}

/// Signing keys.
pub trait SigningKeyRepository {
    /// Returns all signing keys of a tenant, oldest first, and the version of the set. The set is small: a few keys,
    /// plus one for each client with HS256.
    fn list_signing_keys(
        &self,
        tenant: TenantId,
    ) -> impl Future<Output = Result<(KeySetVersion, Vec<SigningKey>), StoreError>> + Send;

    /// Changes the set. Returns `Lost` if its version is no longer [`KeyChange::seen`]. Keys that a server creates at
    /// its first start come from no operator, so they have no event.
    fn change_signing_keys(
        &self,
        tenant: TenantId,
        change: &KeyChange,
        event: Option<&EventRecord>,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
