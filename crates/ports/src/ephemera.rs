//! Expiring values.

use crate::answer::{Race, StoreError};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use std::future::Future;

/// Purpose of an expiring value. To store a new kind of expiring value, add a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EphemeralKind {
    /// A revoked access token that has no grant. Key: its `jti`.
    DeniedToken,
    /// A completed step of a sign-in. Key: the sign-in and the step.
    SignInStep,
    /// A counter of attempts. Key: the target and its time window.
    Attempts,
    /// The `jti` of a used client assertion (RFC 7523 section 3).
    AssertionId,
    /// The reply of an administration command. Key: its operator and `Idempotency-Key`.
    CommandReply,
    /// The node that delivers the webhooks of a tenant. It never expires by time: its version is the proof of life.
    WebhookLease,
    /// State of the delivery to a webhook. Key: the identifier of the webhook. It lives as long as the webhook.
    WebhookDelivery,
    /// A mailed link. Key: its random identifier.
    MailedLink,
    /// A sign-in at an upstream provider. Key: its `state`. Value: the sealed interaction of the browser.
    UpstreamSignIn,
    /// Sessions that belong to a session at an upstream provider. Key: issuer and `sid`. Value: their identifiers. Also the
    /// provider of a session, and its ID token. Key: the identifier of the session. Value: the name of the provider, or the
    /// sealed token.
    UpstreamSession,
    /// Counter of the tenants of the server. It never expires.
    TenantNumber,
    /// Reservation of a host for a tenant: time and name. Key: the host. It never expires.
    TenantHost,
    /// Counter of the clients that registered themselves. It never expires.
    DynamicClients,
    /// Counter of the uses of an initial access token. Key: its name and creation time. It never expires.
    InitialAccessTokenUses,
    /// Last use of a client that registered itself. Key: the client and a period. Value: the time.
    DynamicClientUse,
    /// Request of a device (RFC 8628). Key: its user code. Value: the sealed request, with the answer of the user.
    DeviceRequest,
}

/// Guarantee for acknowledged writes after a crash of the store's machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// All acknowledged writes survive.
    Durable,
    /// Up to one second of acknowledged writes may be lost.
    BestEffort,
}

impl EphemeralKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::DeniedToken,
        Self::SignInStep,
        Self::Attempts,
        Self::AssertionId,
        Self::CommandReply,
        Self::WebhookLease,
        Self::WebhookDelivery,
        Self::MailedLink,
        Self::UpstreamSignIn,
        Self::UpstreamSession,
        Self::TenantNumber,
        Self::TenantHost,
        Self::DynamicClients,
        Self::InitialAccessTokenUses,
        Self::DynamicClientUse,
        Self::DeviceRequest,
    ];

    /// Returns the number that stores use for this kind. It must never change.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::DeniedToken => 1,
            Self::SignInStep => 2,
            Self::Attempts => 3,
            Self::AssertionId => 4,
            Self::CommandReply => 5,
            Self::WebhookLease => 7,
            Self::WebhookDelivery => 15,
            Self::MailedLink => 6,
            Self::UpstreamSignIn => 16,
            Self::UpstreamSession => 19,
            Self::TenantNumber => 17,
            Self::TenantHost => 18,
            Self::DynamicClients => 22,
            Self::InitialAccessTokenUses => 23,
            Self::DynamicClientUse => 24,
            Self::DeviceRequest => 20,
        }
    }

    /// Returns the durability of this kind.
    #[must_use]
    pub const fn durability(self) -> Durability {
        match self {
            Self::DeniedToken
            | Self::SignInStep
            | Self::CommandReply
            | Self::MailedLink
            | Self::UpstreamSignIn
            | Self::UpstreamSession
            | Self::TenantNumber
            | Self::TenantHost
            | Self::DynamicClients
            | Self::InitialAccessTokenUses
            | Self::DynamicClientUse
            | Self::DeviceRequest
            | Self::WebhookDelivery => Durability::Durable,
            Self::Attempts | Self::AssertionId | Self::WebhookLease => Durability::BestEffort,
        }
    }
}

/// Key of an expiring value, within a tenant. The expiry time is part of the key: stores keep keys in expiry order and
/// remove them from the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EphemeralKey {
    /// Time at which the value expires.
    pub expires_at: Timestamp,
    /// Purpose of the value.
    pub kind: EphemeralKind,
    /// Identifier: 128 bits that are unique by themselves, or the first 16 bytes of the SHA-256 of a unique value.
    pub id: [u8; 16],
}

/// An expiring value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ephemeral {
    /// Value; empty if only the existence or the total matters.
    pub value: Vec<u8>,
    /// Version: 1 after [`Ephemera::insert`], incremented by each [`Ephemera::replace`].
    pub version: u64,
    /// Sum of all [`Ephemera::add`] calls; at least 0.
    pub total: u64,
}

impl Ephemeral {
    /// Returns a value as [`Ephemera::insert`] stores it.
    #[must_use]
    pub fn new(value: &[u8]) -> Self {
        Self {
            value: value.to_vec(),
            version: 1,
            total: 0,
        }
    }
}

/// Counter with a limit.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    /// Key of the counter.
    pub key: EphemeralKey,
    /// Total at which the counter rejects another attempt.
    pub limit: u64,
}

/// Result of [`Ephemera::count_attempt`].
#[derive(Clone, Debug)]
#[must_use = "the caller must compare the totals with the limits, even if the attempt was counted"]
pub struct Attempt {
    /// Whether the attempt was counted. `Lost` if a total had reached its limit. `Won` does not mean that the totals are
    /// within their limits: concurrent attempts may have passed them.
    pub counted: Race,
    /// Totals after the call, in the order of the counters.
    pub totals: Vec<u64>,
    /// User with the email address.
    pub user: Option<User>,
}

/// Expiring values, by tenant and key. `now` is the time of the request. Every method treats an expired value as
/// absent, even if it has not been removed yet. A call with an expired key changes nothing: `insert` and `replace`
/// return `Lost`.
pub trait Ephemera {
    /// Returns the value of a key.
    fn get(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Ephemeral>, StoreError>> + Send;

    /// Stores a value. Returns `Lost` if the key exists.
    fn insert(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &[u8],
        now: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces the value of a key. Returns `Lost` unless the key exists with this version.
    fn replace(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        version: u64,
        value: &[u8],
        now: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes a key and returns its value. Only one of several concurrent callers gets the value.
    fn take(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Ephemeral>, StoreError>> + Send;

    /// Adds `n`, which may be negative, to the totals of several keys in one statement. Returns the totals, in the order
    /// of the keys. A total never falls below 0. An absent key starts at 0, and its version stays 0. The total of an
    /// expired key is 0. The keys must be distinct.
    fn add(
        &self,
        tenant: TenantId,
        keys: &[EphemeralKey],
        n: i64,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<u64>, StoreError>> + Send;

    /// Adds 1 to each counter in one statement. Changes nothing if the total of one of them has reached its limit.
    /// Totals may exceed their limits, because concurrent calls may all find a total below its limit. The keys must be
    /// distinct. The total of an expired key is 0.
    ///
    /// Also returns the user with this email address, so that a sign-in needs no second statement.
    fn count_attempt(
        &self,
        tenant: TenantId,
        counters: &[Counter],
        email: Option<&Email>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Attempt, StoreError>> + Send;

    /// Returns the approximate number of keys of a kind that a tenant has. The figure may be one second old.
    fn count(
        &self,
        tenant: TenantId,
        kind: EphemeralKind,
        now: Timestamp,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
