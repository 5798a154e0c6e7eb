use super::*;
use crate::client::redirect_uri::RedirectUri;
use crate::client::{Jwks, KeySource};
use crate::test_facts::{NOW, confidential_client};
use core::time::Duration;
use proptest::prelude::*;

const HERE: Audience<'_> = Audience {
    issuer: "https://auth.example",
    endpoint: "https://auth.example/oauth2/token",
};

fn identity() -> WorkloadIdentity {
    WorkloadIdentity {
        issuer: "https://kubernetes.default.svc".into(),
        subject: SubjectPattern::parse("system:serviceaccount:shop:orders").unwrap(),
        audience: None,
        claims: Vec::new(),
        keys: KeySource::Registered(Jwks::new("{}")),
    }
}

fn token() -> WorkloadToken {
    WorkloadToken {
        issuer: "https://kubernetes.default.svc".into(),
        subject: "system:serviceaccount:shop:orders".into(),
        audience: ["https://auth.example".into()].into(),
        // Longer than an assertion that a client signs may live.
        expires_at: NOW.plus(Duration::from_secs(86_400)),
        not_before: Some(NOW),
        claims: [("namespace".into(), "shop".into())].into(),
    }
}

fn judged(
    identity: &WorkloadIdentity,
    change: impl FnOnce(&mut WorkloadToken),
) -> Result<(), Refusal> {
    let mut token = token();
    change(&mut token);
    let client = confidential_client();
    let checked = token.check((&client, identity), HERE, NOW)?;
    assert_eq!(checked.client, client.id);
    Ok(())
}

#[test]
fn token_of_registered_workload_authenticates_its_client() {
    assert_eq!(judged(&identity(), |_| ()), Ok(()));
    let endpoint = |token: &mut WorkloadToken| token.audience = [HERE.endpoint.into()].into();
    assert_eq!(judged(&identity(), endpoint), Ok(()));
}

#[test]
fn token_of_another_issuer_or_subject_is_refused() {
    let other = |subject: &str| Err(Refusal::WorkloadUnknown(Evidence::of(subject)));
    let own = "system:serviceaccount:shop:orders";
    let issuer = |token: &mut WorkloadToken| token.issuer.push('/');
    assert_eq!(judged(&identity(), issuer), other(own));
    let name = "system:serviceaccount:shop:orders2";
    let subject = |token: &mut WorkloadToken| token.subject = name.into();
    assert_eq!(judged(&identity(), subject), other(name));
}

#[test]
fn token_without_required_claim_is_refused() {
    let with = |text: &str| WorkloadIdentity {
        claims: [("namespace".into(), text.into())].into(),
        ..identity()
    };
    assert_eq!(judged(&with("shop"), |_| ()), Ok(()));
    let refused = Err(Refusal::WorkloadUnknown(Evidence::of(&token().subject)));
    assert_eq!(judged(&with("ledger"), |_| ()), refused);
    assert_eq!(judged(&with("shop"), |own| own.claims.clear()), refused);
}

#[test]
fn token_for_another_audience_is_refused() {
    let elsewhere =
        |token: &mut WorkloadToken| token.audience = ["https://b.example".into()].into();
    let refused = |name: &str| Err(Refusal::AssertionForAnotherAudience(Evidence::of(name)));
    assert_eq!(judged(&identity(), elsewhere), refused("https://b.example"));
    let own = WorkloadIdentity {
        audience: Some("https://b.example".into()),
        ..identity()
    };
    assert_eq!(judged(&own, elsewhere), Ok(()));
    // Its audience replaces that of the server.
    assert_eq!(judged(&own, |_| ()), refused("https://auth.example"));
}

#[test]
fn expired_or_future_token_is_refused() {
    let expired = judged(&identity(), |token| token.expires_at = NOW);
    assert_eq!(expired.unwrap_err().name(), "assertion_expired");
    let later = NOW.plus(Assertion::LEEWAY).plus(Duration::from_secs(1));
    let future = judged(&identity(), |token| token.not_before = Some(later));
    assert_eq!(future.unwrap_err().name(), "assertion_not_yet_valid");
}

#[test]
fn star_stands_only_for_whole_last_segment() {
    for text in ["*", "/*", "a*", "a:*b", "a:*:*", "", "a b", "ü"] {
        assert!(SubjectPattern::parse(text).is_err(), "{text}");
    }
    let any = SubjectPattern::parse("spiffe://shop.example/api/*").unwrap();
    assert!(any.matches("spiffe://shop.example/api/orders"));
    for other in ["", "x/y", "x:y"] {
        assert!(!any.matches(&alloc::format!("spiffe://shop.example/api/{other}")));
    }
    assert!(!any.matches("spiffe://shop.example.evil/api/orders"));
}

#[test]
fn invalid_identity_is_rejected() {
    use crate::client::registration::InvalidRegistration as Invalid;
    let check = |change: &dyn Fn(&mut WorkloadIdentity)| {
        let mut own = identity();
        change(&mut own);
        own.check_registered()
    };
    let claims = |names: &[&str]| -> Vec<(String, String)> {
        names
            .iter()
            .map(|&name| (name.into(), "1".into()))
            .collect()
    };
    assert_eq!(check(&|_| ()), Ok(()));
    assert_eq!(
        check(&|own| own.issuer.clear()),
        Err(Invalid::WorkloadNameMalformed)
    );
    let audience = check(&|own| own.audience = Some(String::new()));
    assert_eq!(audience, Err(Invalid::WorkloadNameMalformed));
    let empty = check(&|own| own.claims = claims(&[""]));
    assert_eq!(empty, Err(Invalid::WorkloadClaimsMalformed));
    let many = check(&|own| own.claims = claims(&["a"; WorkloadIdentity::MOST_CLAIMS + 1]));
    assert_eq!(many, Err(Invalid::WorkloadClaimsMalformed));
    let reserved = check(&|own| own.claims = claims(&["sub"]));
    assert_eq!(reserved, Err(Invalid::WorkloadClaimReserved));
    let github = |own: &mut WorkloadIdentity| {
        own.issuer = "https://token.actions.githubusercontent.com".into();
    };
    assert_eq!(check(&github), Err(Invalid::WorkloadRepositoryMissing));
    let pinned = check(&|own| {
        github(own);
        own.claims = claims(&["repository_id"]);
    });
    assert_eq!(pinned, Ok(()));
    let long = check(&|own| {
        own.keys = KeySource::Registered(Jwks::new("x".repeat(Jwks::MAX_LENGTH + 1)));
    });
    assert_eq!(long, Err(Invalid::KeysTooLong));
    let app = check(&|own| {
        own.keys = KeySource::Published(RedirectUri::parse("com.example.app:/keys").unwrap());
    });
    assert_eq!(app, Err(Invalid::KeysUriNotHttp));
}

proptest! {
    #[test]
    fn pattern_without_star_matches_itself_alone(text in "[a-z:/]{1,20}", other in "[a-z:/]{0,20}") {
        let pattern = SubjectPattern::parse(&text).unwrap();
        prop_assert_eq!(pattern.matches(&other), text == other);
    }
}
