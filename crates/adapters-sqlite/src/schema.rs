//! The tables of `migrations/`, as the statements are checked against.

use diesel::table;

table! {
    grants (id) {
        id -> Binary,
        client_id -> Text,
        subject -> Text,
        scope -> Text,
        auth_time -> BigInt,
        bound_to_verifier -> Bool,
        generation -> BigInt,
        rotated_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

table! {
    clients (id) {
        id -> Text,
        name -> Text,
        client_type -> Text,
        status -> Text,
        grant_types -> Text,
        scope -> Text,
        redirect_uris -> Text,
        domains -> Text,
        pkce_required -> Bool,
        pkce_plain_allowed -> Bool,
        pkce_replaces_secret -> Bool,
        signing_algorithm -> Nullable<Text>,
        audience -> Nullable<Text>,
        access_token_lifetime -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    client_secrets (client_id, name) {
        client_id -> Text,
        name -> Text,
        position -> BigInt,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    users (id) {
        id -> Binary,
        email -> Text,
        name -> Nullable<Text>,
        enabled -> Bool,
        password_hash -> Nullable<Text>,
        sealed_totp_secret -> Nullable<Binary>,
        created_at -> BigInt,
        last_time_step -> Nullable<BigInt>,
    }
}

table! {
    logins (id) {
        id -> Binary,
        position -> BigInt,
        attempts -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    signing_keys (id) {
        id -> Text,
        algorithm -> Text,
        client_id -> Nullable<Text>,
        sealed_private_key -> Binary,
        created_at -> BigInt,
        signs_from -> BigInt,
        retires_at -> Nullable<BigInt>,
    }
}

table! {
    revision (id) {
        id -> BigInt,
        number -> BigInt,
    }
}
