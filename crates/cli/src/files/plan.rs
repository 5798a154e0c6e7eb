//! The difference between declared and present objects, as requests to the admin API.

mod difference;

use super::declared::Declared;
use super::nesting;
use super::present::{Assignment, Object, Present};
use super::read::Place;
use crate::api::{is_empty, path};
use axum::http::Method;
use countersign_domain::secret::Secret;
use countersign_server_admin::ObjectKind;
use difference::{difference, is_unset};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Stands for the identifier of a user in a path or a body, because a new user has none yet.
pub(crate) const ID: &str = "{id}";

/// Fields of the admin API that stay as they are if they are not declared: the server chooses the sector of pairwise
/// subjects, and an operator or the server may have disabled the client, the webhook or the upstream provider.
const KEPT: [&str; 3] = ["sector", "status", "enabled"];

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is created.
    Create,
    /// It is changed.
    Update,
    /// It is deleted.
    Delete,
}

/// Change of one object.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// What happens.
    pub(crate) change: Change,
    /// Kind of the object.
    pub(crate) kind: ObjectKind,
    /// Key of the object.
    pub(crate) key: String,
    /// Where the object is declared.
    pub(crate) place: Option<Place>,
    /// Changed fields.
    pub(crate) fields: Vec<FieldChange>,
    /// Requests, in order.
    pub(crate) requests: Vec<Request>,
    /// Requests that run after those of all objects: revocations of admin roles, so that another user can become an
    /// owner before; and what a group refers to, so that it exists.
    pub(crate) late: Vec<Request>,
    /// Identifier of a present user.
    pub(crate) id: Option<String>,
}

/// Changed field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldChange {
    /// Name.
    pub(crate) name: String,
    /// Present value.
    pub(crate) before: Option<Value>,
    /// Declared value.
    pub(crate) after: Option<Value>,
}

/// Request to the admin API.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// Method.
    pub(crate) method: Method,
    /// Path below the root of the API.
    pub(crate) path: String,
    /// Body.
    pub(crate) body: Option<Value>,
}

impl Request {
    /// Creates a request without a body.
    pub(crate) const fn new(method: Method, path: String) -> Self {
        Self {
            method,
            path,
            body: None,
        }
    }

    /// Adds a body.
    pub(crate) fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// Returns the steps that make the present objects equal to the declared ones, in the order in which they can run.
pub(crate) fn plan(declared: &[Declared], present: &Present) -> Vec<Step> {
    let mut steps: Vec<_> = declared
        .iter()
        .filter_map(|own| step(own, present))
        .collect();
    steps.sort_by(|one, other| (one.kind, &one.key).cmp(&(other.kind, &other.key)));
    steps
}

fn step(own: &Declared, present: &Present) -> Option<Step> {
    let object = present.objects.get(&(own.kind, own.key.clone()));
    let mut step = Step {
        change: match object {
            Some(_) => Change::Update,
            None => Change::Create,
        },
        kind: own.kind,
        key: own.key.clone(),
        place: Some(own.place().clone()),
        fields: Vec::new(),
        requests: Vec::new(),
        late: Vec::new(),
        id: object.and_then(|object| object.id.clone()),
    };
    let before = object.map(|object| &object.fields);
    step.compare(&own.fields, before, own.secret.as_ref());
    // Only an enabled user can get admin roles.
    let enabled = own.extra.enabled;
    step.set_enabled(enabled.filter(|enabled| *enabled), object);
    step.set_groups(own.extra.groups.as_ref(), object);
    step.set_roles(own, present);
    step.set_enabled(enabled.filter(|enabled| !*enabled), object);
    if object.is_none() {
        let mut body = own.fields.clone();
        step.postpone(&mut body, &Map::new());
        if let Some(secret) = &own.secret {
            let secret = secret.expose_secret();
            body.insert("client_secret".to_owned(), json!(secret));
        }
        let create = Request::new(Method::POST, own.kind.path().to_owned());
        step.requests.insert(0, create.with(Value::Object(body)));
    }
    let is_change = !step.requests.is_empty() || !step.late.is_empty();
    is_change.then_some(step)
}

impl Step {
    fn path(&self) -> String {
        object_path(self.kind, &self.key)
    }

    fn note(&mut self, name: &str, before: Option<Value>, after: Option<Value>) {
        self.fields.push(FieldChange {
            name: name.to_owned(),
            before,
            after,
        });
    }

    /// Compares the fields, and adds the request that changes them.
    fn compare(
        &mut self,
        after: &Map<String, Value>,
        before: Option<&Map<String, Value>>,
        secret: Option<&Secret>,
    ) {
        let none = Map::new();
        let present = before.unwrap_or(&none);
        let names: BTreeSet<_> = present.keys().chain(after.keys()).collect();
        let mut patch = Map::new();
        for name in names {
            let (old, new) = (present.get(name), after.get(name));
            let stays = new.is_none() && KEPT.contains(&name.as_str());
            if old == new || stays || is_unset(old) && is_unset(new) {
                continue;
            }
            self.note(name, old.cloned(), new.cloned());
            patch.insert(name.clone(), difference(old, new));
        }
        if before.is_some() {
            self.postpone(&mut patch, present);
        }
        if before.is_some() && !patch.is_empty() {
            let secret = secret.map(Secret::expose_secret);
            patch.extend(secret.map(|own| ("client_secret".to_owned(), json!(own))));
            let request = Request::new(Method::PATCH, self.path());
            self.requests.push(request.with(Value::Object(patch)));
        }
    }

    /// Moves new parents and roles of a group to a late request: other groups and resource servers may be created after
    /// the group.
    fn postpone(&mut self, fields: &mut Map<String, Value>, before: &Map<String, Value>) {
        if self.kind != ObjectKind::Group {
            return;
        }
        let (mut late, parents) = (Map::new(), nesting::PARENTS);
        if fields.contains_key(parents) {
            let (first, rest) = nesting::split(before, fields);
            fields.remove(parents);
            fields.extend(first.map(|names| (parents.to_owned(), names)));
            late.extend(rest.map(|names| (parents.to_owned(), names)));
        }
        let roles = fields.remove_entry("roles");
        late.extend(roles.filter(|(_, roles)| self.change == Change::Update || !is_empty(roles)));
        if !late.is_empty() {
            let request = Request::new(Method::PATCH, self.path());
            self.late.push(request.with(Value::Object(late)));
        }
    }

    fn set_enabled(&mut self, enabled: Option<bool>, object: Option<&Object>) {
        let before = object.is_none_or(|object| object.enabled);
        if let Some(enabled) = enabled.filter(|enabled| *enabled != before) {
            let verb = if enabled { "enable" } else { "disable" };
            let path = format!("{}/{verb}", self.path());
            self.requests.push(Request::new(Method::POST, path));
            self.note("enabled", Some(json!(before)), Some(json!(enabled)));
        }
    }

    fn set_groups(&mut self, groups: Option<&BTreeSet<String>>, object: Option<&Object>) {
        let none = BTreeSet::new();
        let before = object.map_or(&none, |object| &object.groups);
        let Some(groups) = groups.filter(|groups| *groups != before) else {
            return;
        };
        for name in groups.difference(before) {
            let request = Request::new(Method::POST, path(&["groups", name, "members"]));
            self.requests.push(request.with(json!({"user_id": ID})));
        }
        for name in before.difference(groups) {
            let path = format!("{}/{ID}", path(&["groups", name, "members"]));
            self.requests.push(Request::new(Method::DELETE, path));
        }
        self.note("groups", Some(json!(before)), Some(json!(groups)));
    }

    fn set_roles(&mut self, own: &Declared, present: &Present) {
        let Some(roles) = &own.extra.admin_roles else {
            return;
        };
        let holder = holder(own.kind, &own.key, self.id.as_deref());
        let none = Assignment::default();
        let before = present.holders.get(&holder).unwrap_or(&none);
        let exempt = own.extra.without_second_factor;
        let exempt = exempt.unwrap_or(before.without_second_factor);
        let changes_exemption = !roles.is_empty() && exempt != before.without_second_factor;
        let all = roles_path(own.kind, &own.key);
        let kept = roles.intersection(&before.roles);
        let kept = kept.filter(|_| changes_exemption);
        for role in roles.difference(&before.roles).chain(kept) {
            let grant = json!({"role": role, "without_second_factor": exempt});
            let request = Request::new(Method::POST, all.clone());
            self.requests.push(request.with(grant));
        }
        for role in before.roles.difference(roles) {
            let path = format!("{all}/{role}");
            self.late.push(Request::new(Method::DELETE, path));
        }
        if *roles != before.roles {
            self.note("admin_roles", Some(json!(before.roles)), Some(json!(roles)));
        }
        if changes_exemption {
            let before = Some(json!(before.without_second_factor));
            self.note("without_second_factor", before, Some(json!(exempt)));
        }
    }
}

/// Returns the path of an object.
pub(crate) fn object_path(kind: ObjectKind, key: &str) -> String {
    match kind {
        ObjectKind::User => format!("{}/{ID}", kind.path()),
        kind => format!("{}{}", kind.path(), path(&[key])),
    }
}

/// Returns the name of a holder of admin roles. A new user has no identifier yet.
pub(crate) fn holder(kind: ObjectKind, key: &str, id: Option<&str>) -> String {
    match kind {
        ObjectKind::User => format!("user:{}", id.unwrap_or(ID)),
        kind => format!("{}:{key}", kind.as_str()),
    }
}

/// Returns the path of the admin roles of an object.
pub(crate) fn roles_path(kind: ObjectKind, key: &str) -> String {
    match kind {
        ObjectKind::User => format!("/administrators/user:{ID}/roles"),
        kind => path(&["administrators", &holder(kind, key, None), "roles"]),
    }
}
