//! Values of responses and claims.

use alloc::string::String;
use alloc::vec::Vec;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::SessionId;
use countersign_domain::token::actor::Actor;
use countersign_domain::token::custom_claims::CustomValue;
use countersign_domain::token::token_id::TokenId;
use countersign_domain::user::profile::Address;

/// Value of a member of a response or of a claim.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value<'a> {
    /// String.
    Text(&'a str),
    /// Number of seconds.
    Number(u64),
    /// `true` or `false`.
    Flag(bool),
    /// Array of strings: several audiences.
    Texts(&'a [String]),
    /// Array of strings: `amr`.
    Names(Vec<&'static str>),
    /// `jti`, as a string.
    TokenId(TokenId),
    /// `sid`, as a string.
    SessionId(SessionId),
    /// `act`: an object with `sub`, and with `act` for an earlier actor (RFC 8693 section 4.1).
    Actor(&'a Actor),
    /// `may_act`: an object with `sub`, the client that may act (RFC 8693 section 4.4).
    MayAct(&'a ClientId),
    /// `address`: an object with the members [`Address::members`].
    Address(&'a Address),
    /// Custom claim.
    Custom(&'a CustomValue),
}
