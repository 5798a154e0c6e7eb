//! The contract of the ports, a sentence at a time. [`suite!`](crate::suite!) makes a test of each.
//!
//! Every function takes a store that is empty, and panics if the store breaks the sentence.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a sentence that does not hold is a panic, which fails the test"
)]

pub mod clients;
pub mod consents;
pub mod denied_tokens;
pub mod devices;
pub mod grants;
pub mod grants_by_model;
pub mod grants_of_people;
pub mod housekeeping;
pub mod housekeeping_of_people;
pub mod logins;
pub mod passkeys;
pub mod recovery_codes;
pub mod rotation;
pub mod sessions;
pub mod signing_keys;
pub mod transfer;
pub mod user_changes;
pub mod users;

use countersign_domain::client::{Client, ClientSecret};
use countersign_domain::user::User;
use countersign_ports::{Race, StoreError};
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many try at once where only one may win.
const CROWD: u32 = 64;

/// Lets a crowd try the same thing at once, each with its number, and says how many won.
async fn winners<S, F>(store: &Arc<S>, attempt: impl Fn(Arc<S>, u32) -> F) -> usize
where
    F: Future<Output = Result<Race, StoreError>> + Send + 'static,
{
    let crowd: JoinSet<_> = (0..CROWD)
        .map(|number| attempt(Arc::clone(store), number))
        .collect();
    let answers = crowd.join_all().await;
    let won = |answer: Result<Race, StoreError>| answer.unwrap() == Race::Won;
    answers.into_iter().map(won).filter(|won| *won).count()
}

/// Everything about a client in a form that can be compared.
fn facts_of_client(client: &Client) -> (String, Vec<[u8; 32]>) {
    let digest = |secret: &ClientSecret| *secret.digest.as_bytes();
    (
        format!("{client:?}"),
        client.secrets.iter().map(digest).collect(),
    )
}

/// Everything about a user in a form that can be compared.
fn facts_of_user(user: &User) -> impl PartialEq + std::fmt::Debug + use<> {
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
    } = user.clone();
    (
        id,
        email,
        email_verified,
        name,
        profile,
        enabled,
        password_hash,
        sealed_totp_secret,
        created_at,
    )
}
