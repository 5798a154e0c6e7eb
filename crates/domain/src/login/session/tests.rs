use super::*;
use crate::login::authentication::Acr;
use crate::login::methods::Method;
use crate::tenant::lifetimes::LifetimeSettings;
use crate::test_facts::{NOW, session};

const HOUR: Duration = Duration::from_secs(3600);

fn digest(secret: &str) -> SecretDigest {
    Secret::new(secret).digest()
}

fn has(found: Option<SecretDigest>, secret: &str) -> bool {
    found.is_some_and(|found| found.is(&digest(secret)))
}

fn with_secret(secret: &str) -> Session {
    Session {
        secret: Some(digest(secret)),
        ..session()
    }
}

#[test]
fn session_is_live_until_expired_or_ended() {
    let mut session = session();
    assert!(session.is_live(NOW));
    assert!(!session.is_live(session.expires_at));
    session.ended_at = Some(NOW);
    assert!(!session.is_live(NOW));
}

#[test]
fn only_current_secret_presents_session() {
    let session = with_secret("current");
    assert!(session.is_presented(Some(&Secret::new("current"))));
    assert!(!session.is_presented(Some(&Secret::new("former"))));
}

#[test]
fn signed_token_presents_only_session_without_secret() {
    assert!(session().is_presented(None));
    assert!(!with_secret("current").is_presented(None));
    assert!(!session().is_presented(Some(&Secret::new("current"))));
}

#[test]
fn session_slides_in_second_half_and_never_after_end() {
    let mut session = session();
    let slid = |session: &Session, now| session.slid(&Lifetimes::DEFAULT, now);
    assert!(slid(&session, NOW.plus(HOUR / 3)).is_none());
    let later = NOW.plus(HOUR / 2);
    let renewal = slid(&session, later).unwrap();
    assert_eq!(renewal.expires_at, later.plus(HOUR));
    assert_eq!((renewal.now, renewal.last_active_at), (later, later));
    assert_eq!(renewal.authentication, session.authentication);
    assert!(slid(&session, session.expires_at).is_none());
    session.ended_at = Some(NOW);
    assert!(slid(&session, later).is_none());
}

#[test]
fn sliding_keeps_secret() {
    let later = NOW.plus(HOUR / 2);
    let kept = with_secret("current")
        .slid(&Lifetimes::DEFAULT, later)
        .unwrap();
    assert!(has(kept.present, "current") && has(kept.secret, "current"));
    let without = session().slid(&Lifetimes::DEFAULT, later).unwrap();
    assert!(without.present.is_none() && without.secret.is_none());
}

#[test]
fn sign_in_is_fresh_for_ten_minutes() {
    let session = session();
    let signed_in_at = session.authentication.time;
    let ends = signed_in_at.plus(Session::FRESH);
    assert_eq!(session.is_fresh(signed_in_at), Ok(()));
    assert_eq!(session.is_fresh(ends), Err(Refusal::AuthenticationStale));
}

#[test]
fn sign_in_replaces_session_authentication_and_secret() {
    let later = NOW.plus(HOUR / 2);
    let methods = Methods::NONE.with(Method::PASSKEY);
    let session = with_secret("former");
    let renewal = session.reauthenticated(methods, Some(digest("new")), &Lifetimes::DEFAULT, later);
    let authentication = Authentication::new(later, methods);
    assert_eq!(renewal.authentication, authentication);
    assert_eq!(authentication.acr, Acr::PHISHING_RESISTANT);
    assert_eq!((renewal.id, renewal.now), (session.id, later));
    assert_eq!(renewal.last_active_at, later);
    assert_eq!(renewal.expires_at, later.plus(HOUR));
    assert!(has(renewal.present, "former") && has(renewal.secret, "new"));
}

#[test]
fn new_secret_keeps_authentication_and_expiry() {
    let session = with_secret("former");
    let renewal = session.resecured(digest("new"), NOW.plus(HOUR / 2));
    assert!(has(renewal.present, "former") && has(renewal.secret, "new"));
    let renewed = session.clone().renewed(&renewal);
    assert!(has(renewed.secret, "new"));
    assert_eq!(renewed.authentication, session.authentication);
    assert_eq!(renewed.last_active_at, session.last_active_at);
    assert_eq!(renewed.expires_at, session.expires_at);
}

fn with_longest_session(longest_session: Duration) -> Lifetimes {
    let settings = LifetimeSettings {
        longest_session,
        ..LifetimeSettings::default()
    };
    Lifetimes::new(settings).unwrap()
}

/// Otherwise a stolen cookie could be kept alive forever.
#[test]
fn active_session_ends_at_its_longest_lifetime() {
    let lifetimes = with_longest_session(HOUR * 11 / 4);
    let mut session = session();
    let ends = session.authentication.time.plus(HOUR * 11 / 4);
    let mut now = NOW;
    let mut renewals = 0;
    while session.is_live(now) {
        if let Some(renewal) = session.slid(&lifetimes, now) {
            assert!(renewal.expires_at <= ends);
            session = session.renewed(&renewal);
            renewals += 1;
        }
        now = now.plus(HOUR / 4);
    }
    assert_eq!(session.expires_at, ends);
    assert!(renewals <= 4, "the last hour writes nothing");
    let renewal = session.reauthenticated(Methods::NONE, None, &lifetimes, ends);
    assert_eq!(
        renewal.expires_at,
        ends.plus(HOUR),
        "a sign-in starts again"
    );
}

#[test]
fn session_that_earlier_version_extended_is_bounded() {
    let session = session();
    let ends = session.authentication.time.plus(HOUR / 2);
    let bounded = session.clone().bounded(&with_longest_session(HOUR / 2));
    assert_eq!(bounded.expires_at, ends);
    let same = session.clone().bounded(&with_longest_session(HOUR * 9));
    assert_eq!(same.expires_at, session.expires_at);
}
