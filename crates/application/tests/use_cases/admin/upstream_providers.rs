//! Commands about upstream providers.

use crate::admin::{events, root};
use crate::fakes::Fixed;
use crate::world::tenant;
use countersign_application::admin::AdminError;
use countersign_application::admin::upstream_providers::{UpstreamProviderAdmin, WantedProvider};
use countersign_domain::audit::operator::{Operator, Permissions};
use countersign_domain::evidence::Evidence;
use countersign_domain::federation::protocol::{UpstreamAuthentication, UpstreamProtocol};
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::refusal::Refusal;
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

/// Returns a provider in a private network.
fn local() -> WantedProvider {
    let name = ProviderName::parse("corp").unwrap();
    let issuer = UpstreamUrl::parse("http://127.0.0.1:9000").unwrap();
    let protocol = UpstreamProtocol::OpenIdConnect { issuer };
    let mut values = UpstreamProvider::new(name, None, protocol, "countersign", fixtures::NOW);
    values.authentication = UpstreamAuthentication::None;
    values.allow_private_network = true;
    WantedProvider {
        values,
        secret: None,
    }
}

/// Returns an owner who signed in with two factors.
fn owner() -> Operator {
    Operator {
        permissions: Permissions::ALL,
        has_second_factor: true,
        ..Operator::owner(fixtures::user_id(1), None)
    }
}

fn admin() -> UpstreamProviderAdmin<MemoryStore> {
    UpstreamProviderAdmin {
        store: Arc::new(MemoryStore::default()),
        vault: Arc::new(Fixed),
        events: events(),
        clock: Arc::new(Fixed),
    }
}

#[tokio::test]
async fn only_operator_of_the_server_lets_it_reach_private_networks() {
    let second = fixtures::second_tenant();
    let refused = admin().create(&second, &owner(), &local()).await;
    let missing = Evidence::of("upstream-providers:private-networks");
    let expected = Refusal::PermissionMissing(missing);
    assert!(
        matches!(&refused, Err(AdminError::Refused(own)) if *own == expected),
        "{refused:?}"
    );
    for (tenant, operator) in [(&second, root()), (tenant(), &owner())] {
        let created = admin().create(tenant, operator, &local()).await;
        assert!(created.is_ok(), "{created:?}");
    }
}
