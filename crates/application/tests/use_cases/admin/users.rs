//! User administration commands.

use crate::admin::{Counting, events, fields, only, root, stored_events};
use crate::composition::sessions;
use crate::fakes::Fixed;
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::admin::users::{
    ClaimChange, CreateUser, EditUser, GivenClaim, InvalidUserClaim, UserAdmin,
};
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::Subject;
use countersign_domain::secret::Secret;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, ClientRepository as _, DeviceRepository as _, GrantRepository as _, Race,
    RecoveryCodeRepository as _, SessionRepository as _, Store, UserKey, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) fn admin<S: Store>(store: &Arc<S>) -> UserAdmin<crate::fakes::Fakes<S>> {
    UserAdmin {
        store: store.clone(),
        passwords: Arc::new(Fixed),
        vault: Arc::new(Fixed),
        one_time_codes: Arc::new(Fixed),
        events: events(),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Counting::default()),
    }
}

fn new_user() -> CreateUser {
    CreateUser {
        email: Email::parse("joe@example.com").unwrap(),
        name: Some("Joe".to_owned()),
        claims: Vec::new(),
        attributes: BTreeMap::new(),
        roles: HeldRoles::default(),
        password: None,
    }
}

pub(crate) fn text(claim: StandardClaim, text: &str) -> ClaimChange {
    ClaimChange {
        claim,
        value: GivenClaim::Text(Some(text.to_owned())),
    }
}

/// Creates Jane (user 1) with session 7, a grant in the session and one without, a device and a recovery code.
pub(crate) async fn jane() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    let user = fixtures::user(1, "jane@example.com");
    let _ = store.insert_user(SINGLE, &user, None).await.unwrap();
    let mut client = fixtures::client("app");
    client.openid = OpenIdRegistration {
        backchannel_logout_uri: RedirectUri::parse("https://app.example/logged-out").ok(),
        ..OpenIdRegistration::default()
    };
    let event = fixtures::event_in(SINGLE);
    let _ = store.insert_client(SINGLE, &client, &event).await.unwrap();
    let session = fixtures::session(7);
    let _ = store.insert_session(SINGLE, &session).await.unwrap();
    for (number, session) in [(1, Some(session.id)), (2, None)] {
        let grant = fixtures::changed_grant(&fixtures::grant(number), |facts| {
            facts.authorization.subject = Subject::from(user.id);
            facts.authorization.session = session;
        });
        let _ = store.establish(SINGLE, &grant).await.unwrap();
    }
    let device = fixtures::device(1);
    let _ = store.insert_device(SINGLE, &device).await.unwrap();
    let codes = [Secret::new("code").digest()];
    let replaced = store.replace_recovery_codes(SINGLE, user.id, &codes);
    replaced.await.unwrap();
    store
}

pub(crate) async fn stored(store: &MemoryStore) -> User {
    let key = UserKey::Id(fixtures::user_id(1));
    store.find_user(SINGLE, key).await.unwrap().unwrap()
}

/// Returns whether Jane is signed out everywhere.
pub(crate) async fn is_shut_out(store: &MemoryStore) -> bool {
    let sessions = store.list_sessions(SINGLE, fixtures::user_id(1), After::start());
    let sessions = sessions.await.unwrap().items;
    let mut grants: Vec<Grant> = Vec::new();
    for number in [1, 2] {
        let grant = store.find_grant(SINGLE, fixtures::grant_id(number)).await;
        grants.extend(grant.unwrap());
    }
    let devices = store.list_devices(SINGLE, fixtures::user_id(1), After::start());
    sessions.iter().all(|session| session.ended_at.is_some())
        && grants
            .iter()
            .all(|grant| grant.facts().revoked_at.is_some())
        && devices.await.unwrap().items.is_empty()
}

#[tokio::test]
async fn created_user_is_stored_with_its_event() {
    let store = Arc::new(MemoryStore::default());
    let new = CreateUser {
        claims: vec![text(StandardClaim::Locale, "de")],
        ..new_user()
    };
    let created = admin(&store).create(tenant(), root(), new).await;
    let (user, password) = created.unwrap();
    let found = store.find_user(SINGLE, UserKey::Id(user.id)).await;
    let found = found.unwrap().unwrap();
    let password = password.unwrap();
    assert_eq!(
        found.password_hash.as_deref(),
        Some(password.expose_secret())
    );
    let events = stored_events(&store).await;
    let [event] = &*events else {
        panic!("{events:?}");
    };
    assert_eq!(event.action, Action::USER_CREATED);
    assert_eq!(event.target.id, user.id.to_string());
    let fields = fields(event);
    assert!(fields.contains(&("email", None, Some("joe@example.com"))));
    assert!(fields.contains(&("locale", None, Some("de"))));
    assert!(fields.contains(&("password", None, Some(".."))));
}

#[tokio::test]
async fn given_password_is_not_returned() {
    let store = Arc::new(MemoryStore::default());
    let new = CreateUser {
        password: Some(Secret::new("a long phrase")),
        ..new_user()
    };
    let (_, shown) = admin(&store).create(tenant(), root(), new).await.unwrap();
    assert!(shown.is_none());
}

#[tokio::test]
async fn invalid_user_is_not_created() {
    let admin = admin(&Arc::new(MockStore::new()));
    let create = async |new| admin.create(tenant(), root(), new).await.map(drop);
    for password in ["", &"x".repeat(1025)] {
        let new = CreateUser {
            password: Some(Secret::new(password)),
            ..new_user()
        };
        assert!(matches!(create(new).await, Err(AdminError::Password)));
    }
    let nameless = CreateUser {
        name: Some(String::new()),
        ..new_user()
    };
    assert!(matches!(
        create(nameless).await,
        Err(AdminError::Claim(
            StandardClaim::Name,
            InvalidUserClaim::Name
        ))
    ));
}

#[tokio::test]
async fn duplicate_email_conflicts_without_event() {
    let store = Arc::new(MemoryStore::default());
    let admin = admin(&store);
    admin.create(tenant(), root(), new_user()).await.unwrap();
    let again = admin.create(tenant(), root(), new_user()).await;
    assert!(matches!(again, Err(AdminError::Conflict(Conflict::Email))));
    assert_eq!(stored_events(&store).await.len(), 1);
}

#[tokio::test]
async fn user_is_found_by_id_or_email() {
    let store = jane().await;
    let admin = admin(&store);
    let id = fixtures::user_id(1);
    for text in [id.to_string().as_str(), "JANE@example.com"] {
        let found = admin.find(tenant(), root(), text).await;
        assert_eq!(found.unwrap().id, id);
    }
    for text in ["unknown@example.com", "nonsense"] {
        let found = admin.find(tenant(), root(), text).await;
        assert!(matches!(found, Err(AdminError::NotFound(Missing::User))));
    }
}

#[tokio::test]
async fn disabling_user_ends_sessions_and_notifies_clients() {
    let store = jane().await;
    let outside = Arc::new(Outside::default());
    let sessions = sessions(&store, &outside);
    let admin = admin(&store);
    let disabled = admin.disable(tenant(), root(), &sessions, fixtures::user_id(1));
    let (user, revoked) = disabled.await.unwrap();
    assert!(!user.enabled && !stored(&store).await.enabled);
    assert_eq!(revoked, 2);
    assert!(is_shut_out(&store).await);
    let told = outside.logouts();
    assert!(matches!(&*told, [(uri, _)] if uri == "https://app.example/logged-out"));
    let events = stored_events(&store).await;
    let event = events.last().unwrap();
    assert_eq!(event.action, Action::USER_UPDATED);
    assert_eq!(fields(event), [("enabled", Some("true"), Some("false"))]);
    let enabled = admin.enable(tenant(), root(), fixtures::user_id(1)).await;
    assert!(enabled.unwrap().enabled && stored(&store).await.enabled);
}

#[tokio::test]
async fn repeated_disable_finishes_failed_cleanup() {
    let store = jane().await;
    crate::stores::disable(&store, fixtures::user_id(1)).await;
    let before = stored_events(&store).await.len();
    let sessions = sessions(&store, &Arc::default());
    let admin = admin(&store);
    let disabled = admin.disable(tenant(), root(), &sessions, fixtures::user_id(1));
    disabled.await.unwrap();
    assert!(is_shut_out(&store).await);
    assert_eq!(stored_events(&store).await.len(), before, "no change");
}

#[tokio::test]
async fn operator_without_permission_cannot_read_or_write_users() {
    let store = Arc::new(MockStore::new());
    let (admin, sessions) = (admin(&store), sessions(&store, &Arc::default()));
    let operator = only(Permission::ClientsWrite);
    let id = fixtures::user_id(1);
    let answers = [
        admin
            .list(tenant(), &operator, After::start())
            .await
            .map(drop),
        admin.find(tenant(), &operator, "jane").await.map(drop),
        admin
            .create(tenant(), &operator, new_user())
            .await
            .map(drop),
        admin.enable(tenant(), &operator, id).await.map(drop),
        admin
            .disable(tenant(), &operator, &sessions, id)
            .await
            .map(drop),
        admin
            .set_password(tenant(), &operator, &sessions, id, None)
            .await
            .map(drop),
        admin
            .edit(tenant(), &operator, id, None, &EditUser::default())
            .await
            .map(drop),
        admin.enable_totp(tenant(), &operator, id).await.map(drop),
        admin
            .reset_factors(tenant(), &operator, &sessions, id)
            .await
            .map(drop),
    ];
    let answers = answers.into_iter().chain(removals(&operator).await);
    for answer in answers {
        assert!(matches!(answer, Err(AdminError::Refused(_))));
    }
    let writer = only(Permission::UsersWrite);
    let refused = admin.enable_totp(tenant(), &writer, id).await;
    assert!(matches!(refused, Err(AdminError::Refused(_))));
}

/// Runs each command that searches or lists users and what belongs to them, or removes it, on a store that fails at any
/// call.
async fn removals(operator: &Operator) -> Vec<Result<(), AdminError>> {
    let store = Arc::new(MockStore::new());
    let (admin, sessions) = (admin(&store), sessions(&store, &Arc::default()));
    let (tenant, id, app) = (tenant(), fixtures::user_id(1), fixtures::client_id("app"));
    let prefix = EmailPrefix::parse("jane").unwrap();
    let (device, session) = (fixtures::device_id(1), fixtures::session_id(7));
    let (grant, first) = (fixtures::grant_id(1), After::start());
    vec![
        admin
            .search(tenant, operator, &prefix, first)
            .await
            .map(drop),
        admin
            .passkeys(tenant, operator, id, After::start())
            .await
            .map(drop),
        admin.recovery_codes(tenant, operator, id).await.map(drop),
        admin
            .devices(tenant, operator, id, After::start())
            .await
            .map(drop),
        admin
            .consents(tenant, operator, id, After::start())
            .await
            .map(drop),
        admin
            .sessions(tenant, operator, id, After::start())
            .await
            .map(drop),
        admin
            .grants(tenant, operator, id, After::start())
            .await
            .map(drop),
        admin
            .delete(tenant, operator, &sessions, id, None)
            .await
            .map(drop),
        admin.unlock(tenant, operator, id).await.map(drop),
        admin.remove_passkey(tenant, operator, id, b"phone").await,
        admin.remove_recovery_codes(tenant, operator, id).await,
        admin.remove_device(tenant, operator, id, device).await,
        admin.withdraw_consent(tenant, operator, id, &app).await,
        admin
            .end_session(tenant, operator, &sessions, session)
            .await,
        admin
            .end_sessions(tenant, operator, &sessions, id)
            .await
            .map(drop),
        admin.revoke_grant(tenant, operator, grant).await,
        admin.revoke_grants(tenant, operator, id).await.map(drop),
    ]
}

#[tokio::test]
async fn unknown_user_is_not_found() {
    let store = Arc::new(MemoryStore::default());
    let (admin, sessions) = (admin(&store), sessions(&store, &Arc::default()));
    let id = fixtures::user_id(1);
    let answers = [
        admin.enable(tenant(), root(), id).await.map(drop),
        admin
            .set_password(tenant(), root(), &sessions, id, None)
            .await
            .map(drop),
        admin.enable_totp(tenant(), root(), id).await.map(drop),
    ];
    for answer in answers {
        assert!(matches!(answer, Err(AdminError::NotFound(Missing::User))));
    }
    assert!(stored_events(&store).await.is_empty());
}

#[tokio::test]
async fn user_update_retries_after_lost_race() {
    let mut store = MockStore::new();
    crate::stores::with_user(&mut store, fixtures::user(1, "jane@example.com"));
    let mut order = mockall::Sequence::new();
    for race in [Race::Lost, Race::Won] {
        store
            .expect_update_user()
            .times(1)
            .in_sequence(&mut order)
            .withf(|_, user, event| !user.enabled && event.event.target.kind == "user")
            .returning(move |_, _, _| Box::pin(async move { Ok(race) }));
    }
    store
        .expect_find_definition()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    store
        .expect_remove_devices()
        .returning(|_, _| Box::pin(async { Ok(0) }));
    store
        .expect_end_sessions()
        .returning(|_, _, _, _| Box::pin(async { Ok(Vec::new()) }));
    store
        .expect_revoke_all()
        .returning(|_, _, _, _| Box::pin(async { Ok(0) }));
    let store = Arc::new(store);
    let sessions = sessions(&store, &Arc::default());
    let admin = admin(&store);
    let disabled = admin.disable(tenant(), root(), &sessions, fixtures::user_id(1));
    disabled.await.unwrap();
}
