//! Signing keys over the admin API of a server.

use crate::api::{Api, member, path};
use crate::arguments::TargetArgs;
use crate::command_error::CommandError;
use axum::http::Method;
use countersign_domain::client::ClientId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use serde_json::Value;

/// Returns all signing keys, without their private parts.
pub(super) async fn list(target: &TargetArgs) -> Result<Vec<SigningKey>, CommandError> {
    let api = Api::open(target).await?;
    keys(&api.get("/signing-keys").await?)
}

/// Rotates the keys. Returns the new keys, and all of them.
pub(super) async fn rotate(
    target: &TargetArgs,
) -> Result<(Vec<SigningKey>, Vec<SigningKey>), CommandError> {
    let api = Api::open(target).await?;
    let new = api.send(Method::POST, "/signing-keys/rotate", None).await?;
    Ok((keys(&new)?, keys(&api.get("/signing-keys").await?)?))
}

/// Result of a revocation.
pub(super) struct Revoked {
    pub(super) successor: String,
    pub(super) is_new: bool,
}

/// Revokes a key that no client shares.
pub(super) async fn revoke(kid: &str, target: &TargetArgs) -> Result<Revoked, CommandError> {
    let api = Api::open(target).await?;
    let revoke = path(&["signing-keys", kid, "revoke"]);
    let revoked = api.send(Method::POST, &revoke, None).await?;
    Ok(Revoked {
        successor: key(member(&revoked, "successor")).ok_or_else(unknown)?.id,
        is_new: member(&revoked, "is_new").as_bool().ok_or_else(unknown)?,
    })
}

fn unknown() -> CommandError {
    CommandError::usage(
        "The server sent an unknown response. Use the version of `countersign` that the server has.",
    )
}

fn keys(list: &Value) -> Result<Vec<SigningKey>, CommandError> {
    let items = member(list, "items").as_array().ok_or_else(unknown)?;
    let keys: Option<_> = items.iter().map(key).collect();
    keys.ok_or_else(unknown)
}

fn key(object: &Value) -> Option<SigningKey> {
    let text = |name| member(object, name).as_str();
    let time = |name| {
        let seconds = member(object, name).as_u64();
        seconds.map(Timestamp::from_unix_seconds)
    };
    let client = text("client_id").map(ClientId::parse);
    Some(SigningKey {
        id: text("kid")?.to_owned(),
        algorithm: SigningAlgorithm::parse(text("algorithm")?)?,
        client: client.transpose().ok()?,
        sealed_private_key: Vec::new(),
        created_at: time("created_at")?,
        signs_from: time("signs_from")?,
        retires_at: time("retires_at"),
    })
}
