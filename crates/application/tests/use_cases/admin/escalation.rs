//! Operators can grant only permissions that they have. Covers every path by which an operator could gain a permission.

use crate::admin::administrators::{self, client, grant, user};
use crate::admin::roles::{self, permitting, role};
use crate::admin::users::{jane, text};
use crate::admin::{clients, root, stored_events, users};
use crate::composition::sessions;
use crate::world::{SINGLE, tenant};
use countersign_application::admin::AdminError;
use countersign_application::admin::users::EditUser;
use countersign_domain::audit::operator::{Operator, Permission, Permissions};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientStatus};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::user::Email;
use countersign_ports::{ClientRepository as _, PasskeyRepository as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

/// Permission that the operator of these tests lacks.
const LACKS: Permission = Permission::KeysWrite;

pub(super) type Attempts = Vec<(&'static str, Result<(), AdminError>)>;

/// Marks a client for administration.
pub(super) fn mark(client: &mut Client) {
    let api = Resource::parse(&tenant().admin_api()).unwrap();
    client.resources = vec![api];
    client.scope = Scope::parse("openid keys:write").unwrap();
}

/// Returns a store with targets that carry the permission: a user and a client with the role `operator`, a client
/// marked for administration, and a custom role.
pub(super) async fn targets() -> Arc<MemoryStore> {
    let store = jane().await;
    let mut marked = fixtures::client("marked");
    mark(&mut marked);
    for client in [marked, fixtures::client("bot"), fixtures::client("plain")] {
        let event = fixtures::event_in(SINGLE);
        let _ = store.insert_client(SINGLE, &client, &event).await.unwrap();
    }
    let own = permitting(&[LACKS]);
    let admin = roles::admin(&store);
    let created = admin.create(tenant(), root(), role("keys"), &own);
    created.await.unwrap();
    grant(&store, &user(1), "operator").await;
    grant(&store, &client("bot"), "keys").await;
    store
}

async fn on_user(operator: &Operator) -> Attempts {
    let (id, outside) = (fixtures::user_id(1), Arc::default());
    let store = targets().await;
    let (admin, sessions) = (users::admin(&store), sessions(&store, &outside));
    let edit = EditUser {
        email: Some(Email::parse("mallory@example.com").unwrap()),
        ..EditUser::default()
    };
    let claims = vec![text(StandardClaim::Locale, "en")].into();
    let tenant = tenant();
    let attempts = vec![
        (
            "email",
            admin
                .edit(tenant, operator, id, None, &edit)
                .await
                .map(drop),
        ),
        (
            "claims",
            admin
                .edit(tenant, operator, id, None, &claims)
                .await
                .map(drop),
        ),
        (
            "app",
            admin.enable_totp(tenant, operator, id).await.map(drop),
        ),
        (
            "factors",
            admin
                .reset_factors(tenant, operator, &sessions, id)
                .await
                .map(drop),
        ),
        (
            "password",
            admin
                .set_password(tenant, operator, &sessions, id, None)
                .await
                .map(drop),
        ),
        (
            "disable",
            admin
                .disable(tenant, operator, &sessions, id)
                .await
                .map(drop),
        ),
        ("enable", admin.enable(tenant, operator, id).await.map(drop)),
    ];
    unchanged(&store, operator).await;
    attempts
        .into_iter()
        .chain(removals(operator).await)
        .collect()
}

/// Removes a user with more permissions, or something that belongs to this user.
async fn removals(operator: &Operator) -> Attempts {
    let store = targets().await;
    let passkey = fixtures::passkey(b"phone");
    let _ = store.insert_passkey(SINGLE, &passkey).await.unwrap();
    let (admin, sessions) = (users::admin(&store), sessions(&store, &Arc::default()));
    let (tenant, id, app) = (tenant(), fixtures::user_id(1), fixtures::client_id("app"));
    let (device, session) = (fixtures::device_id(1), fixtures::session_id(7));
    let grant = fixtures::grant_id(1);
    let ended = admin.end_session(tenant, operator, &sessions, session);
    let all_ended = admin.end_sessions(tenant, operator, &sessions, id);
    let attempts = vec![
        ("unlock", admin.unlock(tenant, operator, id).await.map(drop)),
        (
            "passkey",
            admin.remove_passkey(tenant, operator, id, b"phone").await,
        ),
        (
            "recovery codes",
            admin.remove_recovery_codes(tenant, operator, id).await,
        ),
        (
            "device",
            admin.remove_device(tenant, operator, id, device).await,
        ),
        (
            "consent",
            admin.withdraw_consent(tenant, operator, id, &app).await,
        ),
        ("session", ended.await),
        ("sessions", all_ended.await.map(drop)),
        ("grant", admin.revoke_grant(tenant, operator, grant).await),
        (
            "grants",
            admin.revoke_grants(tenant, operator, id).await.map(drop),
        ),
        (
            "delete",
            admin
                .delete(tenant, operator, &sessions, id, None)
                .await
                .map(drop),
        ),
    ];
    unchanged(&store, operator).await;
    attempts
}

async fn on_client(operator: &Operator) -> Attempts {
    let store = targets().await;
    let admin = clients::admin(&store);
    let tenant = tenant();
    let [marked, plain, bot] = ["marked", "plain", "bot"].map(fixtures::client_id);
    let redirect = |client: &mut Client| {
        client.redirect_uris = vec![RedirectUri::parse("https://evil.example/cb").unwrap()];
    };
    let suspended = ClientStatus::Suspended;
    let mut new = fixtures::client("new");
    mark(&mut new);
    let attempts = vec![
        (
            "redirect URI",
            admin
                .update(tenant, operator, &marked, redirect)
                .await
                .map(drop),
        ),
        (
            "secret",
            admin
                .add_secret(tenant, operator, &marked, None, None)
                .await
                .map(drop),
        ),
        (
            "expiry",
            admin
                .expire_secret(tenant, operator, &marked, "first", Some(fixtures::NOW))
                .await
                .map(drop),
        ),
        (
            "status",
            admin
                .set_status(tenant, operator, &marked, suspended)
                .await
                .map(drop),
        ),
        (
            "mark",
            admin.update(tenant, operator, &plain, mark).await.map(drop),
        ),
        (
            "create",
            admin
                .create(tenant, operator, new.into(), None)
                .await
                .map(drop),
        ),
        (
            "secret of holder",
            admin
                .add_secret(tenant, operator, &bot, None, None)
                .await
                .map(drop),
        ),
        (
            "redirect URI of holder",
            admin
                .update(tenant, operator, &bot, redirect)
                .await
                .map(drop),
        ),
        (
            "delete",
            admin.delete(tenant, operator, &marked, None).await,
        ),
    ];
    unchanged(&store, operator).await;
    attempts
}

async fn on_role(operator: &Operator) -> Attempts {
    let store = targets().await;
    let (admin, holders) = (roles::admin(&store), administrators::admin(&store));
    let (tenant, all, none) = (tenant(), permitting(&[LACKS]), permitting(&[]));
    let empty = admin.create(tenant, root(), role("empty"), &none).await;
    empty.unwrap();
    let (one, bot) = (user(1), client("bot"));
    let auditor = role("auditor");
    let attempts = vec![
        (
            "create",
            admin
                .create(tenant, operator, role("mine"), &all)
                .await
                .map(drop),
        ),
        (
            "extend",
            admin
                .update(tenant, operator, "empty", None, &all)
                .await
                .map(drop),
        ),
        (
            "grant",
            holders
                .grant(tenant, operator, &client("plain"), &role("keys"), false)
                .await
                .map(drop),
        ),
        (
            "exempt",
            holders
                .grant(tenant, operator, &bot, &auditor, true)
                .await
                .map(drop),
        ),
        (
            "revoke",
            holders.revoke(tenant, operator, &one, None).await.map(drop),
        ),
        (
            "reduce",
            admin
                .update(tenant, operator, "keys", None, &none)
                .await
                .map(drop),
        ),
    ];
    attempts
}

/// A refused command changes nothing: the only events are those of the preparation.
async fn unchanged(store: &MemoryStore, operator: &Operator) {
    if operator.identity.id != "mallory" {
        return;
    }
    let events = stored_events(store).await;
    let ours = events.iter().filter(|event| event.operator.id == "mallory");
    assert_eq!(ours.count(), 0);
}

#[tokio::test]
async fn no_path_leads_to_a_permission_that_the_operator_lacks() {
    let mallory = Operator {
        permissions: Permissions::ALL.without([LACKS].into()),
        ..Operator::command_line("mallory")
    };
    let attempts = [
        on_user(&mallory).await,
        on_client(&mallory).await,
        on_role(&mallory).await,
    ];
    for (path, outcome) in attempts.into_iter().flatten() {
        let Err(AdminError::Refused(refusal)) = outcome else {
            panic!("{path}: {outcome:?}");
        };
        let missing = Refusal::PermissionMissing(Evidence::of(LACKS.as_str()));
        assert_eq!(refusal, missing, "{path}");
    }
}

#[tokio::test]
async fn every_path_to_sensitive_permission_needs_second_factor() {
    let stale = Operator {
        has_second_factor: false,
        ..Operator::command_line("mallory")
    };
    let attempts = [
        on_user(&stale).await,
        on_client(&stale).await,
        on_role(&stale).await,
    ];
    for (path, outcome) in attempts.into_iter().flatten() {
        let Err(AdminError::Refused(refusal)) = outcome else {
            panic!("{path}: {outcome:?}");
        };
        assert_eq!(refusal, Refusal::SecondFactorStale, "{path}");
    }
}

#[tokio::test]
async fn operator_with_the_permission_may_take_every_path() {
    let attempts = [
        on_user(root()).await,
        on_client(root()).await,
        on_role(root()).await,
    ];
    for (path, outcome) in attempts.into_iter().flatten() {
        assert!(outcome.is_ok(), "{path}: {outcome:?}");
    }
}
