//! Golden documents of definitions. Never change them: a version that cannot read one, or writes it differently, breaks
//! every store.

use super::definition::{self, Columns};
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::permission::Permission;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::client::ClientId;
use countersign_domain::client::dynamic::overrides::RegistrationOverrides;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::identifier::{LoginId, UserId, WebhookId};
use countersign_domain::later::LaterMembers;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::branding::Branding;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::overrides::{LifetimeOverrides, TenantOverrides};
use countersign_domain::tenant::place::{HostName, TenantPlace};
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use countersign_domain::tenant::sign_up::SignUpMode;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::user::Email;
use countersign_domain::user::factor_reset::FactorReset;
use countersign_domain::user::invitation::Invitation;
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_domain::webhook::secret::SealedSecret;
use countersign_domain::webhook::subscription::EventPattern;
use countersign_domain::webhook::url::WebhookUrl;
use countersign_domain::webhook::{Replay, Webhook, WebhookName};
use countersign_ports::{Definition, DefinitionKind};

/// As a store has it: without whitespace.
const RESOURCE_SERVER: &str = include_str!("golden/resource_server.json").trim_ascii();

const ADMIN_ROLE: &str = include_str!("golden/admin_role.json").trim_ascii();
const GROUP: &str = include_str!("golden/group.json").trim_ascii();
const SCHEDULED_DELETION: &str = include_str!("golden/users/scheduled_deletion.json").trim_ascii();
const TENANT: &str = include_str!("golden/tenants/tenant.json").trim_ascii();
const FACTOR_RESET: &str = include_str!("golden/users/factor_reset.json").trim_ascii();
const INVITATION: &str = include_str!("golden/users/invitation.json").trim_ascii();
const WEBHOOK: &str = include_str!("golden/webhook.json").trim_ascii();
const ADMINISTRATORS: &str = include_str!("golden/administrators.json").trim_ascii();

pub(super) fn read_as(kind: DefinitionKind, id: &str, document: &str) -> Option<Definition> {
    let columns = Columns {
        id: id.into(),
        created_at: Timestamp::from_unix_seconds(1),
        version: 7,
    };
    definition::read(kind, document, columns).ok()
}

fn read(document: &str) -> Option<ResourceServer> {
    let kind = DefinitionKind::ResourceServer;
    match read_as(kind, "https://api.example", document)? {
        Definition::ResourceServer(server) => Some(server),
        _ => None,
    }
}

#[test]
fn golden_admin_role_keeps_permissions_of_later_version() {
    let role = read_as(DefinitionKind::AdminRole, "help-desk", ADMIN_ROLE).unwrap();
    let name = RoleName::parse("help-desk").unwrap();
    let expected = AdminRole {
        description: "Takes calls, ünïcode".into(),
        permissions: [Permission::UsersRead, Permission::UsersResetFactors].into(),
        later_permissions: vec!["later:read".into()],
        version: 7,
        ..AdminRole::new(name, Timestamp::from_unix_seconds(1))
    };
    assert_eq!(role, Definition::AdminRole(expected));
    assert_eq!(definition::write(&role).unwrap(), ADMIN_ROLE);
    let invalid_name = read_as(DefinitionKind::AdminRole, "Help desk", ADMIN_ROLE);
    assert_eq!(invalid_name, None);
}

#[test]
fn golden_group_has_expected_values() {
    let group = read_as(DefinitionKind::Group, "staff", GROUP).unwrap();
    let name = GroupName::parse("staff").unwrap();
    let expected = Group {
        description: "Takes calls, ünïcode".into(),
        version: 7,
        ..Group::new(name, Timestamp::from_unix_seconds(1))
    };
    assert_eq!(group, Definition::Group(expected));
    assert_eq!(definition::write(&group).unwrap(), GROUP);
    let later = r#"{"description":"","parent":"all"}"#;
    let group = read_as(DefinitionKind::Group, "staff", later).unwrap();
    assert_eq!(definition::write(&group).unwrap(), later);
    assert_eq!(read_as(DefinitionKind::Group, "Staff", GROUP), None);
}

#[test]
fn golden_scheduled_deletion_has_expected_time() {
    let kind = DefinitionKind::ScheduledDeletion;
    let user = UserId::from_bytes([1; 16]);
    let id = user.to_string();
    let deletion = read_as(kind, &id, SCHEDULED_DELETION).unwrap();
    let week = std::time::Duration::from_secs(7 * 86_400);
    let requested_at = Timestamp::from_unix_seconds(1);
    let expected = ScheduledDeletion {
        version: 7,
        ..ScheduledDeletion::after(week, user, requested_at)
    };
    assert_eq!(deletion, Definition::ScheduledDeletion(expected));
    assert_eq!(definition::write(&deletion).unwrap(), SCHEDULED_DELETION);
    assert_eq!(read_as(kind, "jane", SCHEDULED_DELETION), None);
}

#[test]
fn golden_factor_reset_has_expected_time() {
    let kind = DefinitionKind::FactorReset;
    let user = UserId::from_bytes([1; 16]);
    let reset = read_as(kind, &user.to_string(), FACTOR_RESET).unwrap();
    let week = std::time::Duration::from_secs(7 * 86_400);
    let expected = FactorReset {
        version: 7,
        ..FactorReset::after(week, user, Timestamp::from_unix_seconds(1))
    };
    assert_eq!(reset, Definition::FactorReset(expected));
    assert_eq!(definition::write(&reset).unwrap(), FACTOR_RESET);
    assert_eq!(read_as(kind, "jane", FACTOR_RESET), None);
}

#[test]
fn golden_invitation_has_expected_values() {
    let (kind, id) = (DefinitionKind::Invitation, "mary@example.com");
    let invitation = read_as(kind, id, INVITATION).unwrap();
    let email = Email::parse(id).unwrap();
    let (user, link) = (UserId::from_bytes([1; 16]), LoginId::from_bytes([2; 16]));
    let (week, sent_at) = (
        std::time::Duration::from_secs(7 * 86_400),
        Timestamp::from_unix_seconds(1),
    );
    let expected = Invitation {
        groups: ["staff", "berlin"]
            .map(|name| GroupName::parse(name).unwrap())
            .into(),
        permissions: [Permission::UsersRead].into(),
        version: 7,
        ..Invitation::new(email, user, link, week, sent_at)
    };
    assert_eq!(invitation, Definition::Invitation(expected));
    assert_eq!(definition::write(&invitation).unwrap(), INVITATION);
    let later = INVITATION.replace("[\"users:read\"]", "[\"users:read\",\"later:read\"]");
    assert_eq!(read_as(kind, id, &later), Some(invitation), "not covered");
    assert_eq!(read_as(kind, "mary", INVITATION), None);
}

#[test]
fn golden_tenant_has_expected_values() {
    let kind = DefinitionKind::RegisteredTenant;
    let name = TenantName::parse("acme").unwrap();
    let id = TenantId::from_number(7).unwrap();
    let new = RegisteredTenant {
        version: 7,
        ..RegisteredTenant::new(name, id, TenantPlace::Path, Timestamp::from_unix_seconds(1))
    };
    let least = r#"{"number":7,"description":"","status":"active"}"#;
    let expected = Definition::RegisteredTenant(new.clone());
    assert_eq!(read_as(kind, "acme", least), Some(expected.clone()));
    assert_eq!(definition::write(&expected).unwrap(), least);

    let most = RegisteredTenant {
        place: TenantPlace::Host(HostName::parse("acme.example").unwrap()),
        description: "Acme, ünïcode".into(),
        status: TenantStatus::Disabled,
        overrides: Box::new(TenantOverrides {
            lifetimes: LifetimeOverrides {
                access_token: Some(std::time::Duration::from_secs(60)),
                ..LifetimeOverrides::default()
            },
            signing_algorithm: Some(SigningAlgorithm::EdDsa),
            mfa: Some(MfaPolicy::Required),
            sliding_sessions: Some(false),
            sign_up: Some(SignUpMode::Domains),
            sign_up_domains: vec!["acme.example".into()],
            registration: RegistrationOverrides::default(),
            upstream_only: vec![ProviderName::parse("corp").unwrap()],
            branding: Branding {
                name: Some("Acme".into()),
                ..Branding::default()
            },
            limits: TenantLimits {
                users: Some(100),
                ..TenantLimits::default()
            },
        }),
        ..new
    };
    let expected = Definition::RegisteredTenant(most);
    assert_eq!(read_as(kind, "acme", TENANT), Some(expected.clone()));
    assert_eq!(definition::write(&expected).unwrap(), TENANT);
    assert_eq!(read_as(kind, "Acme", TENANT), None);
    let zero = least.replace("\"number\":7", "\"number\":0");
    assert_eq!(read_as(kind, "acme", &zero), None);
}

#[test]
fn golden_webhook_has_expected_values() {
    let webhook = read_as(DefinitionKind::Webhook, "crm", WEBHOOK).unwrap();
    let at = Timestamp::from_unix_seconds;
    let sealed = |byte, expires_at| SealedSecret {
        sealed: vec![byte; 9],
        created_at: at(1_790_000_000),
        expires_at,
    };
    let name = WebhookName::parse("crm").unwrap();
    let url = WebhookUrl::parse("https://crm.example/hook?key=1").unwrap();
    let pattern = |text| EventPattern::parse(text).unwrap();
    let expected = Webhook {
        events: vec![pattern("user.*"), pattern("client.created")],
        description: "Customers, ünïcode".into(),
        enabled: false,
        secrets: vec![sealed(1, None), sealed(2, Some(at(1_790_086_400)))],
        replay: Some(Replay {
            number: 6,
            since: Some(at(1_780_000_000)),
        }),
        version: 7,
        ..Webhook::new(WebhookId::from_bytes([0x11; 16]), name, url, at(1))
    };
    assert_eq!(webhook, Definition::Webhook(expected));
    assert_eq!(definition::write(&webhook).unwrap(), WEBHOOK);
    assert_eq!(read_as(DefinitionKind::Webhook, "Crm", WEBHOOK), None);
    let later = WEBHOOK.replace(r#","replay":"#, r#","rate":5,"replay":"#);
    let webhook = read_as(DefinitionKind::Webhook, "crm", &later).unwrap();
    let written = definition::write(&webhook).unwrap();
    assert!(written.ends_with(r#","rate":5}"#), "{written}");
}

#[test]
fn golden_administrators_have_expected_roles() {
    let kind = DefinitionKind::Administrators;
    let all = read_as(kind, "administrators", ADMINISTRATORS).unwrap();
    let mut expected = Administrators {
        created_at: Timestamp::from_unix_seconds(1),
        version: 7,
        ..Administrators::new()
    };
    let jane = Holder::User(UserId::from_bytes([1; 16]));
    let bot = Holder::Client(ClientId::parse("ci:bot").unwrap());
    for (holder, role, exempt) in [
        (&jane, "owner", false),
        (&jane, "auditor", false),
        (&bot, "operator", true),
    ] {
        let role = RoleName::parse(role).unwrap();
        expected.grant(holder, role, exempt).unwrap();
    }
    assert_eq!(all, Definition::Administrators(expected));
    assert_eq!(definition::write(&all).unwrap(), ADMINISTRATORS);
    let group = ADMINISTRATORS.replace("client:ci:bot", "group:1");
    assert_eq!(read_as(kind, "administrators", &group), None);
}

#[test]
fn golden_resource_server_has_expected_values_and_is_written_the_same() {
    let server = read(RESOURCE_SERVER).unwrap();
    let expected = ResourceServer {
        introspection_clients: ["gateway", "notes-api"]
            .map(|id| ClientId::parse(id).unwrap())
            .into(),
        personal_claims: true,
        version: 7,
        ..ResourceServer::new(
            "https://api.example",
            "Notes \"API\" ü",
            Timestamp::from_unix_seconds(1),
        )
    };
    assert_eq!(server, expected);
    let written = definition::write(&Definition::ResourceServer(server));
    assert_eq!(written.unwrap(), RESOURCE_SERVER);
}

#[test]
fn members_of_later_version_are_kept_and_required_features_respected() {
    let later = r#"{"token_lifetime":60}"#;
    let document = RESOURCE_SERVER.replace('}', r#","token_lifetime":60}"#);
    let server = read(&document).unwrap();
    assert_eq!(server.later, LaterMembers::new(later));
    assert_eq!(
        definition::write(&Definition::ResourceServer(server)).unwrap(),
        document
    );
    let restricted = RESOURCE_SERVER.replace('}', r#","requires":["mtls"]}"#);
    assert_eq!(read(&restricted), None);
    assert_eq!(read("{}"), None);
}
