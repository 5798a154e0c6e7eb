//! What the store or the server has.

use super::concurrently::concurrently;
use super::declared::Declared;
use crate::api::{Api, encoded, member, text};
use crate::command_error::CommandError;
use countersign_server_admin::ObjectKind;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Present objects, as far as a plan needs them.
#[derive(Debug, Default)]
pub(crate) struct Present {
    /// Objects by kind and key.
    pub(crate) objects: BTreeMap<(ObjectKind, String), Object>,
    /// Admin roles by holder, such as `client:ci`.
    pub(crate) holders: BTreeMap<String, Assignment>,
    /// Algorithms with a signing key.
    pub(crate) algorithms: BTreeSet<String>,
}

/// Present object.
#[derive(Debug, Default)]
pub(crate) struct Object {
    /// Fields that files can declare.
    pub(crate) fields: Map<String, Value>,
    /// Identifier of a user.
    pub(crate) id: Option<String>,
    /// Groups of a user.
    pub(crate) groups: BTreeSet<String>,
    /// Whether a user may sign in.
    pub(crate) enabled: bool,
    /// Whether a client registered itself. A file cannot declare this.
    pub(crate) is_self_registered: bool,
}

/// Admin roles of a holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// Names.
    pub(crate) roles: BTreeSet<String>,
    /// Whether a client needs no second factor.
    pub(crate) without_second_factor: bool,
}

impl Object {
    /// Returns the set of files that declares the object.
    pub(crate) fn managed_by(&self) -> Option<&str> {
        self.fields.get("managed_by").and_then(Value::as_str)
    }
}

fn names(value: &Value, name: &str) -> BTreeSet<String> {
    let names = member(value, name).as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Present {
    /// Reads what the plan of these objects needs. A run that prunes needs the objects of all kinds.
    pub(crate) async fn read(
        api: &Arc<Api>,
        declared: &[Declared],
        prunes: bool,
    ) -> Result<Self, CommandError> {
        let mut present = Self::default();
        for kind in ObjectKind::ALL {
            if *kind != ObjectKind::User && (prunes || is_needed(*kind, declared)) {
                present.add_all(api, *kind).await?;
            }
        }
        if prunes || declared.iter().any(|own| own.extra.admin_roles.is_some()) {
            present.add_holders(api).await?;
        }
        if declared.iter().any(|own| algorithms(own).next().is_some()) {
            let keys = api.get("/signing-keys").await?;
            let keys = member(&keys, "items").as_array().into_iter().flatten();
            let shared = keys.filter(|key| member(key, "client_id").is_null());
            present.algorithms = shared.map(|key| text(key, "algorithm")).collect();
        }
        present.add_declared_users(api, declared).await?;
        Ok(present)
    }

    /// Reads everything that an export contains.
    pub(crate) async fn read_all(api: &Api, with_users: bool) -> Result<Self, CommandError> {
        let mut present = Self::default();
        for kind in ObjectKind::ALL {
            if *kind != ObjectKind::User || with_users {
                present.add_all(api, *kind).await?;
            }
        }
        present.add_holders(api).await?;
        Ok(present)
    }

    async fn add_all(&mut self, api: &Api, kind: ObjectKind) -> Result<(), CommandError> {
        let known = known(kind);
        if let Value::Array(items) = api.list(kind.path()).await? {
            // A tenant that is being deleted cannot change.
            let items = items.into_iter();
            for item in items.filter(|item| member(item, "status") != "deleting") {
                self.add(kind, item, &known);
            }
        }
        Ok(())
    }

    fn add(&mut self, kind: ObjectKind, item: Value, known: &BTreeSet<String>) {
        let mut object = Object {
            id: member(&item, "id").as_str().map(str::to_owned),
            groups: names(&item, "groups"),
            enabled: member(&item, "enabled").as_bool().unwrap_or(true),
            is_self_registered: !member(&item, "self_registration").is_null(),
            ..Object::default()
        };
        if let Value::Object(fields) = item {
            object.fields = fields;
            object
                .fields
                .retain(|name, value| known.contains(name) && !value.is_null());
        }
        let key = object.fields.get(kind.key()).and_then(Value::as_str);
        if let Some(key) = key.map(str::to_owned) {
            self.objects.insert((kind, key), object);
        }
    }

    async fn add_holders(&mut self, api: &Api) -> Result<(), CommandError> {
        let all = api.get("/administrators").await?;
        for item in member(&all, "items").as_array().into_iter().flatten() {
            let assignment = Assignment {
                roles: names(item, "roles"),
                without_second_factor: member(item, "without_second_factor") == true,
            };
            self.holders.insert(text(item, "holder"), assignment);
        }
        Ok(())
    }

    async fn add_declared_users(
        &mut self,
        api: &Arc<Api>,
        declared: &[Declared],
    ) -> Result<(), CommandError> {
        let users = declared.iter().filter(|own| own.kind == ObjectKind::User);
        let paths = users.map(|own| format!("/users?email={}", encoded(&own.key)));
        let mut found = Vec::new();
        let api = api.clone();
        let read = move |path: String| {
            let api = api.clone();
            async move { api.get(&path).await }
        };
        concurrently(paths.collect(), read, |reply| {
            found.push(reply?);
            Ok(())
        })
        .await?;
        let known = known(ObjectKind::User);
        for reply in found {
            for user in member(&reply, "items").as_array().into_iter().flatten() {
                self.add(ObjectKind::User, user.clone(), &known);
            }
        }
        Ok(())
    }
}

/// Returns whether objects of this kind are declared, or declared objects can refer to them.
fn is_needed(kind: ObjectKind, declared: &[Declared]) -> bool {
    declared.iter().any(|own| {
        own.kind == kind
            || match kind {
                ObjectKind::AdminRole => own.extra.admin_roles.is_some(),
                ObjectKind::Group => {
                    let names_groups = own.kind == ObjectKind::UpstreamProvider
                        && own.fields.contains_key("groups");
                    names_groups || own.extra.groups.is_some() || own.fields.contains_key("parents")
                }
                ObjectKind::Client => {
                    own.kind == ObjectKind::ResourceServer
                        || own.fields.contains_key("token_exchange")
                        || own.fields.contains_key("may_act")
                }
                ObjectKind::Attribute => {
                    own.fields.contains_key("claims_policy")
                        || own.fields.contains_key("attributes")
                }
                ObjectKind::ResourceServer => {
                    own.kind != ObjectKind::Client && own.fields.contains_key("roles")
                }
                ObjectKind::UpstreamProvider => own.fields.contains_key("upstream_providers"),
                ObjectKind::User | ObjectKind::Webhook | ObjectKind::Tenant => false,
            }
    })
}

/// Returns the signing algorithms that need a key of the server, with the names of their fields.
pub(crate) fn algorithms(own: &Declared) -> impl Iterator<Item = (&'static str, &str)> {
    let names = [
        "access_token_signed_response_alg",
        "userinfo_signed_response_alg",
    ];
    let set = names.into_iter().filter_map(|name| {
        let value = own.fields.get(name).and_then(Value::as_str);
        value.map(|value| (name, value))
    });
    set.filter(|(_, value)| *value != "HS256")
}

fn known(kind: ObjectKind) -> BTreeSet<String> {
    let schema = kind.schema();
    let fields = member(&schema, "properties").as_object();
    fields.into_iter().flat_map(Map::keys).cloned().collect()
}
