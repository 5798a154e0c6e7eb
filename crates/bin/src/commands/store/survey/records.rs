//! Records that do not print everything of themselves: what is secret or personal is added here.

use super::Counting;
use countersign_domain::client::Client;
use countersign_domain::credential::Passkey;
use countersign_domain::profile::{Address, Profile};
use countersign_domain::signing_key::SigningKey;
use countersign_domain::user::User;

pub(super) fn add_client(counting: &mut Counting, client: &Client) {
    let digests: Vec<_> = client
        .secrets
        .iter()
        .map(|secret| secret.digest.as_bytes())
        .collect();
    counting.add(&(client, digests));
}

pub(super) fn add_user(counting: &mut Counting, user: &User, time_step: Option<u64>) {
    let User {
        id,
        email,
        email_verified,
        name,
        profile,
        enabled,
        password_hash,
        sealed_totp_secret,
        created_at,
    } = user;
    let email = (email.as_str(), email_verified);
    let sealed = (password_hash, sealed_totp_secret);
    let profile = facts_of_profile(profile);
    counting.add(&(
        id, email, name, profile, enabled, created_at, sealed, time_step,
    ));
}

fn facts_of_profile(profile: &Profile) -> impl std::fmt::Debug {
    let address = profile.address.as_ref().map(|address| {
        let Address {
            formatted,
            street_address,
            locality,
            region,
            postal_code,
            country,
        } = address;
        [
            formatted,
            street_address,
            locality,
            region,
            postal_code,
            country,
        ]
    });
    (
        profile.texts().collect::<Vec<_>>(),
        address,
        profile.phone_number_verified,
        profile.updated_at,
    )
}

pub(super) fn add_passkey(counting: &mut Counting, passkey: &Passkey) {
    let Passkey {
        id,
        user,
        name,
        credential,
        created_at,
        last_used_at,
    } = passkey;
    counting.add(&(id, user, name, credential, created_at, last_used_at));
}

pub(super) fn add_key(counting: &mut Counting, key: &SigningKey) {
    let more = (&key.client, &key.sealed_private_key, key.created_at);
    counting.add(&(key, more));
}
