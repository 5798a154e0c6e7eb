//! The tables that are the same in every SQL store, as statements are checked against.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    /// One row a client.
    clients (id) {
        /// The client identifier.
        id -> Text,
        /// For people.
        name -> Text,
        /// `confidential` or `public`.
        client_type -> Text,
        /// `active` and the like.
        status -> Text,
        /// A JSON array.
        grant_types -> Text,
        /// Scope tokens with a space between them.
        scope -> Text,
        /// A JSON array.
        redirect_uris -> Text,
        /// A JSON array.
        domains -> Text,
        /// Part of the PKCE policy.
        pkce_required -> Bool,
        /// Part of the PKCE policy.
        pkce_plain_allowed -> Bool,
        /// Part of the PKCE policy.
        pkce_replaces_secret -> Bool,
        /// The `alg` of its tokens, if it has one of its own.
        signing_algorithm -> Nullable<Text>,
        /// The `aud` of its tokens, if it has one of its own.
        audience -> Nullable<Text>,
        /// Seconds, if it has one of its own.
        access_token_lifetime -> Nullable<BigInt>,
        /// Unix seconds.
        created_at -> BigInt,
        /// A JSON array.
        resources -> Text,
        /// Whether nobody is asked for consent.
        first_party -> Bool,
        /// The OpenID Connect registration, a JSON object.
        openid -> Text,
    }
}

table! {
    /// One row a secret of a client.
    client_secrets (client_id, name) {
        /// Whose.
        client_id -> Text,
        /// Which.
        name -> Text,
        /// Keeps the secrets of a client in order.
        position -> BigInt,
        /// SHA-256.
        digest -> Binary,
        /// Unix seconds.
        created_at -> BigInt,
        /// Unix seconds.
        expires_at -> Nullable<BigInt>,
        /// Unix seconds.
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    /// One row a signing key.
    signing_keys (id) {
        /// The `kid`.
        id -> Text,
        /// The `alg`.
        algorithm -> Text,
        /// Whose, if it is not the server's.
        client_id -> Nullable<Text>,
        /// Encrypted under the master key.
        sealed_private_key -> Binary,
        /// Unix seconds.
        created_at -> BigInt,
        /// Unix seconds.
        signs_from -> BigInt,
        /// Unix seconds.
        retires_at -> Nullable<BigInt>,
    }
}

table! {
    /// One row: a number that grows with every change of clients and signing keys.
    revision (id) {
        /// 1.
        id -> BigInt,
        /// The number.
        number -> BigInt,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};

    /// One row a user.
    users (id) {
        /// The `sub`.
        id -> Uuid,
        /// In lower case, unique.
        email -> Text,
        /// For people.
        name -> Nullable<Text>,
        /// Whether the user may log in.
        enabled -> Bool,
        /// Argon2id, in PHC string form.
        password_hash -> Nullable<Text>,
        /// Encrypted under the master key.
        sealed_totp_secret -> Nullable<Binary>,
        /// Unix seconds.
        created_at -> BigInt,
        /// The last step of a one-time code that was used up.
        last_time_step -> Nullable<BigInt>,
        /// Whether the user reads mail there.
        email_verified -> Bool,
        /// Standard claims, a JSON object.
        profile -> Text,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};

    /// One row a browser session.
    sessions (id) {
        /// The `sid`.
        id -> Uuid,
        /// Whose.
        user_id -> Uuid,
        /// Unix seconds.
        authenticated_at -> BigInt,
        /// A bit each.
        methods -> SmallInt,
        /// Unix seconds.
        created_at -> BigInt,
        /// Unix seconds.
        last_active_at -> BigInt,
        /// Unix seconds.
        expires_at -> BigInt,
        /// Unix seconds.
        ended_at -> Nullable<BigInt>,
        /// For people.
        ip_address -> Nullable<Text>,
        /// For people.
        user_agent -> Nullable<Text>,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Text};

    /// One row a user and a client that the user agreed to something for.
    consents (user_id, client_id) {
        /// Whose.
        user_id -> Uuid,
        /// For whom.
        client_id -> Text,
        /// Scope tokens with a space between them.
        scope -> Text,
        /// Unix seconds.
        given_at -> BigInt,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};

    /// One row a passkey.
    passkeys (id) {
        /// The credential id.
        id -> Binary,
        /// Whose.
        user_id -> Uuid,
        /// For people.
        name -> Text,
        /// What checks a signature.
        credential -> Binary,
        /// Unix seconds.
        created_at -> BigInt,
        /// Unix seconds.
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::Binary;

    /// One row a recovery code that was not used yet.
    recovery_codes (user_id, digest) {
        /// Whose.
        user_id -> Uuid,
        /// SHA-256.
        digest -> Binary,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Text};

    /// One row a remembered device.
    devices (id) {
        /// Named by a cookie.
        id -> Uuid,
        /// Whose.
        user_id -> Uuid,
        /// For people.
        name -> Text,
        /// Unix seconds.
        created_at -> BigInt,
        /// Unix seconds.
        expires_at -> BigInt,
    }
}

table! {
    /// One row an access token that was revoked though no grant stands behind it.
    denied_tokens (id) {
        /// The `jti`.
        id -> Text,
        /// Unix seconds.
        expires_at -> BigInt,
    }
}

allow_tables_to_appear_in_same_query!(clients, client_secrets);
allow_tables_to_appear_in_same_query!(sessions, users);
