//! The register of tags. A number here is **for ever**: it is never given to another fact, not even once nothing writes
//! it anymore.
//!
//! Tags from 0 up are critical, tags below 0 are ignorable (see the crate). Tags from -24 to 23 take one byte, so the
//! facts of every value come first. Tag 23 of each table and tag -24 stay free: the build for the test of a rolling
//! upgrade uses them.

/// An authorization, alone, in a row, or within another value; and the access and the authentication within a login
/// step.
pub mod authorization {
    /// Identifier of the client: text. A row leaves it out.
    pub const CLIENT: i64 = 0;
    /// Resource owner: text. A row leaves it out.
    pub const SUBJECT: i64 = 1;
    /// Browser session: 16 bytes; left out if there is none. A row leaves it out.
    pub const SESSION: i64 = 2;
    /// Scope: text; left out if empty.
    pub const SCOPE: i64 = 3;
    /// Resources: list of texts; left out if empty.
    pub const RESOURCES: i64 = 4;
    /// Claims requested for userinfo: number, a bit for each; left out if 0.
    pub const USERINFO_CLAIMS: i64 = 5;
    /// Claims requested for the ID token: number, a bit for each; left out if 0.
    pub const ID_TOKEN_CLAIMS: i64 = 6;
    /// Time of the sign-in: number, seconds since the Unix epoch.
    pub const AUTHENTICATION_TIME: i64 = 7;
    /// Methods of the sign-in: number, a bit for each.
    pub const METHODS: i64 = 8;
    /// Context class of the sign-in: number, its rank.
    pub const ACR: i64 = 9;

    // 10..=19 are reserved for facts that narrow what a token may do: 10 for the key that a sender has to prove
    // (RFC 9449, RFC 8705), 11 for the actor (RFC 8693), 12 for authorization details (RFC 9396).

    /// The code was bound to a code verifier: true, or left out.
    pub const BOUND_TO_VERIFIER: i64 = 20;

    // 23 and -24 stay free.
}

/// An authorization code or a login step.
pub mod interaction {
    /// Identifier of the grant or of the login: 16 bytes.
    pub const ID: i64 = 0;
    /// User who signs in: 16 bytes. Login steps alone.
    pub const USER: i64 = 1;
    /// Map with the tags of an authorization. A login step has those of access and authentication alone.
    pub const AUTHORIZATION: i64 = 2;
    /// Redirect URI: text.
    pub const REDIRECT_URI: i64 = 3;
    /// SHA-256 of the code verifier: 32 bytes; left out if there is none.
    pub const CHALLENGE: i64 = 4;
    /// Nonce: text; left out if there is none.
    pub const NONCE: i64 = 5;
    /// Mark of the password: 8 bytes; left out if there is none.
    pub const PASSWORD: i64 = 6;
    /// Time at which the value expires: number, seconds since the Unix epoch.
    pub const EXPIRES_AT: i64 = 7;
}

/// The body of a refresh token. Grant and generation stand in front of it.
pub mod refresh_token {
    /// Map with the tags of an authorization; left out if it is too long.
    pub const AUTHORIZATION: i64 = 0;
}

/// An event, and the maps within it.
pub mod event {
    /// Number of the tenant.
    pub const TENANT: i64 = 0;
    /// Identifier of the node: 16 bytes.
    pub const NODE: i64 = 1;
    /// Number that the node gave the event.
    pub const NUMBER: i64 = 2;
    /// Time of the command: number, seconds since the Unix epoch.
    pub const AT: i64 = 3;
    /// Name of the action: text.
    pub const ACTION: i64 = 4;
    /// Operator: map of a party.
    pub const OPERATOR: i64 = 5;
    /// Target: map of a party.
    pub const TARGET: i64 = 6;
    /// Fields that changed: list of maps of a change; left out if empty.
    pub const CHANGES: i64 = 7;
    /// Network address: 4 or 16 bytes; left out for a local command.
    pub const ADDRESS: i64 = 8;
    /// Request ID: text; left out if there is none.
    pub const REQUEST: i64 = 9;

    /// Kind of a party: text.
    pub const PARTY_KIND: i64 = 0;
    /// Identifier of a party: text.
    pub const PARTY_ID: i64 = 1;

    /// Name of a field that changed: text.
    pub const CHANGE_FIELD: i64 = 0;
    /// Value before: text; left out if there was none.
    pub const CHANGE_BEFORE: i64 = 1;
    /// Value after: text; left out if it was removed.
    pub const CHANGE_AFTER: i64 = 2;
}
