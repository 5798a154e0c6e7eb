//! Limits of lists and secrets.

use super::*;
use crate::resource::Resource;
use crate::scope::Scope;

#[test]
fn numbers_of_secrets_uris_domains_and_resources_are_limited() {
    let secrets = |count: usize| {
        confidential(|client| {
            let first = client.secrets[0].clone();
            let numbers = 0..count;
            client.secrets = numbers
                .map(|number| ClientSecret {
                    name: alloc::format!("secret-{number}"),
                    ..first.clone()
                })
                .collect();
        })
    };
    assert_eq!(secrets(Client::MAX_SECRETS), Ok(()));
    let broken = secrets(Client::MAX_SECRETS + 1);
    assert_eq!(broken, Err(Invalid::TooManySecrets));

    let uri = RedirectUri::parse("https://app.example/callback").unwrap();
    let resource = Resource::parse("https://api.example").unwrap();
    let (most, domain) = (Client::MAX_ENTRIES, String::from("app.example"));
    for (count, uris, domains, resources) in [
        (most, Ok(()), Ok(()), Ok(())),
        (
            most + 1,
            Err(Invalid::TooManyRedirectUris),
            Err(Invalid::TooManyDomains),
            Err(Invalid::TooManyResources),
        ),
    ] {
        let checked = confidential(|client| client.redirect_uris = vec![uri.clone(); count]);
        assert_eq!(checked, uris);
        let checked = confidential(|client| client.domains = vec![domain.clone(); count]);
        assert_eq!(checked, domains);
        let checked = confidential(|client| client.resources = vec![resource.clone(); count]);
        assert_eq!(checked, resources);
    }
}

#[test]
fn values_that_do_not_do_what_they_seem_to_are_rejected() {
    let uri = RedirectUri::parse("https://*.example/callback").unwrap();
    for with_wildcard in [
        |client: &mut Client, uri| client.redirect_uris = vec![uri],
        |client: &mut Client, uri| client.openid.post_logout_redirect_uris = vec![uri],
    ] {
        let broken = confidential(|client| with_wildcard(client, uri.clone()));
        assert_eq!(broken, Err(Invalid::RedirectUriWildcard));
    }
    let broken = confidential(|client| client.scope = Scope::parse("a,b").unwrap());
    assert_eq!(broken, Err(Invalid::ScopeWithComma));
    let machine = |scope: Scope| {
        confidential(|client| {
            client.grant_types = [GrantType::CLIENT_CREDENTIALS].into();
            client.redirect_uris.clear();
            client.scope = scope;
        })
    };
    assert_eq!(machine(Scope::none()), Err(Invalid::ScopeMissing));
    assert_eq!(machine(Scope::parse("a").unwrap()), Ok(()));
}

#[test]
fn chosen_secret_has_at_least_32_visible_characters() {
    let checked = |secret: &str| Client::check_chosen_secret(&Secret::new(secret));
    for allowed in ["x".repeat(32), "x y".repeat(85)] {
        assert_eq!(checked(&allowed), Ok(()));
    }
    for broken in [
        "x".repeat(31),
        "x".repeat(256),
        "é".repeat(32),
        "\n".repeat(32),
    ] {
        assert_eq!(checked(&broken), Err(Invalid::SecretMalformed));
    }
}
