//! Adapters to the outside: clock and randomness; passwords, one-time codes, and passkeys; outgoing mail, logout
//! tokens, and HTTP requests; key sets of clients; upstream providers; places of network addresses.
//!
//! No other crate reads the system clock.

mod clock;
mod entropy;
mod key_sets;
mod logout_sender;
mod mail;
mod outbound;
mod outbox;
mod passkeys;
mod passwords;
mod places;
mod totp;
mod upstreams;

pub use clock::SystemClock;
pub use entropy::SystemEntropy;
pub use key_sets::CachedKeySets;
pub use logout_sender::HttpLogoutSender;
pub use mail::{InvalidMailSettings, MailFailure, SystemMailer};
pub use outbound::{
    HttpOutbound, Inspected, InvalidOutboundSettings, NotInspected, OutboundSettings,
};
pub use passkeys::{Origin, RelatedOrigins, WebauthnPasskeys};
pub use passwords::{Argon2Passwords, BreachRanges, password_weakness};
pub use places::{InvalidPlaces, PlaceFile};
pub use totp::TotpCodes;
pub use upstreams::HttpUpstreams;
