//! Requested scope that the client is not registered for.

use super::*;
use crate::scope::UnregisteredScope;
use alloc::borrow::ToOwned as _;

#[test]
fn unregistered_offline_access_is_left_out() {
    let mut client = confidential_client();
    let request = AuthorizationRequest {
        scope: Some("openid offline_access read"),
        ..request()
    };
    let scope = |client: &Client| {
        let judged = stored(client)
            .judge(&request, RequestPolicy::default())
            .unwrap();
        let shown = judged.to_agree_to().unwrap();
        assert_eq!(
            judged.access().scope,
            shown,
            "consent covers what is granted"
        );
        shown
    };
    assert_eq!(scope(&client).as_str(), "openid read");
    client.scope = Scope::parse("openid read offline_access").unwrap();
    assert_eq!(scope(&client).as_str(), "openid offline_access read");
}

#[test]
fn unregistered_scope_is_left_out_if_tenant_ignores_it() {
    let client = confidential_client();
    let policy = RequestPolicy {
        unregistered_scope: UnregisteredScope::Ignore,
        ..RequestPolicy::default()
    };
    let judged = |scope| {
        let request = AuthorizationRequest {
            scope: Some(scope),
            ..request()
        };
        let judged = stored(&client).judge(&request, policy);
        judged.map(|asked| asked.access().scope.as_str().to_owned())
    };
    assert_eq!(judged("openid groups read"), Ok("openid read".into()));
    let refused = |token: &str| Err(Refusal::ScopeNotRegistered(Evidence::of(token)));
    assert_eq!(judged("groups roles"), refused("groups roles"));
    assert_eq!(judged("groups  read"), Err(Refusal::ScopeMalformed));
}
