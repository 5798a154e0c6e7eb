//! Client secrets of declared objects.

use super::declared::Declared;
use super::present::Present;
use super::read::Mistakes;
use countersign_domain::client::Client;
use countersign_domain::federation::check::{InvalidUpstreamProvider, is_client_text};
use countersign_domain::secret::Secret;
use countersign_server_admin::ObjectKind;
use serde_json::{Map, Value};

/// Reads the secrets that the server needs: those of objects that are not present yet, and of upstream providers whose
/// secret would be sent to another server than before.
pub(crate) fn read_secrets(declared: &mut [Declared], present: &Present, mistakes: &mut Mistakes) {
    for own in declared {
        let object = present.objects.get(&(own.kind, own.key.clone()));
        let before = object.map(|object| &object.fields);
        let is_provider = own.kind == ObjectKind::UpstreamProvider;
        let is_needed = match before {
            None => true,
            Some(before) => is_provider && sends_elsewhere(&own.fields, before),
        };
        if !is_needed {
            continue;
        }
        let rule = match &own.extra.secret {
            Some(source) => match source.read().and_then(|secret| checked(own.kind, secret)) {
                Ok(secret) => {
                    own.secret = Some(secret);
                    continue;
                }
                Err(rule) => rule,
            },
            None if is_provider && needs_secret(&own.fields) => format!(
                "{}; declare it as `file:PATH` or `env:NAME`",
                InvalidUpstreamProvider::SecretMissing
            ),
            None => continue,
        };
        mistakes.add(own.place_of("client_secret"), rule);
    }
}

fn checked(kind: ObjectKind, secret: Secret) -> Result<Secret, String> {
    let rule = match kind {
        ObjectKind::UpstreamProvider if is_client_text(secret.expose_secret()) => {
            return Ok(secret);
        }
        ObjectKind::UpstreamProvider => InvalidUpstreamProvider::SecretMalformed.to_string(),
        _ => match Client::check_chosen_secret(&secret) {
            Ok(()) => return Ok(secret),
            Err(rule) => format!("client_secret: {rule}"),
        },
    };
    Err(rule)
}

fn needs_secret(fields: &Map<String, Value>) -> bool {
    let method = fields.get("token_endpoint_auth_method");
    let method = method.and_then(Value::as_str).unwrap_or_default();
    method.starts_with("client_secret")
}

fn sends_elsewhere(after: &Map<String, Value>, before: &Map<String, Value>) -> bool {
    let differs = |name| after.get(name) != before.get(name);
    needs_secret(after) && (!needs_secret(before) || differs("issuer") || differs("token_endpoint"))
}
