mod limits;

use super::InvalidRegistration as Invalid;
use super::*;
use crate::client::ClientSecret;
use crate::client::openid_registration::Sector;
use crate::client::redirect_uri::RedirectUri;
use crate::test_facts::{confidential_client, public_client};
use alloc::string::String;
use alloc::vec;
use core::time::Duration;

fn with(mut client: Client, change: impl FnOnce(&mut Client)) -> Result<(), Invalid> {
    change(&mut client);
    client.check_registration()
}

fn confidential(change: impl FnOnce(&mut Client)) -> Result<(), Invalid> {
    with(confidential_client(), change)
}

fn public(change: impl FnOnce(&mut Client)) -> Result<(), Invalid> {
    with(public_client(), change)
}

#[test]
fn valid_clients_are_accepted() {
    assert_eq!(confidential(|_| {}), Ok(()));
    assert_eq!(public(|_| {}), Ok(()));
    let machine = confidential(|client| {
        client.grant_types = [GrantType::CLIENT_CREDENTIALS].into();
        client.redirect_uris.clear();
        client.signing_algorithm = Some(SigningAlgorithm::Hs256);
        client.pkce.required = PkceRequirement::Never;
    });
    assert_eq!(machine, Ok(()));
}

#[test]
fn client_name_must_be_short_and_printable() {
    for name in ["", "two\nlines", "a\u{1b}[2J", &"n".repeat(201)] {
        assert_eq!(
            confidential(|client| client.name = name.into()),
            Err(Invalid::NameMalformed)
        );
    }
    assert_eq!(confidential(|client| client.name = "ä".repeat(200)), Ok(()));
}

#[test]
fn grant_types_must_be_consistent() {
    assert_eq!(
        confidential(|client| client.grant_types.clear()),
        Err(Invalid::GrantTypeMissing)
    );
    assert_eq!(
        confidential(|client| client.grant_types = [GrantType::REFRESH_TOKEN].into()),
        Err(Invalid::RefreshWithoutCode)
    );
    for grant_type in [
        GrantType::DEVICE_CODE,
        GrantType::custom("urn:example:voucher"),
    ] {
        let with_refresh = |client: &mut Client| {
            client.grant_types = [grant_type, GrantType::REFRESH_TOKEN].into();
            client.redirect_uris.clear();
        };
        assert_eq!(confidential(with_refresh), Ok(()));
    }
    assert_eq!(
        confidential(|client| client.redirect_uris.clear()),
        Err(Invalid::RedirectUriMissing)
    );
}

#[test]
fn public_client_settings_that_need_secret_are_rejected() {
    assert_eq!(
        public(|client| client.grant_types.push(GrantType::CLIENT_CREDENTIALS)),
        Err(Invalid::PublicClientCredentials)
    );
    assert_eq!(
        public(|client| client.secrets = confidential_client().secrets),
        Err(Invalid::PublicSecret)
    );
    assert_eq!(
        public(|client| client.pkce.replaces_secret = true),
        Err(Invalid::PublicPkceReplacesSecret)
    );
    assert_eq!(
        public(|client| client.signing_algorithm = Some(SigningAlgorithm::Hs256)),
        Err(Invalid::PublicSharedKey)
    );
    for required in [PkceRequirement::UnlessNonce, PkceRequirement::Never] {
        assert_eq!(
            public(|client| client.pkce.required = required),
            Err(Invalid::PublicWithoutPkce)
        );
    }
}

#[test]
fn redirect_uri_outside_domains_is_rejected_at_registration() {
    assert_eq!(
        confidential(|client| client.domains = ["example.org".into()].into()),
        Err(Invalid::RedirectUriOutsideDomains)
    );
    assert_eq!(
        confidential(|client| client.domains = ["app.example".into()].into()),
        Ok(())
    );
}

#[test]
fn domain_must_be_bare_host_name() {
    for domain in [
        "",
        "https://app.example",
        "App.example",
        "a..b",
        ".example",
        "app.example:8",
        "*.example",
    ] {
        assert_eq!(
            confidential(|client| client.domains = [domain.into()].into()),
            Err(Invalid::DomainMalformed),
            "{domain}"
        );
    }
}

#[test]
fn secret_names_must_be_unique_and_not_empty() {
    assert_eq!(
        confidential(|client| client.secrets.extend(confidential_client().secrets)),
        Err(Invalid::SecretNameTaken)
    );
    assert_eq!(
        confidential(|client| client.secrets[0].name = String::new()),
        Err(Invalid::SecretNameMalformed)
    );
}

#[test]
fn pairwise_client_needs_sector() {
    let sector = |host: &str| {
        confidential(|client| {
            client.openid.subject_type = SubjectType::Pairwise(Sector {
                host: host.into(),
                salt: [1; 32],
            });
        })
    };
    assert_eq!(sector(""), Err(Invalid::SectorMissing));
    assert_eq!(sector("app.example"), Ok(()));
}

#[test]
fn logout_uri_must_be_http_or_https() {
    let uri = RedirectUri::parse("com.example.app:/logout").unwrap();
    assert_eq!(
        confidential(|client| client.openid.backchannel_logout_uri = Some(uri.clone())),
        Err(Invalid::LogoutUriNotHttp)
    );
    assert_eq!(
        confidential(|client| client.openid.frontchannel_logout_uri = Some(uri.clone())),
        Err(Invalid::LogoutUriNotHttp)
    );
}

#[test]
fn empty_audience_is_rejected() {
    assert_eq!(
        confidential(|client| client.audience = Some(String::new())),
        Err(Invalid::AudienceMalformed)
    );
}

#[test]
fn access_token_lifetime_must_be_one_second_to_one_day() {
    let lifetime = |seconds| {
        confidential(|client| {
            client.access_token_lifetime = Some(Duration::from_secs(seconds));
        })
    };
    assert_eq!(lifetime(0), Err(Invalid::AccessTokenLifetime));
    assert_eq!(lifetime(1), Ok(()));
    assert_eq!(lifetime(86_400), Ok(()));
    assert_eq!(lifetime(86_401), Err(Invalid::AccessTokenLifetime));
}

fn keys(length: usize) -> KeySource {
    KeySource::Registered(Jwks::new("k".repeat(length)))
}

#[test]
fn key_set_and_private_key_jwt_require_each_other() {
    let registered = |method, keys: Option<KeySource>| {
        confidential(|client| {
            client.authentication_method = method;
            client.keys = keys;
        })
    };
    let by_key = Some(AuthenticationMethod::PrivateKeyJwt);
    assert_eq!(registered(by_key, Some(keys(1))), Ok(()));
    assert_eq!(registered(by_key, None), Err(Invalid::KeysWithoutMethod));
    for method in [
        None,
        Some(AuthenticationMethod::ClientSecretBasic),
        Some(AuthenticationMethod::ClientSecretPost),
    ] {
        assert_eq!(registered(method, None), Ok(()));
        let broken = registered(method, Some(keys(1)));
        assert_eq!(broken, Err(Invalid::KeysWithoutMethod));
    }
}

#[test]
fn key_set_over_maximum_length_is_rejected() {
    let registered = |length| {
        confidential(|client| {
            client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
            client.keys = Some(keys(length));
        })
    };
    assert_eq!(registered(Jwks::MAX_LENGTH), Ok(()));
    let broken = registered(Jwks::MAX_LENGTH + 1);
    assert_eq!(broken, Err(Invalid::KeysTooLong));
}

#[test]
fn jwks_uri_must_be_web_url() {
    let registered = |uri: &str| {
        confidential(|client| {
            client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
            client.keys = Some(KeySource::Published(RedirectUri::parse(uri).unwrap()));
        })
    };
    assert_eq!(registered("https://app.example/jwks.json"), Ok(()));
    assert_eq!(registered("http://127.0.0.1:8080/jwks.json"), Ok(()));
    let broken = registered("com.example.app:/jwks.json");
    assert_eq!(broken, Err(Invalid::KeysUriNotHttp));
}

#[test]
fn method_none_is_only_for_public_clients() {
    let other_type = Err(Invalid::MethodOfAnotherType);
    for method in AuthenticationMethod::ALL.iter().copied() {
        let is_none = method == AuthenticationMethod::None;
        let register = |client: &mut Client| {
            client.authentication_method = Some(method);
            if method == AuthenticationMethod::PrivateKeyJwt {
                client.keys = Some(keys(1));
            }
        };
        let of_public = if is_none { Ok(()) } else { other_type };
        assert_eq!(public(register), of_public, "{method:?}");
        let of_confidential = if is_none { other_type } else { Ok(()) };
        assert_eq!(confidential(register), of_confidential, "{method:?}");
    }
}

#[test]
fn custom_method_with_built_in_name_is_rejected() {
    let registered = |name| {
        with(confidential_client(), |client| {
            client.authentication_method = Some(AuthenticationMethod::Custom(name));
        })
    };
    assert_eq!(registered("private_key_jwt"), Err(Invalid::MethodReserved));
    assert_eq!(registered("tls_client_auth"), Ok(()));
}
