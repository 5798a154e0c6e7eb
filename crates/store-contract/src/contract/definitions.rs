//! [`DefinitionRepository`](countersign_ports::DefinitionRepository).

use crate::contract::feed::changes::changes;
use crate::contract::support::{all, winners};
use crate::fixtures::{
    NOW, attribute, claims_policy, client_id, defined_role, event_in, initial_access_token,
    invitation, later, nested_group, registered_tenant, resource_server, upstream_provider,
};
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::administration::permission::Permission;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::identifier::WebhookId;
use countersign_domain::later::LaterMembers;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::TenantId;
use countersign_domain::webhook::secret::SealedSecret;
use countersign_domain::webhook::subscription::EventPattern;
use countersign_domain::webhook::url::WebhookUrl;
use countersign_domain::webhook::{Replay, Webhook, WebhookName};
use countersign_ports::{
    After, Change, ChangeKind, Definition, DefinitionKey, DefinitionKind, Race, Store,
};
use std::collections::HashSet;
use std::sync::Arc;

const KIND: DefinitionKind = DefinitionKind::ResourceServer;

fn key(id: &str) -> DefinitionKey {
    DefinitionKey {
        kind: KIND,
        id: id.into(),
    }
}

pub(crate) fn definition(id: &str) -> Definition {
    Definition::ResourceServer(resource_server(id))
}

/// Returns a definition that differs from `definition(id)` in everything except ID and version.
fn another(id: &str) -> Definition {
    Definition::ResourceServer(another_server(id))
}

fn another_server(id: &str) -> ResourceServer {
    ResourceServer {
        name: "Ünïcode 👩‍🚀 \"quoted\" '; --".into(),
        introspection_clients: vec![client_id("z"), client_id("~ odd \"id\" %")],
        personal_claims: true,
        roles: vec![defined_role("editor"), defined_role("a.b:c/d")],
        claims_policy: claims_policy(),
        managed_by: ManagedBy::parse("platform").ok(),
        created_at: later(5),
        later: LaterMembers::new(r#"{"later_limits":{"burst":[1,null,"x"]}}"#),
        ..resource_server(id)
    }
}

pub(super) async fn insert(store: &impl Store, tenant: TenantId, definitions: &[Definition]) {
    for definition in definitions {
        let event = event_in(tenant);
        let race = store.insert_definition(tenant, definition, &event).await;
        assert_eq!(race.unwrap(), Race::Won);
    }
}

async fn update(store: &impl Store, tenant: TenantId, definition: &Definition) -> Race {
    let event = event_in(tenant);
    let updated = store.update_definition(tenant, definition, &event).await;
    updated.unwrap()
}

pub(super) async fn is_stored(store: &impl Store, tenant: TenantId, definition: &Definition) {
    let found = store.find_definition(tenant, &definition.key()).await;
    assert_eq!(found.unwrap().as_ref(), Some(definition));
}

/// A definition keeps every field, and has version 1 whatever version the caller passes. Lookup matches its identifier
/// byte for byte.
pub async fn new_definition_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    for new in [
        definition("api").at_version(7),
        another("~ odd \"id\" % é").at_version(0),
        Definition::Group(nested_group("staff", &["all", "missing"])),
        Definition::Attribute(attribute("badge")),
        Definition::Invitation(invitation("mary+\"odd\"%é@example.com")),
        Definition::UpstreamProvider(upstream_provider("corp")),
        Definition::RegisteredTenant(registered_tenant("acme")),
        Definition::InitialAccessToken(initial_access_token("partner")),
    ] {
        insert(&*store, tenant, std::slice::from_ref(&new)).await;
        is_stored(&*store, tenant, &new.at_version(1)).await;
    }
    for id in ["Api", "api ", "ap"] {
        let found = store.find_definition(tenant, &key(id)).await.unwrap();
        assert_eq!(found, None, "{id}");
    }
}

/// Storing a definition with a taken key returns `Lost` and changes nothing. Of concurrent calls, one wins.
pub async fn taken_definition_key_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &[definition("api")]).await;
    let event = event_in(tenant);
    let taken = store
        .insert_definition(tenant, &another("api"), &event)
        .await;
    assert_eq!(taken.unwrap(), Race::Lost);
    is_stored(&*store, tenant, &definition("api").at_version(1)).await;
    let won = winners(&store, |store, _| async move {
        let event = event_in(tenant);
        store
            .insert_definition(tenant, &definition("new"), &event)
            .await
    });
    assert_eq!(won.await, 1);
}

/// An update replaces one definition and no other, and increments the version. It keeps the time of creation.
pub async fn update_replaces_definition<S: Store>(store: Arc<S>, tenant: TenantId) {
    let others = [definition("api"), definition("bystander")];
    insert(&*store, tenant, &others).await;
    let new = ResourceServer {
        created_at: resource_server("api").created_at,
        ..another_server("api")
    };
    let new = Definition::ResourceServer(new);
    let asked = new.clone().at_version(1);
    assert_eq!(update(&*store, tenant, &asked).await, Race::Won);
    is_stored(&*store, tenant, &new.at_version(2)).await;
    is_stored(&*store, tenant, &definition("bystander").at_version(1)).await;
}

/// An update returns `Lost` and changes nothing if the definition does not exist or has another version. Of concurrent
/// updates based on the same version, one wins.
pub async fn stale_definition_update_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let first = definition("api").at_version(1);
    assert_eq!(update(&*store, tenant, &first).await, Race::Lost);
    insert(&*store, tenant, std::slice::from_ref(&first)).await;
    assert_eq!(update(&*store, tenant, &first).await, Race::Won);
    for version in [0, 1, 3] {
        let stale = another("api").at_version(version);
        assert_eq!(update(&*store, tenant, &stale).await, Race::Lost);
    }
    is_stored(&*store, tenant, &definition("api").at_version(2)).await;
    let won = winners(&store, |store, _| async move {
        let event = event_in(tenant);
        store
            .update_definition(tenant, &another("api").at_version(2), &event)
            .await
    });
    assert_eq!(won.await, 1);
}

/// A deleted definition is gone, and deleting it again returns `Lost`.
pub async fn deleted_definition_is_gone<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &[definition("api"), definition("b")]).await;
    for race in [Race::Won, Race::Lost] {
        let event = event_in(tenant);
        let deleted = store
            .delete_definition(tenant, &key("api"), 1, &event)
            .await;
        assert_eq!(deleted.unwrap(), race);
    }
    let listed = store.list_definitions(tenant, KIND, After::start()).await;
    assert_eq!(all(listed), [definition("b").at_version(1)]);
}

/// A deletion returns `Lost` and deletes nothing if the definition has another version.
pub async fn stale_definition_deletion_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let first = definition("api").at_version(1);
    insert(&*store, tenant, std::slice::from_ref(&first)).await;
    assert_eq!(update(&*store, tenant, &first).await, Race::Won);
    for version in [0, 1, 3] {
        let event = event_in(tenant);
        let key = key("api");
        let deleted = store.delete_definition(tenant, &key, version, &event).await;
        assert_eq!(deleted.unwrap(), Race::Lost);
    }
    is_stored(&*store, tenant, &definition("api").at_version(2)).await;
}

/// Every change of a definition appears in the feed with its version, or 0 after a deletion, and stores its event. A
/// lost race does neither.
pub async fn definition_change_appears_with_version_and_event<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let begin = store.latest_change().await.unwrap();
    let first = definition("api").at_version(1);
    let events = async || {
        store
            .list_events(tenant, After::start())
            .await
            .unwrap()
            .items
            .len()
    };
    let before = events().await;
    insert(&*store, tenant, std::slice::from_ref(&first)).await;
    assert_eq!(update(&*store, tenant, &first).await, Race::Won);
    assert_eq!(update(&*store, tenant, &first).await, Race::Lost);
    for race in [Race::Won, Race::Lost] {
        let event = event_in(tenant);
        let deleted = store
            .delete_definition(tenant, &key("api"), 2, &event)
            .await;
        assert_eq!(deleted.unwrap(), race);
    }
    let change = |version| Change {
        tenant,
        kind: ChangeKind::Definition(KIND),
        id: "api".into(),
        version,
    };
    let expected = HashSet::from([change(1), change(2), change(0)]);
    assert_eq!(changes(&*store, tenant, begin).await, expected);
    assert_eq!(events().await, before + 3);
}

fn webhook(name: &str) -> Webhook {
    let name = WebhookName::parse(name).unwrap();
    let url = WebhookUrl::parse("https://crm.example/hook?key=1").unwrap();
    let secret = |byte, expires_at| SealedSecret {
        sealed: vec![byte; 60],
        created_at: NOW,
        expires_at,
    };
    Webhook {
        events: vec![EventPattern::parse("user.*").unwrap()],
        description: "Ünïcode".into(),
        enabled: false,
        secrets: vec![secret(0xff, None), secret(0, Some(later(5)))],
        replay: Some(Replay {
            number: 3,
            since: Some(later(1)),
        }),
        ..Webhook::new(WebhookId::from_bytes([0xab; 16]), name, url, NOW)
    }
}

/// Definitions of different kinds with the same identifier are separate. A list has one kind.
pub async fn kinds_of_definitions_are_separate<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut holders = Administrators {
        created_at: NOW,
        ..Administrators::new()
    };
    let name = RoleName::parse("administrators").unwrap();
    let granted = holders.grant(&Holder::Client(client_id("ci:bot")), name.clone(), true);
    granted.unwrap();
    let role = AdminRole {
        description: "Ünïcode".into(),
        permissions: [Permission::UsersRead, Permission::AuditRead].into(),
        later_permissions: vec!["later:read".into()],
        managed_by: ManagedBy::parse("platform").ok(),
        ..AdminRole::new(name, NOW)
    };
    let all = [
        definition("administrators"),
        Definition::AdminRole(role),
        Definition::Administrators(holders),
        Definition::Webhook(webhook("administrators")),
    ]
    .map(|definition| definition.at_version(1));
    insert(&*store, tenant, &all).await;
    for stored in &all {
        is_stored(&*store, tenant, stored).await;
        let kind = stored.key().kind;
        let listed = store.list_definitions(tenant, kind, After::start()).await;
        assert_eq!(super::support::all(listed), std::slice::from_ref(stored));
    }
    let event = event_in(tenant);
    let deleted = store
        .delete_definition(tenant, &all[1].key(), 1, &event)
        .await;
    assert_eq!(deleted.unwrap(), Race::Won);
    is_stored(&*store, tenant, &all[0]).await;
    is_stored(&*store, tenant, &all[2]).await;
}

/// Every tenant with a definition of a kind is returned once, ordered by identifier.
pub async fn tenants_with_definitions_of_kind_are_returned<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    // Other tests may use the same store.
    let count = async || {
        let all = store.tenants_with(DefinitionKind::Group).await.unwrap();
        assert!(all.is_sorted(), "{all:?}");
        all.iter().filter(|own| **own == tenant).count()
    };
    let groups = ["staff", "crew"].map(|name| Definition::Group(nested_group(name, &["all"])));
    insert(&*store, tenant, &[definition("api")]).await;
    assert_eq!(count().await, 0, "another kind");
    insert(&*store, tenant, &groups).await;
    assert_eq!(count().await, 1);
}
