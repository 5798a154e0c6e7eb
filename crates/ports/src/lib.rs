//! Interfaces between the use cases and the outside world.
//!
//! Storage traits are async and used as generics: one trait per aggregate, and [`Store`] for all of them. Keyed
//! computation (codecs) and machine input (clock, entropy) are sync and used as `dyn`.
//!
//! | folder or file | holds |
//! |---|---|
//! | `store`, `grants`, `clients`, `signing_keys`, `people`, `ephemera`, `feed`, `housekeeping`, `statistics`, `transfer` | storage |
//! | `answer`, `slice` | what the methods of a store return |
//! | `crypto` | codecs, signing, verification |
//! | `login` | passwords, passkeys, one-time codes |
//! | `outbound` | HTTP, logout tokens, mail, upstream providers, places of network addresses |
//! | `system` | clock and entropy |
//! | `names` | values of `acr`, `gty` and `token_use` |
//!
//! **Layering:** this crate uses only `domain`. It contains no logic, except for values that every store shares.
//!
//! **Invariants:** every method of a store follows three rules:
//!
//! * It is atomic, and its effect is durable once it returns.
//! * Concurrent calls are serializable.
//! * `Option` means "does not exist", [`Race`] means "another call won", and [`StoreError`] means "the store failed".
//!   After a `StoreError`, the effect is unknown; a retry is safe.

mod answer;
mod clients;
mod crypto;
mod definitions;
mod ephemera;
mod feed;
mod grants;
mod housekeeping;
mod login;
pub mod names;
mod outbound;
mod people;
pub mod prelude;
mod signing_keys;
mod slice;
mod statistics;
mod store;
mod system;
mod transfer;

pub use answer::{Race, StoreError};
pub use clients::{ClientGrants, ClientRepository, SecretUse};
pub use crypto::{
    Assertions, AuthorizationCodeCodec, BatchCodec, ClientAssertion, DeviceCodec, Document,
    Envelopes, Formats, IdToken, KeysInMemory, KnownDeviceCodec, LoginStepCodec, MailedLinkCodec,
    OpenError, OpenedBatch, PublishedKeys, RefreshTokenCodec, RefreshTokenForm, SealedBy,
    SessionToken, SessionTokenClaims, Signer, SigningError, TokenVerifier, UnreadableAssertion,
    UpstreamJwt, UpstreamJwts, Vault, WebhookDeliveryCodec,
};
pub use definitions::{Defined, Definition, DefinitionKey, DefinitionKind, DefinitionRepository};
pub use ephemera::{
    Attempt, Counter, Durability, Ephemera, Ephemeral, EphemeralKey, EphemeralKind,
};
pub use feed::{
    Audit, AuditProof, Change, ChangeKind, Changes, Cursor, EventCodec, EventRecord,
    FormatGeneration, FoundEvents, KeptReply, LiveGenerations, Nodes, SealedBatch, StoredEvent,
};
pub use grants::{GrantRepository, GrantUser, Redeemed};
pub use housekeeping::{Housekeeping, Removed};
pub use login::{
    BreachedPasswords, Ceremony, NoBreaches, OneTimeCodes, PasskeyRefused, Passkeys,
    PasswordHasher, PasswordsBusy, PresentedPasskey,
};
pub use outbound::{
    KeySetFuture, KeySets, Letter, LogoutSender, Mailer, Message, NoKeySet, NoPlaces, Outbound,
    OutboundContent, OutboundError, OutboundPurpose, OutboundRequest, OutboundResponse, Place,
    Places, UpstreamError, UpstreamFuture, UpstreamMetadata, UpstreamReach, UpstreamTokenRequest,
    UpstreamTokens, Upstreams,
};
pub use people::{
    ConsentRepository, DeviceRepository, Ended, IdentityRepository, PasskeyRepository,
    RecoveryCodeRepository, Removal, SessionRepository, UserAdministration, UserDeletion, UserKey,
    UserRepository,
};
pub use signing_keys::{KeyChange, KeySetVersion, SigningKeyRepository};
pub use slice::{After, Slice};
pub use statistics::{Count, Counts, Statistics};
pub use store::Store;
pub use system::{Clock, Entropy};
pub use transfer::{SealedPlace, Transfer};
