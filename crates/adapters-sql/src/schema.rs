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

allow_tables_to_appear_in_same_query!(clients, client_secrets);
