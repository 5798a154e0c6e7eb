use super::*;
use crate::client::{ClientSecret, ClientStatus};
use crate::test_facts::{NOW, confidential_client, public_client, secret, stored};
use alloc::vec::Vec;
use core::time::Duration;

#[test]
fn caller_names_the_matching_secret() {
    let client = confidential_client();
    let proof = stored(&client)
        .authenticate(&Credential::Secret(secret()), NOW)
        .unwrap();
    assert_eq!(proof.secret_name(), Some("first"));
}

#[test]
fn wrong_or_missing_secret_is_refused() {
    let client = confidential_client();
    let wrong = Credential::Secret(Secret::new("guess"));
    assert_eq!(
        stored(&client).authenticate(&wrong, NOW).err(),
        Some(Refusal::SecretWrong)
    );
    assert_eq!(
        stored(&client).authenticate(&Credential::None, NOW).err(),
        Some(Refusal::SecretMissing)
    );
}

#[test]
fn client_may_use_several_secrets_until_each_expires() {
    let mut client = confidential_client();
    client.secrets.push(ClientSecret {
        name: "second".into(),
        digest: Secret::new("next").digest(),
        created_at: NOW,
        expires_at: Some(NOW.plus(Duration::from_secs(10))),
        last_used_at: None,
    });
    let next = Credential::Secret(Secret::new("next"));
    assert!(
        stored(&client)
            .authenticate(&Credential::Secret(secret()), NOW)
            .is_ok()
    );
    assert!(stored(&client).authenticate(&next, NOW).is_ok());
    let later = NOW.plus(Duration::from_secs(10));
    assert_eq!(
        stored(&client).authenticate(&next, later).err(),
        Some(Refusal::SecretExpired(Evidence::of("second")))
    );
    assert!(
        stored(&client)
            .authenticate(&Credential::Secret(secret()), later)
            .is_ok()
    );
}

#[test]
fn aries_21_suspended_and_inactive_clients_are_refused() {
    for status in [ClientStatus::Suspended, ClientStatus::Inactive] {
        let mut client = confidential_client();
        client.status = status;
        let judged = stored(&client).authenticate(&Credential::Secret(secret()), NOW);
        assert_eq!(judged.err(), Some(Refusal::ClientDisabled));
        let guess = stored(&client).authenticate(&Credential::Secret(Secret::new("guess")), NOW);
        assert_eq!(guess.err(), Some(Refusal::SecretWrong));
    }
}

#[test]
fn public_client_that_sends_secret_is_refused() {
    let client = public_client();
    assert!(stored(&client).authenticate(&Credential::None, NOW).is_ok());
    let judged = stored(&client).authenticate(&Credential::Secret(secret()), NOW);
    assert_eq!(judged.err(), Some(Refusal::SecretUnexpected));
}

#[test]
fn pkce_policy_lets_confidential_client_omit_its_secret() {
    let mut client = confidential_client();
    client.pkce.replaces_secret = true;
    assert!(
        stored(&client)
            .authenticate(&Credential::None, NOW)
            .unwrap()
            .owes_a_verifier()
    );
}

#[test]
fn client_may_use_only_its_registered_authentication_method() {
    use AuthenticationMethod as By;
    let mut client = confidential_client();
    let mut allowed = |registered: Option<By>| {
        client.authentication_method = registered;
        let may = |method: &By| {
            let judged = client.may_authenticate_by(*method);
            let evidence = Evidence::of(method.as_str());
            let refused = Err(Refusal::AuthenticationMethodNotAllowed(evidence));
            assert!(judged.is_ok() || judged == refused, "{judged:?}");
            judged.is_ok()
        };
        let methods = By::ALL.iter().copied();
        methods.filter(|method| may(method)).collect::<Vec<By>>()
    };
    let either_way = [By::None, By::ClientSecretBasic, By::ClientSecretPost];
    assert_eq!(allowed(None), either_way);
    assert_eq!(allowed(Some(By::None)), [By::None]);
    for registered in [
        By::ClientSecretBasic,
        By::ClientSecretPost,
        By::PrivateKeyJwt,
    ] {
        assert_eq!(allowed(Some(registered)), [By::None, registered]);
    }
}

#[test]
fn private_key_jwt_client_without_assertion_is_refused() {
    let mut client = confidential_client();
    client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
    let judged = stored(&client).authenticate(&Credential::None, NOW);
    assert_eq!(judged.err(), Some(Refusal::SecretMissing));
}

#[test]
fn invalid_registration_does_not_register_client() {
    let mut client = confidential_client();
    assert!(client.registered().is_ok());
    client.grant_types.clear();
    let broken = client.registered().err();
    assert_eq!(broken, Some(InvalidRegistration::GrantTypeMissing));
}

const BY_CERTIFICATE: AuthenticationMethod = AuthenticationMethod::Custom("tls_client_auth");

fn certificate_client() -> Client {
    Client {
        authentication_method: Some(BY_CERTIFICATE),
        ..confidential_client()
    }
}

#[test]
fn custom_method_authenticates_only_client_registered_for_it() {
    let client = certificate_client();
    assert!(client.registered().is_ok());
    let caller = stored(&client).assume_authenticated_by(BY_CERTIFICATE);
    assert!(caller.is_ok_and(|caller| caller.is_authenticated()));
    let other = AuthenticationMethod::Custom("spiffe_jwt");
    for (client, method) in [
        (client.clone(), other),
        (confidential_client(), BY_CERTIFICATE),
        (confidential_client(), AuthenticationMethod::None),
        (client, AuthenticationMethod::ClientSecretBasic),
    ] {
        let judged = stored(&client).assume_authenticated_by(method);
        let evidence = Evidence::of(method.as_str());
        let refused = Refusal::AuthenticationMethodNotAllowed(evidence);
        assert_eq!(judged.err(), Some(refused));
    }
}

#[test]
fn custom_method_refuses_public_and_disabled_clients() {
    let mut client = certificate_client();
    client.status = ClientStatus::Suspended;
    let judged = stored(&client).assume_authenticated_by(BY_CERTIFICATE);
    assert_eq!(judged.err(), Some(Refusal::ClientDisabled));
    client.client_type = ClientType::Public;
    let judged = stored(&client).assume_authenticated_by(BY_CERTIFICATE);
    assert_eq!(judged.err(), Some(Refusal::SecretUnexpected));
}

#[test]
fn secret_does_not_replace_stronger_registered_method() {
    for method in [AuthenticationMethod::PrivateKeyJwt, BY_CERTIFICATE] {
        let client = Client {
            authentication_method: Some(method),
            ..confidential_client()
        };
        let judged = stored(&client).authenticate(&Credential::Secret(secret()), NOW);
        let evidence = Evidence::of("client_secret");
        let refused = Refusal::AuthenticationMethodNotAllowed(evidence);
        assert_eq!(judged.err(), Some(refused));
    }
}
