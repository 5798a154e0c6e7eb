//! `countersign keys revoke`.

use super::over_api;
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::{Setup, make_signing_key};
use crate::output::{self, Fields};
use countersign_adapters_jwt::shared_secret;
use countersign_application::admin::keys::{NewSigningKey, SharedKeys};
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::client::ClientId;
use countersign_domain::secret::Secret;
use serde::Serialize;

/// JSON form of the result.
#[derive(Serialize)]
struct Record<'a> {
    revoked: &'a str,
    successor: &'a str,
    is_new: bool,
    /// New key that a client shares, shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_secret: Option<&'a str>,
}

/// Revokes a key, and prints what the revocation breaks.
pub(super) async fn revoke(
    kid: &str,
    target: &TargetArgs,
    output: OutputArgs,
) -> Result<(), CommandError> {
    if target.server.is_some() {
        let done = over_api::revoke(kid, target).await?;
        let record = Record {
            revoked: kid,
            successor: &done.successor,
            is_new: done.is_new,
            signing_secret: None,
        };
        return record.print(None, output);
    }
    let setup = Setup::open(&target.config).await?;
    let codecs = setup.codecs().await?;
    let make = |new: NewSigningKey<'_>| make_signing_key(&codecs, &new);
    let admin = setup.key_admin();
    let (operator, leaked) = (operator(), (kid, SharedKeys::Allowed));
    let revoked = admin.revoke(&setup.tenant, &operator, &make, leaked);
    let done = revoked.await.map_err(|error| explained(kid, error))?;
    let new = Some(&done.successor).filter(|_| done.is_new);
    let secret = new.and_then(|key| shared_secret(setup.tenant.id, key, &codecs));
    let record = Record {
        revoked: kid,
        successor: &done.successor.id,
        is_new: done.is_new,
        signing_secret: secret.as_ref().map(Secret::expose_secret),
    };
    record.print(done.revoked.client.as_ref(), output)
}

impl Record<'_> {
    /// Prints the result. `client` shares the revoked key.
    fn print(&self, client: Option<&ClientId>, output: OutputArgs) -> Result<(), CommandError> {
        if let Some(format) = output.structured() {
            return output::print_as(format, self);
        }
        Fields::new()
            .add("revoked", self.revoked)
            .add("signs now", self.successor)
            .add("created now", if self.is_new { "yes" } else { "no" })
            .add_some("signing_secret", self.signing_secret)
            .print()?;
        let whose = match client {
            Some(client) => format!(
                "The resource servers of the client {client} need the signing secret above."
            ),
            None => "Resource servers that cache the key set accept its tokens until they fetch the set again.".to_owned(),
        };
        let kid = self.revoked;
        output::print(&format!(
            "\nAccess tokens, ID tokens and logout tokens that {kid} signed are invalid. Clients get new ones with their refresh tokens.\n{whose}\n"
        ))
    }
}

fn explained(kid: &str, error: AdminError) -> CommandError {
    match error {
        AdminError::NotFound(Missing::SigningKey) => CommandError::new(
            Exit::NotFound,
            format!(
                "No published signing key has the ID {kid:?}. `countersign keys list` lists the keys."
            ),
        ),
        error => error.into(),
    }
}
