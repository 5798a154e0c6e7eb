//! Interfaces between the use cases and the outside world.
//!
//! Storage traits are async and used as generics: one trait per aggregate, and [`Store`] for all of them. Keyed
//! computation (codecs) and machine input (clock, entropy) are sync and used as `dyn`.
//!
//! Every method of a store follows three rules:
//!
//! * It is atomic, and its effect is durable once it returns.
//! * Concurrent calls are serializable.
//! * `Option` means "does not exist", [`Race`] means "another call won", and [`StoreError`] means "the store failed".
//!   After a `StoreError`, the effect is unknown; a retry is safe.

mod assertions;
mod audit;
mod changes;
mod codec;
mod ephemera;
mod logout;
mod mail;
mod nodes;
mod outbound;
mod passkeys;
mod password;
mod people;
mod signer;
mod slice;
mod store;
mod system;
mod transfer;
mod users;
mod verifier;

pub use assertions::{Assertions, UnreadableAssertion};
pub use audit::{Audit, EventCodec, EventRecord};
pub use changes::{Change, ChangeKind, Changes, Cursor};
pub use codec::{
    AuthorizationCodeCodec, Envelopes, LoginStepCodec, OpenError, RefreshTokenCodec,
    RefreshTokenForm, Vault,
};
pub use ephemera::{Durability, Ephemera, Ephemeral, EphemeralKey, EphemeralKind};
pub use logout::LogoutSender;
pub use mail::{Mailer, Message};
pub use nodes::{FormatGeneration, LiveGenerations, Nodes};
pub use outbound::{Outbound, OutboundError, OutboundPurpose, OutboundRequest, OutboundResponse};
pub use passkeys::{Ceremony, PasskeyRefused, Passkeys, PresentedPasskey};
pub use password::{PasswordHasher, PasswordsBusy};
pub use people::{
    ConsentRepository, DeviceRepository, PasskeyRepository, RecoveryCodeRepository,
    SessionRepository,
};
pub use signer::{Document, PublishedKeys, Signer, SigningError};
pub use slice::{After, Slice};
pub use store::{
    ClientRepository, GrantRepository, Housekeeping, KeyChange, KeySetVersion, Race, Removed,
    SecretUse, SigningKeyRepository, Store, StoreError,
};
pub use system::{Clock, Entropy, OneTimeCodes};
pub use transfer::Transfer;
pub use users::{UserKey, UserRepository};
pub use verifier::{IdToken, SessionToken, TokenVerifier};
