use super::checks::LOGOUT_EVENT;
use super::*;
use alloc::string::ToString as _;
use core::time::Duration;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

fn text(value: &str) -> ClaimValue {
    ClaimValue::Text(value.into())
}

fn at(seconds: i64) -> ClaimValue {
    let now = i64::try_from(NOW.as_unix_seconds()).unwrap();
    ClaimValue::Number((now + seconds).to_string())
}

fn token() -> UpstreamClaims {
    let mut claims = UpstreamClaims::default();
    for (name, value) in [
        ("iss", text("https://idp.example")),
        ("aud", text("countersign")),
        ("sub", text("jane")),
        ("nonce", text("n")),
        ("exp", at(300)),
        ("iat", at(-1)),
    ] {
        claims.insert(name, value);
    }
    claims
}

fn with(name: &str, value: ClaimValue) -> UpstreamClaims {
    let mut claims = token();
    claims.insert(name, value);
    claims
}

fn without(name: &str) -> UpstreamClaims {
    let mut claims = token();
    claims.0.remove(name);
    claims
}

fn check(claims: &UpstreamClaims, max_age: Option<u64>) -> Result<(), UntrueToken> {
    claims.check_id_token(&IdTokenDemands {
        issuer: "https://idp.example",
        client_id: "countersign",
        nonce: "n",
        max_age: max_age.map(Duration::from_secs),
        asked_at: Timestamp::from_unix_seconds(NOW.as_unix_seconds() - 30),
        now: NOW,
    })
}

#[test]
fn true_id_token_is_accepted() {
    let several = || ClaimValue::Texts(["other".into(), "countersign".into()].into());
    let mut for_several = with("aud", several());
    for_several.insert("azp", text("countersign"));
    for claims in [
        token(),
        for_several,
        with("iat", at(59)),
        with("exp", at(-59)),
        with("nbf", at(59)),
        with("iat", ClaimValue::Number("1750000000.5".into())),
    ] {
        assert_eq!(check(&claims, None), Ok(()), "{claims:?}");
    }
}

#[test]
fn untrue_id_token_is_refused() {
    use UntrueToken as Untrue;
    let several = ClaimValue::Texts(["other".into(), "countersign".into()].into());
    let logout = ClaimValue::Members([LOGOUT_EVENT.into()].into());
    for (claims, untrue) in [
        (with("iss", text("https://idp.example/")), Untrue::Issuer),
        (without("iss"), Untrue::Issuer),
        (with("aud", text("other")), Untrue::Audience),
        (with("aud", ClaimValue::Texts(Vec::new())), Untrue::Audience),
        (without("aud"), Untrue::Audience),
        (with("aud", several), Untrue::AuthorizedParty),
        (with("azp", text("other")), Untrue::AuthorizedParty),
        (with("azp", ClaimValue::Flag(true)), Untrue::AuthorizedParty),
        (with("exp", at(-61)), Untrue::Expired),
        (with("exp", text("9999999999")), Untrue::Expired),
        (without("exp"), Untrue::Expired),
        (with("iat", at(61)), Untrue::IssuedAt),
        (with("iat", at(-661)), Untrue::IssuedAt),
        (without("iat"), Untrue::IssuedAt),
        (with("nbf", at(61)), Untrue::NotBefore),
        (with("nbf", text("soon")), Untrue::NotBefore),
        (with("nonce", text("m")), Untrue::Nonce),
        (without("nonce"), Untrue::Nonce),
        (with("sub", text("")), Untrue::Subject),
        (with("sub", text(&"a".repeat(256))), Untrue::Subject),
        (without("sub"), Untrue::Subject),
        (with("events", logout), Untrue::Event),
    ] {
        assert_eq!(check(&claims, None), Err(untrue), "{claims:?}");
    }
}

#[test]
fn max_age_requires_recent_authentication() {
    let old = Err(UntrueToken::AuthenticationTime);
    assert_eq!(check(&token(), Some(100)), old);
    for (signed_in, max_age, outcome) in [
        (-191, 100, old),
        (-189, 100, Ok(())),
        (-91, 0, old),
        (-89, 0, Ok(())),
        (59, 0, Ok(())),
        (61, 0, old),
    ] {
        let claims = with("auth_time", at(signed_in));
        assert_eq!(check(&claims, Some(max_age)), outcome, "{signed_in}");
    }
}

fn logout_token() -> UpstreamClaims {
    let mut claims = without("nonce");
    claims.insert("events", ClaimValue::Members([LOGOUT_EVENT.into()].into()));
    claims.insert("jti", text("1"));
    claims.insert("sid", text("s"));
    claims
}

fn check_logout(claims: &UpstreamClaims) -> Result<UpstreamLogout<'_>, UntrueToken> {
    claims.check_logout_token(&LogoutTokenDemands {
        issuer: "https://idp.example",
        client_id: "countersign",
        now: NOW,
    })
}

#[test]
fn logout_token_names_session_or_subject() {
    let claims = logout_token();
    let logout = check_logout(&claims).unwrap();
    assert_eq!((logout.session, logout.subject), (Some("s"), Some("jane")));
    let mut of_subject = logout_token();
    of_subject.0.remove("sid");
    assert_eq!(check_logout(&of_subject).unwrap().session, None);
    let mut of_none = of_subject.clone();
    of_none.0.remove("sub");
    assert_eq!(check_logout(&of_none), Err(UntrueToken::Subject));
    // A malformed session must not become a logout of all sessions.
    of_subject.insert("sid", ClaimValue::Number("1".into()));
    assert_eq!(check_logout(&of_subject), Err(UntrueToken::Subject));
}

#[test]
fn token_that_is_no_logout_token_is_refused() {
    let with = |name: &str, value| {
        let mut claims = logout_token();
        claims.insert(name, value);
        claims
    };
    let other = ClaimValue::Members(["other".into()].into());
    for (claims, untrue) in [
        (with("nonce", text("n")), UntrueToken::Nonce),
        (with("events", other), UntrueToken::Event),
        (with("events", text(LOGOUT_EVENT)), UntrueToken::Event),
        (with("jti", text("")), UntrueToken::TokenId),
        (
            with("iss", text("https://other.example")),
            UntrueToken::Issuer,
        ),
        (with("aud", text("other")), UntrueToken::Audience),
        (with("iat", at(-661)), UntrueToken::IssuedAt),
        (with("exp", at(-61)), UntrueToken::Expired),
    ] {
        assert_eq!(check_logout(&claims), Err(untrue), "{claims:?}");
    }
}

#[test]
fn verified_status_comes_with_its_address() {
    let claims = |email: Option<&str>, verified: Option<bool>| {
        let mut claims = UpstreamClaims::default();
        if let Some(email) = email {
            claims.insert("email", text(email));
        }
        if let Some(verified) = verified {
            claims.insert("email_verified", ClaimValue::Flag(verified));
        }
        claims
    };
    let is_verified =
        |token: UpstreamClaims, userinfo| token.with_userinfo(userinfo).is_true("email_verified");
    let (own, other) = (Some("jane@b.example"), Some("joe@b.example"));
    assert!(is_verified(claims(own, Some(true)), claims(None, None)));
    assert!(is_verified(claims(own, None), claims(own, Some(true))));
    assert!(is_verified(claims(None, None), claims(own, Some(true))));
    // The address and its status have different sources.
    assert!(!is_verified(claims(None, Some(true)), claims(own, None)));
    assert!(!is_verified(claims(own, None), claims(other, Some(true))));
    assert!(!is_verified(
        claims(own, Some(false)),
        claims(own, Some(true))
    ));
}

#[test]
fn claims_print_without_values() {
    let printed = alloc::format!("{:?}", token());
    assert!(
        printed.contains("sub") && !printed.contains("jane"),
        "{printed}"
    );
}
