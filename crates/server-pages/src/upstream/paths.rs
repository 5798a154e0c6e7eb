//! Paths of the relying party.

/// A sign-in begins here.
pub(crate) const AUTHORIZE: &str = "/rp/authorize";
/// Providers send their responses here.
pub(super) const CALLBACK: &str = "/rp/callback/{idp}";
/// Name of the callback in logs and metrics.
pub(super) const CALLBACKS: &str = "/rp/callback";
pub(super) const USERINFO: &str = "/rp/userinfo";
pub(super) const BACK_CHANNEL: &str = "/rp/backchannel/{idp}";
pub(super) const BACK_CHANNELS: &str = "/rp/backchannel";
pub(super) const FRONT_CHANNEL: &str = "/rp/frontchannel/{idp}";
pub(super) const FRONT_CHANNELS: &str = "/rp/frontchannel";
