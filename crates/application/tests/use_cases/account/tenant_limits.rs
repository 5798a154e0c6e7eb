//! Limits of a tenant on what it stores.

use crate::admin::{clients, root, users};
use crate::composition::sign_in;
use crate::sign_in::{EMAIL, stored};
use crate::world::{Outside, tenant};
use countersign_application::admin::AdminError;
use countersign_application::admin::clients::NewClient;
use countersign_application::admin::users::CreateUser;
use countersign_application::{Failure, Mail, refusals};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::tenant::{Tenant, TenantSettings};
use countersign_domain::user::{Email, User};
use countersign_ports::Letter;
use countersign_store_contract::{MemoryStore, fixtures};
use std::collections::BTreeMap;
use std::sync::Arc;

fn with_limits(limits: TenantLimits) -> Tenant {
    Tenant {
        settings: TenantSettings {
            limits,
            ..tenant().settings.clone()
        },
        ..tenant().clone()
    }
}

fn user(email: &str) -> CreateUser {
    CreateUser {
        email: Email::parse(email).unwrap(),
        name: None,
        claims: Vec::new(),
        attributes: BTreeMap::new(),
        roles: HeldRoles::default(),
        password: None,
    }
}

fn is_full<T>(outcome: &Result<T, AdminError>) -> bool {
    matches!(
        outcome,
        Err(AdminError::Failure(Failure::Refused(refusals::TENANT_FULL)))
    )
}

#[tokio::test]
async fn full_tenant_gets_no_further_user_or_client() {
    let limited = with_limits(TenantLimits {
        users: Some(1),
        clients: Some(1),
        ..TenantLimits::default()
    });
    let store = Arc::new(MemoryStore::default());
    let users = users::admin(&store);
    users
        .create(&limited, root(), user("a@example.com"))
        .await
        .unwrap();
    let second = users.create(&limited, root(), user("b@example.com")).await;
    assert!(is_full(&second), "{second:?}");
    users
        .create(tenant(), root(), user("b@example.com"))
        .await
        .unwrap();

    let clients = clients::admin(&store);
    let new = |id| NewClient::from(fixtures::client(id));
    clients
        .create(&limited, root(), new("first"), None)
        .await
        .unwrap();
    let second = clients.create(&limited, root(), new("second"), None).await;
    assert!(is_full(&second));
}

#[tokio::test]
async fn tenant_with_too_many_expiring_values_sends_no_codes() {
    fn compose(_: Mail<'_>, _: Option<&User>) -> Letter {
        fixtures::letter("subject", "text")
    }
    let store = stored(fixtures::user(1, EMAIL), &[]).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);
    for (limit, is_sent) in [(Some(0), false), (Some(100), true), (None, true)] {
        let limited = with_limits(TenantLimits {
            expiring_values: limit,
            ..TenantLimits::default()
        });
        let sent = sign_in
            .send_email_code(&limited, EMAIL, None, &compose)
            .await;
        assert_eq!(sent.is_ok(), is_sent, "{limit:?}");
        assert!(is_sent || matches!(sent, Err(Failure::TenantBusy(_))));
    }
}
