//! Keyed cryptography: sealed values, signing and verification of tokens, and client assertions.

mod assertions;
mod batches;
mod codec;
mod formats;
mod signer;
mod upstream_jwts;
mod verifier;
mod webhooks;

pub use assertions::{Assertions, UnreadableAssertion};
pub use batches::{BatchCodec, OpenedBatch, SealedBy};
pub use codec::{
    AuthorizationCodeCodec, DeviceCodec, Envelopes, KnownDeviceCodec, LoginStepCodec,
    MailedLinkCodec, OpenError, RefreshTokenCodec, RefreshTokenForm, Vault,
};
pub use formats::Formats;
pub use signer::{
    ClientAssertion, Document, KeysInMemory, PublishedKeys, SessionTokenClaims, Signer,
    SigningError,
};
pub use upstream_jwts::{UpstreamJwt, UpstreamJwts};
pub use verifier::{IdToken, SessionToken, TokenVerifier};
pub use webhooks::WebhookDeliveryCodec;
