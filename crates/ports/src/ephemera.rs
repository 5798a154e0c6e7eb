//! Values that expire.

use crate::store::{Race, StoreError};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::future::Future;

/// What an expiring value is for. A new expiring thing is a new kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EphemeralKind {
    /// An access token without a grant that was revoked. Key: its `jti`.
    DeniedToken,
    /// A step of a sign-in that was taken. Key: the sign-in and the step.
    SignInStep,
    /// Attempts that were counted. Key: the target and its window of time.
    Attempts,
    /// The `jti` of a client assertion that was used (RFC 7523 section 3).
    AssertionId,
}

/// What survives a crash of the store's machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Everything that was answered.
    Durable,
    /// The last second may be lost.
    BestEffort,
}

impl EphemeralKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::DeniedToken,
        Self::SignInStep,
        Self::Attempts,
        Self::AssertionId,
    ];

    /// Number in a store. Registered for ever.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::DeniedToken => 1,
            Self::SignInStep => 2,
            Self::Attempts => 3,
            Self::AssertionId => 4,
        }
    }

    /// What survives a crash.
    #[must_use]
    pub const fn durability(self) -> Durability {
        match self {
            Self::DeniedToken | Self::SignInStep => Durability::Durable,
            Self::Attempts | Self::AssertionId => Durability::BestEffort,
        }
    }
}

/// Key of an expiring value, within a tenant. The time at which the value expires is part of the key, so that a store
/// keeps keys in the order in which they expire and removes them from the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EphemeralKey {
    /// When the value expires.
    pub expires_at: Timestamp,
    /// What it is for.
    pub kind: EphemeralKind,
    /// Identifier: 128 bits that are unique by themselves, or the front of a SHA-256 of what is.
    pub id: [u8; 16],
}

/// An expiring value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ephemeral {
    /// Value; empty if only its existence or its total counts.
    pub value: Vec<u8>,
    /// Version: 1 after [`Ephemera::insert`], one more after each [`Ephemera::replace`].
    pub version: u64,
    /// What [`Ephemera::add`] has added up to.
    pub total: u64,
}

/// Values that expire, by tenant and key. `now` is the time of the request: an expired value is absent for every verb,
/// whether it was removed or not. A verb about an expired key changes nothing: `insert` and `replace` are `Lost`.
pub trait Ephemera {
    /// The value of a key.
    fn get(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Ephemeral>, StoreError>> + Send;

    /// Stores a value, unless the key is there: then `Lost`.
    fn insert(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &[u8],
        now: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces the value of a key. `Lost` unless the key is there with this version.
    fn replace(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        version: u64,
        value: &[u8],
        now: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes a key and returns its value. Of several callers one gets it.
    fn take(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Ephemeral>, StoreError>> + Send;

    /// Adds `n` to the totals of several keys, in one statement, and returns the totals, in the order of the keys. A key
    /// that is not there begins at 0, and its version stays 0; the total of an expired key is 0. The keys are different.
    fn add(
        &self,
        tenant: TenantId,
        keys: &[EphemeralKey],
        n: u32,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<u64>, StoreError>> + Send;

    /// About how many keys of a kind a tenant has; the figure may be a second old.
    fn count(
        &self,
        tenant: TenantId,
        kind: EphemeralKind,
        now: Timestamp,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
