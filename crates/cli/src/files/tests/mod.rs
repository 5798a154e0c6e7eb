//! Round trips of random objects.

use super::check_references;
use super::declared::declared;
use super::export::{documents, yaml};
use super::plan::{Step, plan};
use super::present::Present;
use super::read::Mistakes;
use super::read::read;
use super::run::run;
use crate::api::{Api, path};
use crate::arguments::{ConfigArgs, TargetArgs};
use crate::command_error::Exit;
use axum::http::Method;
use countersign_adapters_jwt::MasterKeys;
use countersign_domain::audit::operator::Permission;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use tempfile::TempDir;

/// Store in a folder of its own.
struct Site {
    api: Arc<Api>,
    _folder: TempDir,
}

impl Site {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("master.key");
        fs::write(&key, MasterKeys::generate().unwrap()).unwrap();
        let text = format!(
            "issuer = \"http://localhost\"\nmaster_key_file = {key:?}\n[store]\nurl = \"sqlite://{}\"\n",
            folder.path().join("store.db").display()
        );
        let file = folder.path().join("countersign.toml");
        fs::write(&file, text).unwrap();
        let target = TargetArgs {
            config: ConfigArgs { config: Some(file) },
            server: None,
        };
        Self {
            api: Arc::new(Api::open_or_make(&target).await.unwrap()),
            _folder: folder,
        }
    }

    async fn export(&self) -> String {
        let present = Present::read_all(&self.api, true).await.unwrap();
        yaml(&documents(&present, None)).unwrap()
    }

    async fn steps(&self, text: &str) -> Vec<Step> {
        let mut mistakes = Mistakes::default();
        let documents = read(&Arc::from("x"), text, &mut mistakes);
        let objects = declared(documents, None, &mut mistakes);
        let present = Present::read(&self.api, &objects.valid, false)
            .await
            .unwrap();
        check_references(&objects, &present, &BTreeSet::new(), &mut mistakes);
        mistakes.check().map_err(|error| error.message).unwrap();
        plan(&objects.valid, &present)
    }

    /// Changes an object as an operator does. The server may refuse it, because the values are random.
    async fn patch(&self, path: &str, body: Value) {
        let _ = self.api.patch(path, body).await;
    }

    /// Sends a request of an operator. The server may refuse it, because the values are random.
    async fn post(&self, path: &str, body: Value) {
        let _ = self.api.send(Method::POST, path, Some(&body)).await;
    }
}

#[tokio::test]
async fn run_keeps_what_another_operator_changed_after_its_plan() {
    let site = Site::new().await;
    site.post("/groups", json!({"name": "staff", "description": "x"}))
        .await;
    let text = "{kind: group, name: staff, description: declared}";
    for (theirs, expected) in [("theirs", "theirs"), ("x", "declared")] {
        let steps = site.steps(text).await;
        site.patch("/groups/staff", json!({"description": theirs}))
            .await;
        let ran = run(&site.api, steps, |_| Ok(())).await;
        let now = site.api.get("/groups/staff").await.unwrap();
        assert_eq!(now["description"], expected);
        match expected {
            "theirs" => assert!(ran.unwrap_err().message.contains("`description`")),
            _ => ran.unwrap(),
        }
        site.patch("/groups/staff", json!({"description": "x"}))
            .await;
    }
}

#[tokio::test]
async fn change_with_tag_of_earlier_version_is_refused() {
    let site = Site::new().await;
    site.post("/groups", json!({"name": "staff"})).await;
    let path = "/groups/staff";
    let (_, tag) = site
        .api
        .send_if((Method::GET, path), None, None)
        .await
        .unwrap();
    for (description, exit) in [("first", None), ("second", Some(Exit::Conflict))] {
        let body = json!({"description": description});
        let request = (Method::PATCH, path);
        let sent = site.api.send_if(request, Some(&body), tag.as_ref()).await;
        assert_eq!(sent.err().map(|error| error.exit), exit, "{description}");
    }
}

const TEXT: &str = r"\PC{1,30}";
const NAME: &str = "[a-z][a-z0-9-]{0,5}";
const URIS: [&str; 3] = [
    "https://app.example/callback",
    "http://127.0.0.1/x?y=%C3%BC#",
    "com.example:/callback",
];

fn client() -> impl Strategy<Value = Value> {
    let names = (
        "[ -~]{1,20}",
        TEXT,
        select(vec!["public", "confidential"]),
        select(vec!["active", "inactive", "suspended"]),
        subsequence(
            vec!["authorization_code", "client_credentials", "refresh_token"],
            1..=3,
        ),
        "[a-z:]{1,6}( [a-z:]{1,6}){0,2}",
    );
    let optional = (
        subsequence(URIS.to_vec(), 0..=3),
        option::of(select(vec!["always", "unless_nonce", "never"])),
        option::of(1..=86_400_u64),
        option::of(TEXT),
        option::of(NAME),
        select(vec!["public", "pairwise"]),
        any::<(bool, bool, bool)>(),
    );
    (names, optional).prop_map(|(names, optional)| {
        let (id, name, client_type, status, grant_types, scope) = names;
        let (uris, pkce, lifetime, audience, managed_by, subject, flags) = optional;
        json!({"client_id": id, "client_name": name, "client_type": client_type, "status": status,
            "grant_types": grant_types, "scope": scope, "redirect_uris": uris, "require_pkce": pkce,
            "access_token_lifetime": lifetime, "audience": audience, "managed_by": managed_by,
            "subject_type": subject, "first_party": flags.0, "allow_plain_pkce": flags.1,
            "token_use_in_id_token": flags.2})
    })
}

fn role() -> impl Strategy<Value = Value> {
    let all: Vec<_> = Permission::ALL.iter().map(|own| own.as_str()).collect();
    let count = all.len();
    (
        NAME,
        option::of(TEXT),
        subsequence(all, 0..=count),
        option::of(NAME),
    )
        .prop_map(|(name, description, permissions, managed_by)| {
            json!({"name": name, "description": description.unwrap_or_default(),
                "permissions": permissions, "managed_by": managed_by})
        })
}

fn attribute() -> impl Strategy<Value = Value> {
    let parties = || subsequence(vec!["user", "admin", "application"], 0..=3);
    let kind = select(vec!["string", "integer", "boolean", "array"]);
    (
        "[a-z][a-z0-9_]{0,3}",
        kind,
        option::of(TEXT),
        parties(),
        parties(),
    )
        .prop_map(|(name, kind, description, readers, writers)| {
            json!({"name": name, "type": kind, "description": description.unwrap_or_default(),
                "readers": readers, "writers": writers})
        })
}

fn user() -> impl Strategy<Value = Value> {
    let verified = any::<(bool, bool)>();
    ("[a-z]{1,3}@example.com", option::of(TEXT), option::of(TEXT), verified).prop_map(
        |(email, name, line, (email_verified, has_phone))| {
            let address = line.map(|line| json!({"formatted": format!("{line}\n{line}")}));
            json!({"email": email, "name": name, "address": address, "email_verified": email_verified,
                "phone_number": has_phone.then_some("+49 30 1234567"), "phone_number_verified": has_phone})
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn export_makes_other_store_equal_and_plans_nothing(
        clients in vec(client(), 0..4),
        roles in vec(role(), 0..3),
        groups in vec((NAME, option::of(TEXT)), 0..3),
        servers in vec((TEXT, any::<Index>(), any::<bool>()), 0..3),
        users in vec(user(), 0..2),
        attributes in vec(attribute(), 0..3),
        picks in vec((any::<Index>(), any::<Index>(), any::<Index>()), 0..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = Site::new().await;
            for attribute in &attributes {
                site.post("/attributes", attribute.clone()).await;
            }
            for role in &roles {
                site.post("/admin-roles", role.clone()).await;
            }
            for (name, description) in &groups {
                site.post("/groups", json!({"name": name, "description": description.clone().unwrap_or_default()})).await;
            }
            for client in &clients {
                site.post("/clients", client.clone()).await;
            }
            for (audience, client, claims) in &servers {
                let ids = clients.get(client.index(clients.len().max(1)));
                let ids: Vec<_> = ids.map(|client| client["client_id"].clone()).into_iter().collect();
                let policy = attributes.iter().map(|own| json!({"claim": own["name"], "into": ["access_token"],
                    "from": format!("attribute:{}", own["name"].as_str().unwrap())}));
                let server = json!({"audience": audience, "introspection_clients": ids, "personal_claims": claims,
                    "roles": [{"name": "editor"}, {"name": "Reader", "description": "x"}],
                    "claims_policy": policy.collect::<Vec<_>>()});
                site.post("/resource-servers", server).await;
            }
            for user in &users {
                site.post("/users", user.clone()).await;
            }
            for (client, role, group) in &picks {
                let name = |from: &[Value], index: &Index, member: &str| {
                    let found = from.get(index.index(from.len().max(1)));
                    found.and_then(|own| own[member].as_str()).unwrap_or("none").to_owned()
                };
                let holder = format!("client:{}", name(&clients, client, "client_id"));
                let grant = json!({"role": name(&roles, role, "name"), "without_second_factor": true});
                site.post(&path(&["administrators", &holder, "roles"]), grant.clone()).await;
                let staff = groups.get(group.index(groups.len().max(1)));
                let staff = staff.map_or("none", |(name, _)| name.as_str());
                site.post(&path(&["administrators", &format!("group:{staff}"), "roles"]),
                    json!({"role": grant["role"]})).await;
                let server = servers.get(role.index(servers.len().max(1)));
                let held = server.map_or(json!({}), |(audience, ..)| json!({"roles": {audience: ["editor"]}}));
                let above = groups.get(client.index(groups.len().max(1)));
                let above = above.map_or("none", |(name, _)| name.as_str());
                site.patch(&path(&["groups", staff]), held.clone()).await;
                site.patch(&path(&["groups", staff]), json!({"parents": [above]})).await;
                if let Ok(id) = site.api.user_id(&name(&users, client, "email")).await {
                    site.post(&path(&["groups", staff, "members"]), json!({"user_id": id})).await;
                    site.patch(&path(&["users", &id]), held).await;
                    for own in &attributes {
                        let value = json!({"attributes": {own["name"].as_str().unwrap(): "text"}});
                        site.patch(&path(&["users", &id]), value).await;
                    }
                }
            }
            let exported = site.export().await;
            let other = Site::new().await;
            let steps = other.steps(&exported).await;
            run(&other.api, steps, |_| Ok(())).await.map_err(|error| error.message).unwrap();
            assert_eq!(other.export().await, exported);
            for site in [&site, &other] {
                let steps = site.steps(&exported).await;
                assert!(steps.is_empty(), "{steps:?}");
            }
        });
    }
}
