use super::*;
use crate::client::ClientId;
use crate::client::dynamic::DynamicRegistration;
use crate::secret::Secret;
use crate::test_facts::NOW;
use alloc::borrow::ToOwned as _;
use alloc::string::ToString;

fn metadata(uris: &[&str]) -> ClientMetadata {
    ClientMetadata {
        redirect_uris: uris.iter().map(ToString::to_string).collect(),
        ..ClientMetadata::default()
    }
}

fn applied(
    metadata: &ClientMetadata,
    policy: &RegistrationPolicy,
) -> Result<Client, InvalidMetadata> {
    let id = ClientId::parse("client_1").unwrap();
    let mut client = Client::new(id, "", metadata.client_type()?, NOW);
    client.dynamic = Some(DynamicRegistration {
        access_token: Secret::new("token").digest(),
        initial_access_token: None,
        links: ClientLinks::default(),
    });
    metadata.apply(&mut client, policy)?;
    client.check_registration()?;
    Ok(client)
}

fn with(change: impl FnOnce(&mut ClientMetadata)) -> Result<Client, InvalidMetadata> {
    let mut metadata = metadata(&["https://app.example/cb"]);
    change(&mut metadata);
    applied(&metadata, &RegistrationPolicy::default())
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Returns the error code and, for a member, its name.
fn refused(result: Result<Client, InvalidMetadata>) -> (&'static str, &'static str) {
    let error = result.unwrap_err();
    let name = match error {
        InvalidMetadata::Member(name, _) => name,
        _ => "",
    };
    (error.code().as_str(), name)
}

#[test]
fn absent_members_get_defaults_of_rfc_7591() {
    let client = with(|_| {}).unwrap();
    assert_eq!(client.name, "client_1");
    assert_eq!(client.client_type, ClientType::Confidential);
    let basic = Some(AuthenticationMethod::ClientSecretBasic);
    assert_eq!(client.authentication_method, basic);
    assert_eq!(client.grant_types, [GrantType::AUTHORIZATION_CODE]);
    assert_eq!(client.scope.as_str(), RegistrationPolicy::SCOPE);
    assert!(!client.first_party);
}

#[test]
fn method_none_registers_public_client() {
    let client = with(|own| own.token_endpoint_auth_method = Some("none".into())).unwrap();
    assert_eq!(client.client_type, ClientType::Public);
    let unknown = with(|own| own.token_endpoint_auth_method = Some("magic".into()));
    let expected = ("invalid_client_metadata", "token_endpoint_auth_method");
    assert_eq!(refused(unknown), expected);
}

#[test]
fn redirect_uris_follow_rules_and_policy() {
    let code = |uris: &[&str]| refused(applied(&metadata(uris), &RegistrationPolicy::default())).0;
    for uris in [
        &[][..],
        &["http://app.example/cb"],
        &["https://app.example/cb#x"],
        &["com.example.app:/cb"],
        &["https://app.example/cb", "javascript:alert(1)"],
    ] {
        assert_eq!(code(uris), "invalid_redirect_uri", "{uris:?}");
    }
    let policy = RegistrationPolicy {
        denied_hosts: texts(&["app.example"]),
        ..RegistrationPolicy::default()
    };
    let denied = applied(&metadata(&["https://app.example/cb"]), &policy);
    assert_eq!(denied.unwrap_err(), InvalidMetadata::RedirectUriNotAllowed);
}

#[test]
fn grant_types_must_be_allowed_and_fit_response_types() {
    let grant_types = |own: &[&str]| refused(with(|metadata| metadata.grant_types = texts(own)));
    let expected = ("invalid_client_metadata", "grant_types");
    for own in [
        &["client_credentials"][..],
        &["authorization_code", "implicit"],
    ] {
        assert_eq!(grant_types(own), expected, "{own:?}");
    }
    let alone = refused(with(|own| own.grant_types = texts(&["refresh_token"])));
    assert_eq!(alone.0, "invalid_client_metadata");
    for types in [&["token"][..], &["code", "id_token"]] {
        let expected = ("invalid_client_metadata", "response_types");
        assert_eq!(
            refused(with(|own| own.response_types = texts(types))),
            expected
        );
    }
    let both = with(|own| {
        own.grant_types = texts(&["refresh_token", "authorization_code"]);
        own.response_types = texts(&["code"]);
    });
    let expected = [GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN];
    assert_eq!(both.unwrap().grant_types, expected);
}

#[test]
fn scope_is_narrowed_to_policy() {
    let scope = |text: &str| with(|own| own.scope = Some(text.into()));
    assert_eq!(
        scope("openid admin email").unwrap().scope.as_str(),
        "openid email"
    );
    assert_eq!(
        refused(scope("admin")),
        ("invalid_client_metadata", "scope")
    );
    assert_eq!(refused(scope("a\"b")).0, "invalid_client_metadata");
}

#[test]
fn keys_count_only_for_private_key_jwt_and_not_twice() {
    let jwks = || Some("{\"keys\":[]}".to_owned());
    let unused = with(|own| own.jwks = jwks()).unwrap();
    assert_eq!(unused.keys, None);
    let method = || Some("private_key_jwt".to_owned());
    let used = with(|own| {
        own.token_endpoint_auth_method = method();
        own.jwks_uri = Some("https://app.example/jwks".into());
    });
    assert!(matches!(used.unwrap().keys, Some(KeySource::Published(_))));
    let both = with(|own| {
        own.jwks = jwks();
        own.jwks_uri = Some("https://app.example/jwks".into());
    });
    assert_eq!(refused(both), ("invalid_client_metadata", "jwks"));
    let missing = refused(with(|own| own.token_endpoint_auth_method = method()));
    assert_eq!(missing.0, "invalid_client_metadata");
}

/// Change that makes a member invalid.
type Change = fn(&mut ClientMetadata);

#[test]
fn unsupported_openid_metadata_is_refused() {
    let changes: [(&str, Change); 10] = [
        ("application_type", |own| {
            own.application_type = Some("desktop".into());
        }),
        ("subject_type", |own| {
            own.subject_type = Some("pairwise".into());
        }),
        ("id_token_signed_response_alg", |own| {
            own.id_token_signed_response_alg = Some("HS256".into());
        }),
        ("userinfo_signed_response_alg", |own| {
            own.userinfo_signed_response_alg = Some("none".into());
        }),
        ("post_logout_redirect_uris", |own| {
            own.post_logout_redirect_uris = texts(&["nowhere"]);
        }),
        ("backchannel_logout_uri", |own| {
            own.backchannel_logout_uri = Some("com.example.app:/x".into());
        }),
        ("backchannel_logout_uri", |own| {
            own.backchannel_logout_uri = Some("http://127.0.0.1/logout".into());
        }),
        ("jwks_uri", |own| {
            own.token_endpoint_auth_method = Some("private_key_jwt".into());
            own.jwks_uri = Some("http://127.0.0.1/keys".into());
        }),
        ("frontchannel_logout_uri", |own| {
            own.frontchannel_logout_uri = Some("https://other.example/logout".into());
        }),
        ("policy_uri", |own| {
            own.policy_uri = Some("http://app.example/".into());
        }),
    ];
    for (name, change) in changes {
        assert_eq!(refused(with(change)), ("invalid_client_metadata", name));
    }
}

#[test]
fn client_type_cannot_change() {
    let mut client = with(|_| {}).unwrap();
    let mut public = metadata(&["https://app.example/cb"]);
    public.token_endpoint_auth_method = Some("none".into());
    let refused = public.apply(&mut client, &RegistrationPolicy::default());
    assert!(matches!(
        refused,
        Err(InvalidMetadata::Member("token_endpoint_auth_method", _))
    ));
}

#[test]
fn client_without_secret_cannot_change_to_one() {
    let mut client = with(|_| {}).unwrap();
    client.secrets.clear();
    let change = metadata(&["https://app.example/cb"]);
    let policy = RegistrationPolicy::default();
    assert!(change.apply(&mut client, &policy).is_ok());
    client.version = 1;
    let refused = change.apply(&mut client, &policy);
    assert!(matches!(
        refused,
        Err(InvalidMetadata::Member("token_endpoint_auth_method", _))
    ));
}
