//! `/signing-keys`.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use crate::api::unhurried::unhurried;
use countersign_application::App;
use countersign_application::admin::keys::{RevokedKey, SharedKeys};
use countersign_domain::audit::operator::Permission::{KeysRead, KeysWrite};
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use schemars::JsonSchema;
use serde::Serialize;

/// Signing key, without its private part. Times are in seconds since the Unix epoch.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SigningKey")]
struct View {
    /// `kid`.
    kid: String,
    /// Algorithm.
    algorithm: &'static str,
    /// Client that shares the key, for HS256.
    client_id: Option<String>,
    /// Creation time.
    created_at: u64,
    /// Time from which the key signs.
    signs_from: u64,
    /// Time until which the key is published; `null` for a key without a successor.
    retires_at: Option<u64>,
}

/// Signing keys.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SigningKeys")]
struct All {
    /// Keys, oldest first.
    items: Vec<View>,
}

/// Result of a revocation.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RevokedSigningKey")]
struct Revoked {
    /// Revoked key.
    key: View,
    /// Key that signs from now on.
    successor: View,
    /// Whether the revocation created the successor.
    is_new: bool,
}

impl From<&SigningKey> for View {
    fn from(key: &SigningKey) -> Self {
        Self {
            kid: key.id.clone(),
            algorithm: key.algorithm.as_str(),
            client_id: key.client.as_ref().map(ToString::to_string),
            created_at: key.created_at.as_unix_seconds(),
            signs_from: key.signs_from.as_unix_seconds(),
            retires_at: key.retires_at.map(Timestamp::as_unix_seconds),
        }
    }
}

impl All {
    fn of(keys: &[SigningKey]) -> Self {
        Self {
            items: keys.iter().map(View::from).collect(),
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    vec![
        Operation::get(
            ("/signing-keys", "listSigningKeys", "List signing keys"),
            &[KeysRead],
        )
        .gives::<All>()
        .by(list),
        Operation::post(
            (
                "/signing-keys/rotate",
                "rotateSigningKeys",
                "Add a new signing key for each algorithm in use",
            ),
            &[KeysWrite],
        )
        .gives::<All>()
        .by(rotate),
        Operation::post(
            (
                "/signing-keys/{kid}/revoke",
                "revokeSigningKey",
                "Revoke a leaked signing key: every token that it signed is invalid at once",
            ),
            &[KeysWrite],
        )
        .gives::<Revoked>()
        .by(revoke),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let keys = &call.commands().keys;
    Reply::of(&All::of(&keys.list(&call.tenant, &call.operator).await?))
}

async fn revoke<A: App>(call: Call<A>) -> Outcome {
    unhurried(revoked(call)).await
}

/// The response has no room for the secret of a new key that a client shares.
async fn revoked<A: App>(call: Call<A>) -> Outcome {
    let commands = call.commands();
    let (keys, id) = (&commands.keys, call.path(0));
    let make = &*commands.tools.make_key;
    let leaked = (id, SharedKeys::Refused);
    let revoked = keys.revoke(&call.tenant, &call.operator, make, leaked);
    let RevokedKey {
        revoked,
        successor,
        is_new,
    } = revoked.await?;
    Reply::of(&Revoked {
        key: View::from(&revoked),
        successor: View::from(&successor),
        is_new,
    })
}

async fn rotate<A: App>(call: Call<A>) -> Outcome {
    unhurried(rotated(call)).await
}

async fn rotated<A: App>(call: Call<A>) -> Outcome {
    let commands = call.commands();
    let (make, announcement) = (&*commands.tools.make_key, commands.tools.announcement);
    let keys = &commands.keys;
    let rotated = keys.rotate(&call.tenant, &call.operator, make, None, announcement);
    Reply::of(&All::of(&rotated.await?))
}
