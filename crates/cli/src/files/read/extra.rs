//! Fields of a document that the object itself does not have in the admin API: its admin roles, its groups, and where its
//! secret comes from.

use super::document::Document;
use super::mistake::Mistakes;
use super::secret::SecretSource;
use countersign_server_admin::ObjectKind;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PLAIN_SECRET: &str =
    "client_secret must be `file:PATH` or `env:NAME`: a secret does not belong in this file";

/// Fields of a document beside those of the object. `None` leaves the present state alone.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    /// Where the secret of a new client, or the client secret of an upstream provider, comes from.
    pub(crate) secret: Option<SecretSource>,
    /// Admin roles.
    pub(crate) admin_roles: Option<BTreeSet<String>>,
    /// Whether a client with admin roles needs no second factor.
    pub(crate) without_second_factor: Option<bool>,
    /// Groups of a user.
    pub(crate) groups: Option<BTreeSet<String>>,
    /// Whether a user may sign in.
    pub(crate) enabled: Option<bool>,
}

/// Returns the names of these fields.
const fn names(kind: ObjectKind) -> &'static [&'static str] {
    match kind {
        ObjectKind::AdminRole
        | ObjectKind::Attribute
        | ObjectKind::ResourceServer
        | ObjectKind::Webhook
        | ObjectKind::Tenant => &[],
        ObjectKind::UpstreamProvider => &["client_secret"],
        ObjectKind::Group => &["admin_roles"],
        ObjectKind::Client => &["client_secret", "admin_roles", "without_second_factor"],
        ObjectKind::User => &["admin_roles", "groups", "enabled"],
    }
}

/// Returns these fields with their JSON Schemas.
pub(crate) fn schemas(kind: ObjectKind) -> Vec<(&'static str, Value)> {
    let list = |what: &str| {
        json!({"type": "array", "items": {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$"},
            "description": format!("{what} If absent, `apply` does not change them.")})
    };
    let (roles, groups) = (list("Admin roles."), list("Groups."));
    let reference = json!({"type": "string", "pattern": "^(file|env):.+",
        "description": "Secret of a new client: `file:` and a path, relative to this file, or `env:` and the name of an \
            environment variable. If absent, the server generates the secret, and `apply` prints it once."});
    let upstream = json!({"type": "string", "pattern": "^(file|env):.+",
        "description": "Client secret of a new provider, or of one whose issuer or token endpoint changes: `file:` and a path, \
            relative to this file, or `env:` and the name of an environment variable."});
    let exempt = json!({"type": "boolean",
        "description": "Whether the client may run commands that require a second factor. If absent, `apply` does not change it."});
    let enabled = json!({"type": "boolean",
        "description": "Whether the user may sign in. If absent, `apply` does not change it."});
    let schema = |name: &&'static str| {
        let schema = match *name {
            "client_secret" if kind == ObjectKind::UpstreamProvider => &upstream,
            "client_secret" => &reference,
            "admin_roles" => &roles,
            "without_second_factor" => &exempt,
            "groups" => &groups,
            _ => &enabled,
        };
        (*name, schema.clone())
    };
    names(kind).iter().map(schema).collect()
}

impl Extra {
    /// Takes the fields of a document.
    pub(crate) fn take(kind: ObjectKind, document: &mut Document, mistakes: &mut Mistakes) -> Self {
        let mut extra = Self::default();
        for name in names(kind) {
            let Some(value) = document.take(name) else {
                continue;
            };
            let mut bad = |rule: String| mistakes.add(document.place_of(name), rule);
            match *name {
                "client_secret" => {
                    let reference = value.as_str();
                    let place = &document.place;
                    extra.secret = reference.and_then(|own| SecretSource::parse(own, place));
                    if extra.secret.is_none() {
                        bad(PLAIN_SECRET.to_owned());
                    }
                }
                "admin_roles" => extra.admin_roles = typed(name, value, "a list of names", bad),
                "groups" => extra.groups = typed(name, value, "a list of names", bad),
                "enabled" => extra.enabled = typed(name, value, "true or false", bad),
                _ => {
                    extra.without_second_factor = typed(name, value, "true or false", bad);
                }
            }
        }
        extra
    }
}

fn typed<T: DeserializeOwned>(
    name: &str,
    value: Value,
    expected: &str,
    bad: impl FnOnce(String),
) -> Option<T> {
    let typed = serde_json::from_value(value).ok();
    if typed.is_none() {
        bad(format!("{name} must be {expected}"));
    }
    typed
}
