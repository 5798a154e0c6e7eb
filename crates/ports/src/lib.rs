//! What the use cases ask of the outside world.
//!
//! Storage is async, static and generic: a trait per aggregate, and [`Store`] for all of them. What is
//! pure computation with a key in it (codecs) or a reading of the machine (clock, entropy) is sync, and
//! used as `dyn`.
//!
//! Three rules hold for every method of a store:
//!
//! * It is all or nothing, and it is durable once it has answered.
//! * Concurrent calls behave as if they had come one after the other.
//! * `Option` means "not there", [`Race`] means "somebody was faster", [`StoreError`] means "cannot
//!   answer". After a `StoreError` the effect is unknown; asking again is safe.

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
