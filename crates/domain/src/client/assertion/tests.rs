use super::*;
use crate::checks::names;
use crate::client::ClientStatus;
use crate::client::authentication::Credential;
use crate::test_facts::{NOW, confidential_client, public_client, stored};
use alloc::string::ToString;

const ISSUER: &str = "https://auth.example";
const ENDPOINT: &str = "https://auth.example/oauth2/token";
const AUDIENCE: Audience<'static> = Audience {
    issuer: ISSUER,
    endpoint: ENDPOINT,
};

/// Valid assertion with the maximum lifetime.
fn assertion() -> Assertion {
    Assertion {
        issuer: "app".into(),
        subject: "app".into(),
        audience: ["https://other.example".into(), ISSUER.into()].into(),
        expires_at: NOW.plus(Assertion::MAX_LIFETIME).plus(Assertion::LEEWAY),
        not_before: Some(NOW.plus(Assertion::LEEWAY)),
        token_id: "1".into(),
    }
}

fn check(change: impl FnOnce(&mut Assertion)) -> Result<(), Refusal> {
    let mut assertion = assertion();
    change(&mut assertion);
    let client = confidential_client();
    assertion.check(&client, AUDIENCE, NOW).map(|_| ())
}

fn seconds(time: Timestamp) -> Evidence {
    Evidence::of(time.as_unix_seconds())
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn valid_assertion_is_accepted() {
    assert_eq!(check(|_| ()), Ok(()));
    assert_eq!(check(|is| is.not_before = None), Ok(()));
    assert_eq!(check(|is| is.expires_at = NOW.plus(SECOND)), Ok(()));
}

#[test]
fn assertion_of_another_issuer_or_subject_is_refused() {
    let other = || Err(Refusal::AssertionOfAnotherClient(Evidence::of("other")));
    assert_eq!(check(|is| is.issuer = "other".into()), other());
    assert_eq!(check(|is| is.subject = "other".into()), other());
}

#[test]
fn assertion_audience_must_be_issuer_or_endpoint() {
    let named = |names: &[&str]| {
        let audience = names.iter().map(ToString::to_string).collect();
        check(|is| is.audience = audience)
    };
    assert_eq!(named(&[ISSUER]), Ok(()));
    assert_eq!(named(&["https://other.example", ENDPOINT]), Ok(()));
    for names in [
        &["https://auth.example/"][..],
        &["https://other.example", "https://auth"],
        &[""],
        &[],
    ] {
        let first = names.first().copied().unwrap_or_default();
        let refused = Refusal::AssertionForAnotherAudience(Evidence::of(first));
        assert_eq!(named(names), Err(refused), "{names:?}");
    }
}

#[test]
fn expired_or_too_long_lived_assertion_is_refused() {
    let latest = NOW.plus(Assertion::MAX_LIFETIME).plus(Assertion::LEEWAY);
    for expires_at in [
        NOW,
        Timestamp::from_unix_seconds(0),
        latest.plus(SECOND),
        Timestamp::from_unix_seconds(u64::MAX),
    ] {
        let refused = Refusal::AssertionExpired(seconds(expires_at));
        assert_eq!(check(|is| is.expires_at = expires_at), Err(refused));
    }
}

#[test]
fn assertion_that_is_not_yet_valid_is_refused() {
    let early = NOW.plus(Assertion::LEEWAY).plus(SECOND);
    let refused = Refusal::AssertionNotYetValid(seconds(early));
    assert_eq!(check(|is| is.not_before = Some(early)), Err(refused));
}

#[test]
fn assertion_checks_run_in_table_order() {
    let mut assertion = Assertion {
        issuer: "other".into(),
        audience: [].into(),
        expires_at: NOW,
        not_before: Some(NOW.plus(Duration::from_secs(9999))),
        ..assertion()
    };
    let client = confidential_client();
    let mut order = Vec::new();
    for check in ASSERTION_CHECKS {
        match assertion.check(&client, AUDIENCE, NOW).err() {
            Some(Refusal::AssertionOfAnotherClient(_)) => {
                order.push("issuer_and_subject_are_client");
                assertion.issuer = "app".into();
            }
            Some(Refusal::AssertionForAnotherAudience(_)) => {
                order.push("audience_is_this_server");
                assertion.audience = [ISSUER.into()].into();
            }
            Some(Refusal::AssertionExpired(_)) => {
                order.push("not_expired");
                assertion.expires_at = NOW.plus(SECOND);
            }
            Some(Refusal::AssertionNotYetValid(_)) => {
                order.push("valid_already");
                assertion.not_before = None;
            }
            other => panic!("{}: {other:?}", check.name),
        }
    }
    assert_eq!(order, names(ASSERTION_CHECKS));
    // The order is policy. Change it only on purpose.
    let policy = [
        "issuer_and_subject_are_client",
        "audience_is_this_server",
        "not_expired",
        "valid_already",
    ];
    assert_eq!(order, policy);
    assert!(assertion.check(&client, AUDIENCE, NOW).is_ok());
}

#[test]
fn checked_assertion_authenticates_only_its_own_client() {
    let client = confidential_client();
    let checked = assertion().check(&client, AUDIENCE, NOW).unwrap();
    let credential = Credential::Assertion(checked);
    let caller = stored(&client).authenticate(&credential, NOW).unwrap();
    assert!(caller.is_authenticated() && !caller.owes_a_verifier());
    assert_eq!(caller.secret_name(), None);

    let mut other = confidential_client();
    other.id = ClientId::parse("other").unwrap();
    let judged = stored(&other).authenticate(&credential, NOW);
    let refused = Refusal::AssertionOfAnotherClient(Evidence::of("app"));
    assert_eq!(judged.err(), Some(refused));
    let judged = public_client();
    let judged = stored(&judged).authenticate(&credential, NOW);
    assert_eq!(judged.err(), Some(Refusal::SecretUnexpected));
}

#[test]
fn disabled_client_is_refused_despite_valid_assertion() {
    let mut client = confidential_client();
    let checked = assertion().check(&client, AUDIENCE, NOW).unwrap();
    client.status = ClientStatus::Suspended;
    let credential = Credential::Assertion(checked);
    let judged = stored(&client).authenticate(&credential, NOW);
    assert_eq!(judged.err(), Some(Refusal::ClientDisabled));
}
