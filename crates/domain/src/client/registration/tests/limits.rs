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
    let checked = |change: &dyn Fn(&mut Client)| {
        let mut client = confidential_client();
        change(&mut client);
        client.check_mistakes()
    };
    let broken = checked(&|client| client.redirect_uris = vec![uri.clone()]);
    assert_eq!(broken, Err(Invalid::RedirectUriWildcard));
    let after_logout = |client: &mut Client| {
        client.openid.post_logout_redirect_uris = vec![uri.clone()];
    };
    assert_eq!(checked(&after_logout), Err(Invalid::RedirectUriWildcard));
    let broken = checked(&|client| client.scope = Scope::parse("a,b").unwrap());
    assert_eq!(broken, Err(Invalid::ScopeWithComma));
    let broken = checked(&|client| {
        client.redirect_uris.clear();
        client.scope = Scope::none();
    });
    assert_eq!(broken, Err(Invalid::ScopeMissing));
    assert_eq!(checked(&|client| client.scope = Scope::none()), Ok(()));
    assert_eq!(checked(&|client| client.redirect_uris.clear()), Ok(()));
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
