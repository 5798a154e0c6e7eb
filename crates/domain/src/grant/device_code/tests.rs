use super::*;
use crate::checks::names;
use crate::client::authentication::Credential;
use crate::client::{Client, ClientId, ClientType};
use crate::grant::redemption::Insertion;
use crate::identifier::{SessionId, Subject};
use crate::resource::Resource;
use crate::scope::Scope;
use crate::test_facts::{NOW, confidential_client, login, public_client, secret, session, stored};

fn device_client(client: Client) -> Client {
    let device = [GrantType::DEVICE_CODE, GrantType::REFRESH_TOKEN];
    Client {
        grant_types: device.into(),
        redirect_uris: [].into(),
        ..client
    }
}

fn caller(client: &Client) -> Caller<'_> {
    let credential = match client.client_type {
        ClientType::Public => Credential::None,
        ClientType::Confidential => Credential::Secret(secret()),
    };
    stored(client).authenticate(&credential, NOW).unwrap()
}

fn requested(client: &Client, change: impl FnOnce(&mut DeviceAuthorization<'_>)) -> DeviceRequest {
    ask(client, change).unwrap()
}

fn ask(
    client: &Client,
    change: impl FnOnce(&mut DeviceAuthorization<'_>),
) -> Result<DeviceRequest, Refusal> {
    let mut request = DeviceAuthorization {
        scope: None.into(),
        resources: &[],
        address: "192.0.2.1".parse().ok(),
    };
    change(&mut request);
    let grant = GrantId::from_bytes([4; 16]);
    caller(client).request_device(&request, grant, &Lifetimes::DEFAULT, NOW)
}

fn owner() -> ResourceOwner {
    ResourceOwner::of_session(&session())
}

fn polled(request: &DeviceRequest, client: &Client, now: Timestamp) -> Option<Refusal> {
    let judged = request.redeem(&[], &caller(client), &Lifetimes::DEFAULT, now);
    judged.refusal().cloned()
}

fn expiry(request: &DeviceRequest) -> Timestamp {
    request.facts().expires_at
}

#[test]
fn request_keeps_registered_scope_and_expires() {
    let client = device_client(public_client());
    let request = requested(&client, |_| ());
    let facts = request.facts();
    assert_eq!(facts.access.scope, client.scope);
    assert_eq!(facts.expires_at, NOW.plus(Lifetimes::DEFAULT.device_code()));
    let narrow = requested(&client, |request| request.scope = Some("read").into());
    assert_eq!(narrow.facts().access.scope.as_str(), "read");
}

#[test]
fn request_of_wrong_client_scope_or_resource_is_refused() {
    let other = confidential_client();
    let refusal = Refusal::GrantTypeNotAllowed(Evidence::of(GrantType::DEVICE_CODE.as_str()));
    assert_eq!(ask(&other, |_| ()), Err(refusal));
    let client = device_client(public_client());
    let beyond = ask(&client, |request| request.scope = Some("admin").into());
    let refusal = Refusal::ScopeNotRegistered(Evidence::of("admin"));
    assert_eq!(beyond, Err(refusal));
    let elsewhere = ask(&client, |request| {
        request.resources = &["https://api.example"];
    });
    let refusal = Refusal::ResourceNotAllowed(Evidence::of("https://api.example"));
    assert_eq!(elsewhere, Err(refusal));
}

#[test]
fn confidential_client_without_credentials_is_refused() {
    let mut client = device_client(confidential_client());
    let request = requested(&client, |_| ()).approve(owner(), NOW).unwrap();
    client.pkce.replaces_secret = true;
    let nameless = stored(&client)
        .authenticate(&Credential::None, NOW)
        .unwrap();
    let asked = DeviceAuthorization {
        scope: None.into(),
        resources: &[],
        address: None,
    };
    let grant = GrantId::from_bytes([4; 16]);
    let asked = nameless.request_device(&asked, grant, &Lifetimes::DEFAULT, NOW);
    assert_eq!(asked, Err(Refusal::SecretMissing));
    let polled = request.redeem(&[], &nameless, &Lifetimes::DEFAULT, NOW);
    assert_eq!(polled, Decision::Refuse(Refusal::SecretMissing));
}

#[test]
fn too_long_access_is_refused() {
    let mut client = device_client(public_client());
    let long = |index| Resource::parse(&alloc::format!("https://{index}.{}", "x".repeat(240)));
    client.resources = (10..50).map(|index| long(index).unwrap()).collect();
    let all: Vec<&str> = client.resources.iter().map(Resource::as_str).collect();
    let asked = caller(&client).request_device(
        &DeviceAuthorization {
            scope: None.into(),
            resources: &all,
            address: None,
        },
        GrantId::from_bytes([4; 16]),
        &Lifetimes::DEFAULT,
        NOW,
    );
    assert_eq!(asked, Err(Refusal::AccessTooLong));
}

#[test]
fn poll_gets_answer_of_user() {
    let client = device_client(public_client());
    let request = requested(&client, |_| ());
    let pending = Some(Refusal::AuthorizationPending);
    assert_eq!(polled(&request, &client, NOW), pending);
    let denied = request.clone().deny(NOW).unwrap();
    let refused = Some(Refusal::AuthorizationDenied);
    assert_eq!(polled(&denied, &client, NOW), refused);
    let approved = request.approve(owner(), NOW).unwrap();
    assert_eq!(polled(&approved, &client, NOW), None);
}

#[test]
fn expired_code_is_refused_whatever_the_answer() {
    let client = device_client(public_client());
    let request = requested(&client, |_| ());
    let ends = expiry(&request);
    let approved = request.clone().approve(owner(), NOW).unwrap();
    let denied = request.clone().deny(NOW).unwrap();
    for request in [request, approved, denied] {
        let expired = Some(Refusal::DeviceCodeExpired);
        assert_eq!(polled(&request, &client, ends), expired);
    }
}

#[test]
fn another_client_learns_nothing_about_the_request() {
    let client = device_client(public_client());
    let other = Client {
        id: ClientId::parse("other").unwrap(),
        ..client.clone()
    };
    let request = requested(&client, |_| ()).approve(owner(), NOW).unwrap();
    let refused = Some(Refusal::DeviceCodeOfAnotherClient(Evidence::of("app")));
    for now in [NOW, expiry(&request)] {
        assert_eq!(polled(&request, &other, now), refused);
    }
}

#[test]
fn request_is_answered_once_and_in_time() {
    let client = device_client(public_client());
    let request = requested(&client, |_| ());
    let late = expiry(&request);
    let expired = Err(Refusal::UserCodeExpired);
    assert_eq!(request.clone().approve(owner(), late), expired);
    assert_eq!(request.clone().deny(late), expired);
    let denied = request.clone().deny(NOW).unwrap();
    let used = Err(Refusal::UserCodeUsed);
    assert_eq!(denied.approve(owner(), NOW), used);
    let approved = request.approve(owner(), NOW).unwrap();
    assert_eq!(approved.deny(NOW), used);
}

#[test]
fn approved_code_issues_tokens_of_the_user_and_the_session() {
    let client = device_client(public_client());
    let request = requested(&client, |_| ()).approve(owner(), NOW).unwrap();
    let judged = request.redeem(&[], &caller(&client), &Lifetimes::DEFAULT, NOW);
    let Decision::Issue(redemption) = judged else {
        panic!("{judged:?}")
    };
    let grant = redemption.grant().clone();
    let authorization = grant.authorization();
    assert_eq!(authorization.subject, Subject::from(session().user));
    assert_eq!(authorization.session, Some(SessionId::from_bytes([6; 16])));
    assert_eq!(authorization.authentication, login());
    assert!(grant.expires_at() >= expiry(&request));
    let Decision::Issue(issuance) = redemption.clone().stored(Insertion::Won) else {
        panic!()
    };
    assert!(issuance.refresh_token.is_some() && issuance.id_token.is_some());
    let again = redemption.stored(Insertion::Lost {
        stored: Some(&grant),
    });
    let replayed = Decision::Revoke(grant.id(), Refusal::CodeReplayed);
    assert_eq!(again, replayed);
}

#[test]
fn scope_without_openid_gets_no_id_token() {
    let client = device_client(public_client());
    let request = requested(&client, |request| request.scope = Some("read").into());
    let request = request.approve(owner(), NOW).unwrap();
    let judged = request.redeem(&[], &caller(&client), &Lifetimes::DEFAULT, NOW);
    let Decision::Issue(redemption) = judged else {
        panic!("{judged:?}")
    };
    assert_eq!(
        *redemption.grant().authorization().scope(),
        Scope::parse("read").unwrap()
    );
    let Decision::Issue(issuance) = redemption.stored(Insertion::Won) else {
        panic!()
    };
    assert_eq!(issuance.id_token, None);
}

#[test]
fn poll_may_narrow_resources_but_not_add_any() {
    let mut client = device_client(public_client());
    let (a, b) = ("https://a.example", "https://b.example");
    client.resources = [a, b].map(|text| Resource::parse(text).unwrap()).into();
    let request = requested(&client, |request| {
        request.resources = &["https://a.example"];
    });
    let request = request.approve(owner(), NOW).unwrap();
    let judged = |resource| {
        let judged = request.redeem(&[resource], &caller(&client), &Lifetimes::DEFAULT, NOW);
        judged.refusal().cloned()
    };
    assert_eq!(judged(a), None);
    assert_eq!(
        judged(b),
        Some(Refusal::ResourceNotAllowed(Evidence::of(b)))
    );
}

#[test]
fn checks_of_client_precede_those_of_code() {
    assert_eq!(
        names(DEVICE_CODE_CHECKS),
        [
            "grant_type_registered",
            "client_authenticated",
            "client_matches",
            "code_not_expired",
            "user_allowed",
            "resources_allowed",
        ]
    );
}
