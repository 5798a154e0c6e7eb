//! The administration APIs of Aries and Aero2.

mod aero2;
mod aries;

use crate::admin_api::{self, send_to, token};
use crate::facts::{CALLBACK, TENANT};
use crate::harness::Server;
use axum::http::{HeaderName, Method};
use countersign_ports::{After, EphemeralKind, Transfer as _};
use serde_json::json;

/// Returns the versions of the stored replies: 1 before the command. The command increments it if it stores the reply
/// with its change, and so does the storage of the complete reply after the command.
async fn reply_versions(server: &Server) -> Vec<u64> {
    let stored = server.store.list_ephemera(TENANT, After::start());
    let stored = stored.await.unwrap().items.into_iter();
    let replies = stored.filter(|(key, _)| key.kind == EphemeralKind::CommandReply);
    replies.map(|(_, reply)| reply.version).collect()
}

#[tokio::test]
async fn new_secret_or_role_is_stored_as_reply_with_its_change() {
    let client = json!({"name": "Bot", "redirect_uris": [CALLBACK], "scopes": ["openid"]});
    let cases = [
        ("/v1/users/api/clients", Some(client.clone())),
        ("/api/clients", Some(client)),
        ("/api/clients/other/rotate-secret", None),
        ("/api/clients/machine/api-keys", None),
        ("/api/roles", Some(json!({"name": "help-desk"}))),
    ];
    for (path, body) in cases {
        let server = admin_api::server("owner").await;
        let token = token(&server).await;
        let send = async || {
            let headers = [(HeaderName::from_static("idempotency-key"), "a")];
            let target = (Method::POST, path);
            send_to(&server, &token, target, &headers, body.as_ref()).await
        };
        let first = send().await;
        assert!(first.status.is_success(), "{path}");
        assert_eq!(reply_versions(&server).await, [3], "{path}");
        assert_eq!(send().await.json(), first.json(), "{path}");
    }
}
