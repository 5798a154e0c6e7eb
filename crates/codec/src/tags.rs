//! Registry of tags. A tag number is **permanent**: never reuse it for another fact, even if no version writes it
//! anymore.
//!
//! Tags of 0 and above are critical, negative tags are ignorable (see the crate documentation). Tags from -24 to 23
//! take one byte, so use them for the facts that every value has. Keep tag 23 of each table and tag -24 free: the test
//! build for rolling upgrades uses them.

/// An authorization, stored in a row, nested in another value, or on its own. A login step uses the tags of access and
/// authentication.
pub mod authorization {
    /// Client identifier: text. Omitted in a row.
    pub const CLIENT: i64 = 0;
    /// Resource owner: text. Omitted in a row.
    pub const SUBJECT: i64 = 1;
    /// Browser session: 16 bytes; omitted if there is none, and always in a row.
    pub const SESSION: i64 = 2;
    /// Scope: text; omitted if empty.
    pub const SCOPE: i64 = 3;
    /// Resources: list of texts; omitted if empty.
    pub const RESOURCES: i64 = 4;
    /// Claims requested for userinfo: number, one bit per claim; omitted if 0.
    pub const USERINFO_CLAIMS: i64 = 5;
    /// Claims requested for the ID token: number, one bit per claim; omitted if 0.
    pub const ID_TOKEN_CLAIMS: i64 = 6;
    /// Time of the sign-in: number, seconds since the Unix epoch.
    pub const AUTHENTICATION_TIME: i64 = 7;
    /// Methods of the sign-in: number, one bit per method.
    pub const METHODS: i64 = 8;
    /// Context class of the sign-in: number, its rank.
    pub const ACR: i64 = 9;

    // 10..=19 are reserved for facts that restrict a token: 10 for the sender key (RFC 9449, RFC 8705), 11 for the
    // actor (RFC 8693), 12 for authorization details (RFC 9396).

    /// Whether the code was bound to a code verifier: true, or omitted.
    pub const BOUND_TO_VERIFIER: i64 = 20;

    // 23 and -24 stay free.
}

/// An authorization code or a login step.
pub mod interaction {
    /// Identifier of the grant or the login: 16 bytes.
    pub const ID: i64 = 0;
    /// User who signs in: 16 bytes. Only in login steps.
    pub const USER: i64 = 1;
    /// Map with the tags of an authorization. A login step has only the tags of access and authentication.
    pub const AUTHORIZATION: i64 = 2;
    /// Redirect URI: text.
    pub const REDIRECT_URI: i64 = 3;
    /// SHA-256 of the code verifier: 32 bytes; omitted if there is none.
    pub const CHALLENGE: i64 = 4;
    /// Nonce: text; omitted if there is none.
    pub const NONCE: i64 = 5;
    /// Password mark: 8 bytes; omitted if there is none.
    pub const PASSWORD: i64 = 6;
    /// Expiration time: number, seconds since the Unix epoch.
    pub const EXPIRES_AT: i64 = 7;
}

/// The body of a refresh token. Grant and generation precede it.
pub mod refresh_token {
    /// Map with the tags of an authorization; omitted if too long.
    pub const AUTHORIZATION: i64 = 0;
}

/// A known device, in the cookie of a browser.
pub mod known_device {
    /// Random identifier: 16 bytes.
    pub const ID: i64 = 0;
    /// Digests of accounts, the most recent one first: 16 bytes each, at most 8.
    pub const ACCOUNTS: i64 = 1;
}

/// A mailed link, in the store.
pub mod mailed_link {
    /// Purpose: number.
    pub const PURPOSE: i64 = 0;
    /// User: 16 bytes; omitted if the address has no account.
    pub const USER: i64 = 1;
    /// Address to which the link was sent: text.
    pub const EMAIL: i64 = 2;
    /// SHA-256 of the secret in the link: 32 bytes.
    pub const SECRET: i64 = 3;
    /// SHA-256 of the code: 32 bytes.
    pub const CODE: i64 = 4;
    /// Digest of the state of the account for which the link was made: 8 bytes.
    pub const STATE: i64 = 5;
    /// What the purpose needs besides, such as the session that asked: bytes; omitted if empty.
    pub const DATA: i64 = 6;
}

/// The request of a device (RFC 8628), in the store.
pub mod device_request {
    /// Identifier of the grant: 16 bytes.
    pub const GRANT: i64 = 0;
    /// Map with the tags of access; omitted if a user has allowed the request.
    pub const ACCESS: i64 = 1;
    /// Time of the request: number, seconds since the Unix epoch.
    pub const REQUESTED_AT: i64 = 2;
    /// Expiration time: number, seconds since the Unix epoch.
    pub const EXPIRES_AT: i64 = 3;
    /// Whether the user denied the request: true, or omitted.
    pub const DENIED: i64 = 4;
    /// Map with the tags of an authorization, if a user has allowed the request; otherwise omitted.
    pub const AUTHORIZATION: i64 = 5;
    /// Password mark of the user who allowed the request: 8 bytes; omitted if there is none.
    pub const PASSWORD: i64 = 6;
    /// Network address of the device: 4 or 16 bytes; omitted if it is unknown.
    pub const ADDRESS: i64 = -1;
}

/// A device code.
pub mod device_code {
    /// Identifier of the request in the store: 16 bytes.
    pub const REQUEST: i64 = 0;
    /// Expiration time: number, seconds since the Unix epoch.
    pub const EXPIRES_AT: i64 = 1;
}

/// Steps that a user has completed for an authorization request.
pub mod done {
    /// Expiration time: number, seconds since the Unix epoch.
    pub const EXPIRES_AT: i64 = 0;
    /// Whether the user signed in: flag.
    pub const LOGGED_IN: i64 = 1;
    /// Whether the user selected an account: flag.
    pub const SELECTED: i64 = 2;
    /// Whether the user gave consent: flag.
    pub const CONSENTED: i64 = 3;
}

/// An event and its nested maps.
pub mod event {
    /// Tenant: number.
    pub const TENANT: i64 = 0;
    /// Node identifier: 16 bytes.
    pub const NODE: i64 = 1;
    /// Sequence number that the node assigned to the event.
    pub const NUMBER: i64 = 2;
    /// Time of the command: number, seconds since the Unix epoch.
    pub const AT: i64 = 3;
    /// Name of the action: text.
    pub const ACTION: i64 = 4;
    /// Operator: map of a party.
    pub const OPERATOR: i64 = 5;
    /// Target: map of a party.
    pub const TARGET: i64 = 6;
    /// Changed fields: list of maps of a change; omitted if empty.
    pub const CHANGES: i64 = 7;
    /// Network address: 4 or 16 bytes; omitted for a local command.
    pub const ADDRESS: i64 = 8;
    /// Request ID: text; omitted if there is none.
    pub const REQUEST: i64 = 9;
    /// Client: text; omitted if there is none.
    pub const CLIENT: i64 = -1;
    /// Browser session of the operator: 16 bytes; omitted if there is none.
    pub const SESSION: i64 = -2;
    /// Admin roles of the operator: list of texts; omitted if empty.
    pub const ROLES: i64 = -3;
    /// Name of the rule that refused the request: text; omitted if it succeeded. An earlier version ignores it, and
    /// shows the action, which is one of refusals.
    pub const REFUSAL: i64 = -4;

    /// Kind of a party: text.
    pub const PARTY_KIND: i64 = 0;
    /// Identifier of a party: text.
    pub const PARTY_ID: i64 = 1;

    /// Name of the changed field: text.
    pub const CHANGE_FIELD: i64 = 0;
    /// Value before: text; omitted if there was none.
    pub const CHANGE_BEFORE: i64 = 1;
    /// Value after: text; omitted if it was removed.
    pub const CHANGE_AFTER: i64 = 2;
}

/// State of the delivery to a webhook, and its nested maps.
pub mod webhook_delivery {
    /// Number of the last batch that was read.
    pub const POSITION: i64 = 0;
    /// Time before which events are skipped: number, seconds since the Unix epoch.
    pub const NOT_BEFORE: i64 = 1;
    /// Number of the last replay; omitted if 0.
    pub const REPLAYED: i64 = 2;
    /// Number of failures since the last success; omitted if 0.
    pub const FAILURES: i64 = 3;
    /// Waiting events: list of maps; omitted if empty.
    pub const WAITING: i64 = 4;
    /// Dead letters: list of maps; omitted if empty.
    pub const DEAD: i64 = 5;

    /// Number of the batch of an event.
    pub const BATCH: i64 = 0;
    /// Node of an event: 16 bytes.
    pub const NODE: i64 = 1;
    /// Number of an event.
    pub const NUMBER: i64 = 2;
    /// Ordering key of an event: number.
    pub const ORDERING_KEY: i64 = 3;
    /// Number of failed attempts; omitted if 0.
    pub const ATTEMPTS: i64 = 4;
    /// Time of the next attempt, or of the last one of a dead letter: number, seconds since the Unix epoch.
    pub const AT: i64 = 5;
    /// Name of the action of a dead letter: text.
    pub const ACTION: i64 = 6;
    /// Reason of the last failure of a dead letter: text.
    pub const REASON: i64 = 7;
}

/// A sealed batch of events.
pub mod batch {
    /// Tenant: number.
    pub const TENANT: i64 = 0;
    /// Number in the chain.
    pub const NUMBER: i64 = 1;
    /// Node that sealed the batch: 16 bytes.
    pub const NODE: i64 = 2;
    /// Time of sealing: number, seconds since the Unix epoch.
    pub const AT: i64 = 3;
    /// Number of events.
    pub const COUNT: i64 = 4;
    /// Root of the Merkle tree of the events: 32 bytes.
    pub const ROOT: i64 = 5;
    /// Link of the preceding batch: 32 bytes; omitted in the first batch.
    pub const PREVIOUS: i64 = 6;
    /// Whether an operator added events that their node had not sealed: true, or omitted.
    pub const ADOPTED: i64 = 7;
}
