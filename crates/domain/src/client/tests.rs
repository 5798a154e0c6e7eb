use super::*;
use crate::test_facts::{confidential_client, public_client};
use alloc::format;

#[test]
fn public_client_must_use_pkce_regardless_of_policy() {
    let mut client = confidential_client();
    client.pkce.required = PkceRequirement::Never;
    assert_eq!(client.pkce_requirement(), PkceRequirement::Never);
    client.client_type = ClientType::Public;
    assert_eq!(client.pkce_requirement(), PkceRequirement::Always);
}

#[test]
fn native_client_of_either_type_may_vary_its_loopback_port() {
    for client in [confidential_client(), public_client()] {
        for host in ["127.0.0.1", "[::1]", "localhost"] {
            let uri = format!("http://{host}/cb");
            let client = Client {
                redirect_uris: [RedirectUri::parse(&uri).unwrap()].into(),
                ..client.clone()
            };
            let presented = format!("http://{host}:51004/cb");
            let registered = client.registered_redirect_uri(&presented);
            assert!(registered.is_ok_and(|uri| uri.is(&presented)), "{host}");
        }
    }
}

#[test]
fn client_without_loopback_uri_may_not_use_one() {
    let client = public_client();
    let presented = "http://127.0.0.1:51004/callback";
    assert_eq!(
        client.registered_redirect_uri(presented).err(),
        Some(Refusal::RedirectUriNotRegistered(Evidence::of(presented)))
    );
}

#[test]
fn aries_22_redirect_uri_must_be_within_domains() {
    let mut client = confidential_client();
    let evidence = Evidence::of("https://app.example/callback");
    let outside = Some(Refusal::RedirectUriOutsideDomains(evidence));
    client.domains = ["example.org".into()].into();
    assert_eq!(
        client
            .registered_redirect_uri("https://app.example/callback")
            .err(),
        outside.clone()
    );
    client.domains = ["example".into()].into();
    assert!(
        client
            .registered_redirect_uri("https://app.example/callback")
            .is_ok()
    );
    client.domains = ["pp.example".into()].into();
    assert_eq!(
        client
            .registered_redirect_uri("https://app.example/callback")
            .err(),
        outside
    );
}

#[test]
fn aries_22_unregistered_scope_is_refused() {
    let client = confidential_client();
    assert_eq!(
        client.registered_scope(Some("read admin").into()),
        Err(Refusal::ScopeNotRegistered(Evidence::of("admin")))
    );
    assert_eq!(
        client.registered_scope(Some("read  write").into()),
        Err(Refusal::ScopeMalformed)
    );
    assert_eq!(
        client.registered_scope(None.into()),
        Ok(client.scope.clone())
    );
}

#[test]
fn unknown_grant_type_is_kept_and_may_be_registered() {
    for known in GrantType::ALL {
        assert_eq!(GrantType::named(known.as_str()), *known);
        assert!(known.is_known());
    }
    let later = GrantType::named("urn:example:later");
    assert!(!later.is_known());
    assert_eq!(later.as_str(), "urn:example:later");
    let mut client = confidential_client();
    let refused = Refusal::GrantTypeNotAllowed(Evidence::of("urn:example:later"));
    assert_eq!(client.may_use(&later), Err(refused));
    client.grant_types = [later.clone()].into();
    assert_eq!(client.may_use(&later), Ok(()));
    let refused = Refusal::GrantTypeNotAllowed(Evidence::of("refresh_token"));
    assert_eq!(client.may_use(&GrantType::REFRESH_TOKEN), Err(refused));
}
