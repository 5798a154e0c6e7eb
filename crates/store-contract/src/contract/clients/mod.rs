//! [`ClientRepository`](countersign_ports::ClientRepository): registration and lookup.

pub mod client_changes;
pub mod client_grants;
pub mod client_origins;
pub mod client_secrets;

use crate::contract::support::{all, client, facts_of_client, insert_clients, winners};
use crate::fixtures::{
    NOW, claims_policy, client_id, client_secret, dynamic_registration, event_in, later,
};
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::client::assertion::workload::{SubjectPattern, WorkloadIdentity};
use countersign_domain::client::openid_registration::{
    OpenIdRegistration, ScopeClaims, Sector, SubjectType,
};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    ApiKey, AuthenticationMethod, Client, ClientSecret, ClientStatus, ClientType, ExchangeRule,
    GrantType, Jwks, KeySource, PkcePolicy, PkceRequirement,
};
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::later::LaterMembers;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::{After, Race, Store};
use std::sync::Arc;
use std::time::Duration;

/// JSON in normalized form: no spaces, sorted members.
const JWKS: &str = r#"{"keys":[{"crv":"P-256","kid":"k","kty":"EC","x":"AA","y":"AQ"}]}"#;

/// Metadata unknown to this version.
pub(super) const MEMBERS: &str = r#"{"later_limits":{"burst":[1,null,"x"]},"later_switch":true}"#;

/// Returns a client that differs from `client(id)` in everything except ID and version.
pub(super) fn another(id: &str) -> Client {
    Client {
        id: client_id(id),
        name: "Ünïcode 👩‍🚀 \"quoted\", [listed]\n\0\t 日本語 '; --".into(),
        client_type: ClientType::Public,
        status: ClientStatus::Suspended,
        secrets: vec![
            ClientSecret {
                digest: Secret::new("one").digest(),
                created_at: later(1),
                expires_at: Some(later(2)),
                ..client_secret("zebra 🦓")
            },
            ClientSecret {
                digest: Secret::new("two").digest(),
                expires_at: Some(later(4)),
                ..client_secret("")
            },
            client_secret("antelope"),
        ],
        authentication_method: Some(AuthenticationMethod::PrivateKeyJwt),
        keys: Some(KeySource::Registered(Jwks::new(JWKS))),
        grant_types: vec![
            GrantType::named("urn:example:later"),
            GrantType::REFRESH_TOKEN,
            GrantType::AUTHORIZATION_CODE,
        ],
        scope: Scope::none(),
        redirect_uris: [
            "https://a.example/?x=1,2",
            "com.example.app:/cb",
            "http://127.0.0.1/cb",
        ]
        .map(|uri| RedirectUri::parse(uri).unwrap())
        .into(),
        domains: vec!["example".into(), "b\"\\,\n.example".into()],
        pkce: PkcePolicy {
            required: PkceRequirement::Never,
            plain_allowed: true,
            replaces_secret: true,
        },
        signing_algorithm: Some(SigningAlgorithm::EdDsa),
        audience: Some("https://api.example".into()),
        resources: vec![
            Resource::parse("https://b.example/?x=1,2").unwrap(),
            Resource::parse("urn:a").unwrap(),
        ],
        first_party: true,
        dynamic: Some(dynamic_registration()),
        owner: Some(Holder::Client(client_id("ci:bot"))),
        openid: OpenIdRegistration {
            subject_type: SubjectType::Pairwise(Sector {
                host: "ægir.example".into(),
                salt: [0xfe; 32],
            }),
            userinfo_signing_algorithm: Some(SigningAlgorithm::Hs256),
            scope_claims_in_id_token: ScopeClaims::All,
            token_use_in_id_token: true,
            post_logout_redirect_uris: ["https://a.example/bye", "com.example.app:/bye"]
                .map(|uri| RedirectUri::parse(uri).unwrap())
                .into(),
            backchannel_logout_uri: RedirectUri::parse("https://a.example/back?x=1").ok(),
            frontchannel_logout_uri: RedirectUri::parse("https://a.example/front").ok(),
        },
        api_keys: [Some(later(9)), None]
            .map(|expires_at| ApiKey {
                digest: Secret::new("key").digest(),
                created_at: later(7),
                expires_at,
            })
            .into(),
        claims_policy: claims_policy(),
        upstream_providers: vec![ProviderName::parse("corp").unwrap()],
        token_exchange: [("web", false), ("a b=c", true)]
            .map(|(id, impersonation)| ExchangeRule {
                subject_client: client_id(id),
                audience: "https://ünï.example/?x=1,2".into(),
                impersonation,
            })
            .into(),
        may_act: Some(client_id("agent")),
        workload_identities: [
            KeySource::Registered(Jwks::new(JWKS)),
            KeySource::Published(RedirectUri::parse("https://a.example/keys").unwrap()),
        ]
        .map(|keys| WorkloadIdentity {
            issuer: "https://ünï.example".into(),
            subject: SubjectPattern::parse("repo:acme/app:environment:*").unwrap(),
            audience: Some("a b".into()),
            claims: [("repository_id".into(), "1\n日本".into())].into(),
            keys,
        })
        .into(),
        access_token_lifetime: Some(Duration::from_secs(17)),
        managed_by: Some(ManagedBy::parse("platform").unwrap()),
        created_at: later(5),
        updated_at: Some(later(6)),
        version: 1,
        later: LaterMembers::new(MEMBERS),
    }
}

pub(super) async fn is_stored(store: &impl Store, tenant: TenantId, client: &Client) {
    let found = store.find_client(tenant, &client.id).await.unwrap();
    assert_eq!(facts_of_client(&found.unwrap()), facts_of_client(client));
}

/// A registered client keeps every field and the order of its secrets.
pub async fn registered_client_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    for client in [client("app"), another("~ odd \"id\" %")] {
        insert_clients(&*store, tenant, std::slice::from_ref(&client)).await;
        is_stored(&*store, tenant, &client).await;
    }
}

/// A registered client has version 1, whatever version the caller passes.
pub async fn registered_client_has_version_one<S: Store>(store: Arc<S>, tenant: TenantId) {
    for version in [0, 1, 7] {
        let app = Client {
            version,
            ..client(&version.to_string())
        };
        insert_clients(&*store, tenant, std::slice::from_ref(&app)).await;
        is_stored(&*store, tenant, &Client { version: 1, ..app }).await;
    }
}

/// Every value of every enum is stored and returned unchanged.
pub async fn every_kind_of_client_is_preserved<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut kinds = Vec::new();
    kinds.extend(ClientType::ALL.iter().map(|one| Client {
        client_type: *one,
        ..client(one.as_str())
    }));
    kinds.extend(ClientStatus::ALL.iter().map(|one| Client {
        status: *one,
        ..client(one.as_str())
    }));
    kinds.extend(AuthenticationMethod::ALL.iter().map(|one| Client {
        authentication_method: Some(*one),
        ..client(one.as_str())
    }));
    kinds.extend(GrantType::ALL.iter().map(|one| Client {
        grant_types: vec![one.clone()],
        ..client(one.as_str())
    }));
    kinds.extend(SigningAlgorithm::ALL.iter().map(|one| Client {
        signing_algorithm: Some(*one),
        ..client(one.as_str())
    }));
    kinds.extend(PkceRequirement::ALL.iter().map(|one| Client {
        pkce: PkcePolicy {
            required: *one,
            ..PkcePolicy::STRICT
        },
        ..client(&format!("pkce {}", one.as_str()))
    }));
    kinds.extend(ScopeClaims::ALL.iter().map(|one| Client {
        openid: OpenIdRegistration {
            scope_claims_in_id_token: *one,
            ..OpenIdRegistration::default()
        },
        ..client(&format!("claims {}", one.as_str()))
    }));
    let switches = [[true, false], [false, true]];
    kinds.extend(switches.map(|[plain_allowed, replaces_secret]| Client {
        pkce: PkcePolicy {
            plain_allowed,
            replaces_secret,
            ..PkcePolicy::STRICT
        },
        ..client(&format!("{plain_allowed} {replaces_secret}"))
    }));
    for client in kinds {
        insert_clients(&*store, tenant, std::slice::from_ref(&client)).await;
        is_stored(&*store, tenant, &client).await;
    }
}

/// Lookup matches the identifier byte for byte.
pub async fn unknown_client_is_not_found<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[client("app")]).await;
    for id in ["App", "app ", "ap", "bystander"] {
        let found = store.find_client(tenant, &client_id(id)).await.unwrap();
        assert!(found.is_none(), "{id}");
    }
}

/// Registering a taken identifier returns `Lost` and changes nothing.
pub async fn registering_taken_client_id_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[client("app")]).await;
    let taken = store
        .insert_client(tenant, &another("app"), &event_in(tenant))
        .await;
    assert_eq!(taken.unwrap(), Race::Lost);
    is_stored(&*store, tenant, &client("app")).await;
}

/// Of concurrent registrations of one identifier, one wins.
pub async fn concurrent_registrations_of_one_client_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let won = winners(&store, |store, _| async move {
        store
            .insert_client(tenant, &client("app"), &event_in(tenant))
            .await
    });
    assert_eq!(won.await, 1);
    is_stored(&*store, tenant, &client("app")).await;
}

/// Clients are listed by the byte order of their identifiers, each with its own secrets.
pub async fn clients_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let at = |id: &str, created_at| Client {
        created_at,
        ..client(id)
    };
    let in_order = [
        at("B", later(1)),
        at("a", later(2)),
        another("a-b"),
        at("ab", NOW),
        at("z", later(1)),
    ];
    let mut reversed = in_order.clone();
    reversed.reverse();
    insert_clients(&*store, tenant, &reversed).await;
    let listed = all(store.list_clients(tenant, None, After::start()).await);
    let facts = |clients: &[Client]| clients.iter().map(facts_of_client).collect::<Vec<_>>();
    assert_eq!(facts(&listed), facts(&in_order));
}
