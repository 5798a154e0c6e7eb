use crate::documents::client::{self, ClientColumns};
use crate::documents::definition::{self, Columns};
use countersign_domain::client::dynamic::DynamicRegistration;
use countersign_domain::client::dynamic::policy::RegistrationMode;
use countersign_domain::client::{Client, ClientId, GrantType};
use countersign_domain::time::Timestamp;
use countersign_ports::{Definition, DefinitionKind};

const CLIENT: &str = include_str!("../golden/registration/client.json").trim_ascii();
const TENANT: &str = include_str!("../golden/registration/tenant.json").trim_ascii();
const TOKEN: &str = include_str!("../golden/registration/initial_access_token.json").trim_ascii();

fn read(document: &str) -> Option<Client> {
    let columns = ClientColumns {
        id: ClientId::parse("client_1").unwrap(),
        secrets: Vec::new(),
        created_at: Timestamp::from_unix_seconds(1),
        version: 7,
    };
    client::read("clients.document", document, columns).ok()
}

#[test]
fn golden_self_registered_client_has_expected_values() {
    let client = read(CLIENT).unwrap();
    let DynamicRegistration {
        access_token,
        initial_access_token,
        links,
    } = client.dynamic.clone().unwrap();
    assert_eq!(access_token.as_bytes(), &[7; 32]);
    assert_eq!(initial_access_token.unwrap().as_str(), "partner");
    assert_eq!(
        links.policy.unwrap().as_str(),
        "https://app.example/privacy"
    );
    assert_eq!(links.home, None);
    assert_eq!(client::write(&client).unwrap(), CLIENT);
}

#[test]
fn older_version_must_know_self_registration() {
    assert!(CLIENT.ends_with(r#""requires":["dynamic_registration"]}"#));
    let other = CLIENT.replace("[\"dynamic_registration\"]", "[\"later\"]");
    assert!(read(&other).is_none());
    let short = CLIENT.replace("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "Bwc");
    assert!(read(&short).is_none());
}

#[test]
fn golden_policy_of_tenant_has_expected_values() {
    let read = |document: &str| {
        let columns = Columns {
            id: "acme".into(),
            created_at: Timestamp::from_unix_seconds(1),
            version: 7,
        };
        match definition::read(DefinitionKind::RegisteredTenant, document, columns) {
            Ok(Definition::RegisteredTenant(tenant)) => Some(tenant),
            _ => None,
        }
    };
    let tenant = read(TENANT).unwrap();
    let own = &tenant.overrides.registration;
    assert_eq!(own.mode, Some(RegistrationMode::Anonymous));
    assert_eq!(own.scope.as_ref().unwrap().as_str(), "openid");
    assert_eq!(own.grant_types, Some(vec![GrantType::AUTHORIZATION_CODE]));
    assert_eq!(own.redirect_hosts, None);
    assert_eq!(own.denied_hosts, Some(vec!["evil.example".into()]));
    assert_eq!(own.unused_lifetime.unwrap().as_secs(), 86_400);
    assert_eq!((own.most_clients, own.attempts), (Some(5), Some(6)));
    let written = definition::write(&Definition::RegisteredTenant(tenant));
    assert_eq!(written.unwrap(), TENANT);
    assert!(read(&TENANT.replace("anonymous", "magic")).is_none());
}

#[test]
fn golden_initial_access_token_has_expected_values() {
    let read = |id: &str| {
        let columns = Columns {
            id: id.into(),
            created_at: Timestamp::from_unix_seconds(1),
            version: 7,
        };
        definition::read(DefinitionKind::InitialAccessToken, TOKEN, columns).ok()
    };
    let Some(Definition::InitialAccessToken(token)) = read("partner") else {
        panic!("unreadable");
    };
    assert_eq!(token.digest.as_bytes(), &[7; 32]);
    assert_eq!(token.expires_at, Some(Timestamp::from_unix_seconds(2)));
    assert_eq!(token.most_uses, Some(3));
    let written = definition::write(&Definition::InitialAccessToken(token));
    assert_eq!(written.unwrap(), TOKEN);
    assert!(read("Partner").is_none());
}
