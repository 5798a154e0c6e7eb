use super::*;
use crate::identifier::UserId;
use crate::scope::Scope;
use crate::test_facts::{NOW, public_client};
use alloc::vec::Vec;
use core::time::Duration;

fn registration() -> DynamicRegistration {
    DynamicRegistration {
        access_token: Secret::new("token").digest(),
        initial_access_token: None,
        links: ClientLinks::default(),
    }
}

fn stranger() -> Client {
    Client {
        dynamic: Some(registration()),
        ..public_client()
    }
}

#[test]
fn self_registered_client_is_never_first_party() {
    let mut client = stranger();
    assert_eq!(client.check_registration(), Ok(()));
    client.first_party = true;
    assert!(!client.is_first_party());
    let refused = Err(InvalidRegistration::DynamicFirstParty);
    assert_eq!(client.check_registration(), refused);
    client.dynamic = None;
    assert!(client.is_first_party());
    assert_eq!(client.check_registration(), Ok(()));
}

#[test]
fn self_registered_client_gets_no_client_credentials() {
    let mut client = Client {
        dynamic: Some(registration()),
        ..crate::test_facts::confidential_client()
    };
    client.grant_types = [GrantType::CLIENT_CREDENTIALS].into();
    let refused = Err(InvalidRegistration::DynamicClientCredentials);
    assert_eq!(client.check_registration(), refused);
}

#[test]
fn self_registered_client_is_not_for_administration() {
    const API: &str = "https://auth.example/admin/v1";
    let mut client = stranger();
    client.resources = [crate::resource::Resource::parse(API).unwrap()].into();
    assert!(client.names_admin_api(API) && !client.is_for_administration(API));
    client.dynamic = None;
    assert!(client.is_for_administration(API));
}

#[test]
fn self_registered_client_receives_no_request_errors() {
    assert!(!stranger().receives_request_errors());
    assert!(public_client().receives_request_errors());
}

#[test]
fn self_registered_client_signs_no_users_in() {
    assert!(!stranger().may_sign_users_in());
    assert!(public_client().may_sign_users_in());
}

#[test]
fn only_own_token_manages_registration() {
    let client = stranger();
    assert!(client.is_managed_with(&Secret::new("token")));
    assert!(!client.is_managed_with(&Secret::new("other")));
    assert!(!public_client().is_managed_with(&Secret::new("token")));
}

#[test]
fn consent_from_before_a_change_counts_no_more() {
    let consent = |seconds| Consent {
        user: UserId::from_bytes([1; 16]),
        client: stranger().id,
        scope: Scope::parse("openid").unwrap(),
        given_at: NOW.plus(Duration::from_secs(seconds)),
    };
    let mut client = stranger();
    client.updated_at = None;
    assert!(client.honors(&consent(0)));
    client.updated_at = Some(NOW.plus(Duration::from_secs(10)));
    assert!(!client.honors(&consent(9)) && !client.honors(&consent(10)));
    assert!(client.honors(&consent(11)));
    client.dynamic = None;
    assert!(client.honors(&consent(9)));
}

#[test]
fn loopback_warning_needs_only_loopback_redirects() {
    let with = |uris: &[&str]| {
        let uris = uris.iter().map(|uri| RedirectUri::parse(uri).unwrap());
        Client {
            redirect_uris: uris.collect::<Vec<_>>(),
            ..stranger()
        }
    };
    assert!(with(&["http://127.0.0.1/cb", "http://localhost/cb"]).warns_of_loopback());
    assert!(!with(&["http://127.0.0.1/cb", "https://app.example/cb"]).warns_of_loopback());
    assert!(!with(&[]).warns_of_loopback());
    let mut own = with(&["http://127.0.0.1/cb"]);
    own.dynamic = None;
    assert!(!own.warns_of_loopback());
}
