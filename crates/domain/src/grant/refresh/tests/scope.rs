//! The `scope` parameter of a refresh.

use super::*;
use crate::scope::UnregisteredScope;

#[test]
fn refresh_can_narrow_scope_but_not_widen_it() {
    let (client, grant) = grant_at(0);
    let narrowed = issued(refresh(&client, &grant, 0, Some("read"), NOW));
    assert_eq!(narrowed.issuance.scope.as_str(), "read");
    assert_eq!(narrowed.issuance.id_token, None);
    assert_eq!(
        refresh(&client, &grant, 0, Some("read admin"), NOW),
        Decision::Refuse(Refusal::ScopeBeyondGrant(Evidence::of("admin")))
    );
    assert_eq!(
        refresh(&client, &grant, 0, Some("\"\""), NOW),
        Decision::Refuse(Refusal::ScopeMalformed)
    );
}

#[test]
fn refresh_leaves_out_scope_as_authorization_does() {
    let (client, grant) = grant_at(0);
    let caller = stored(&client)
        .authenticate(&Credential::Secret(secret()), NOW)
        .unwrap();
    let token = RefreshToken::of(&grant, 0);
    let refresh = |text, unregistered| {
        let scope = RequestedScope {
            text: Some(text),
            unregistered,
        };
        grant.refresh(&token, scope, &[], &caller, &Lifetimes::DEFAULT, NOW)
    };
    let granted = |decision| issued(decision).issuance.scope;
    let offline = refresh("openid read offline_access", UnregisteredScope::Refuse);
    assert_eq!(granted(offline).as_str(), "openid read");
    let ignored = refresh("openid read admin", UnregisteredScope::Ignore);
    assert_eq!(granted(ignored).as_str(), "openid read");
    assert_eq!(
        refresh("admin", UnregisteredScope::Ignore),
        Decision::Refuse(Refusal::ScopeBeyondGrant(Evidence::of("admin")))
    );
}
