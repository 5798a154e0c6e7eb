//! Sign-in and consent.

use crate::{
    NOW, QUERY, USER, agree, claims, consent, open, open_done, redeem, redirected, server, sign_in,
    tokens, visit,
};
use countersign_afternoon::{Step, Visit};
use countersign_domain::prelude::*;
use std::time::Duration;

#[test]
fn user_signs_in_consents_and_returns_with_code() {
    let mut server = server();
    let step = server.authorize(visit(QUERY));
    assert_eq!(step, Ok(Step::Show(NextStep::LogIn)));
    let cookie = sign_in(&mut server);
    let step = open(&server, QUERY, &cookie);
    assert_eq!(step, Step::Show(NextStep::Consent));
    let code = redirected(agree(&server, QUERY, &cookie), "code");
    let tokens = redeem(&mut server, &code).unwrap();
    let id_token = claims(&tokens["id_token"]);
    assert_eq!(id_token["sub"], USER.to_string());
    assert_eq!(id_token["acr"], "urn:example:password");
    assert_eq!(claims(&tokens["access_token"])["plan"], "team");
}

#[test]
fn sid_without_secret_leads_to_sign_in_page() {
    let mut server = server();
    let (cookie, tokens) = tokens(&mut server);
    let sid = claims(&tokens["id_token"])["sid"].clone();
    let sid: SessionId = sid.as_str().unwrap().parse().unwrap();
    assert_eq!(sid, cookie.0);
    let (_, other_secret) = sign_in(&mut server);
    for secret in [Secret::new(""), Secret::new(sid.to_string()), other_secret] {
        let step = agree(&server, QUERY, &(sid, secret));
        assert_eq!(step, Step::Show(NextStep::LogIn));
    }
}

#[test]
fn consent_of_another_session_or_request_does_not_count() {
    let mut server = server();
    let (victim, attacker) = (sign_in(&mut server), sign_in(&mut server));
    let other_request = QUERY.replace("openid%20read", "openid");
    let consent_page = Step::Show(NextStep::Consent);
    for done in [
        consent(&server, attacker.0, QUERY),
        consent(&server, victim.0, &other_request),
        "forged".to_owned(),
    ] {
        assert_eq!(open_done(&server, QUERY, &victim, &done), consent_page);
    }
}

#[test]
fn sealed_consent_expires() {
    let mut server = server();
    let (id, secret) = sign_in(&mut server);
    let done = consent(&server, id, QUERY);
    let step = server.authorize(Visit {
        session: Some((id, &secret)),
        done: Some(&done),
        now: NOW.plus(Lifetimes::DEFAULT.login()),
        ..visit(QUERY)
    });
    assert_eq!(step, Ok(Step::Show(NextStep::Consent)));
}

#[test]
fn stored_consent_replaces_page() {
    let mut server = server();
    let cookie = sign_in(&mut server);
    server.store.consents.give(Consent {
        user: USER,
        client: ClientId::parse("notes").unwrap(),
        scope: Scope::parse("openid read").unwrap(),
        given_at: NOW,
    });
    let step = open(&server, QUERY, &cookie);
    assert!(!redirected(step, "code").is_empty());
}

#[test]
fn prompt_none_returns_error_instead_of_page() {
    let mut server = server();
    let query = format!("{QUERY}&prompt=none");
    let step = server.authorize(visit(&query));
    assert_eq!(redirected(step.unwrap(), "error"), "login_required");
    let cookie = sign_in(&mut server);
    let step = open(&server, &query, &cookie);
    assert_eq!(redirected(step, "error"), "consent_required");
}

#[test]
fn max_age_and_prompt_login_require_new_sign_in() {
    let mut server = server();
    let (id, secret) = sign_in(&mut server);
    for (demand, expected) in [
        ("max_age=60", true),
        ("max_age=61", false),
        ("prompt=login", true),
    ] {
        let query = format!("{QUERY}&{demand}");
        let done = consent(&server, id, &query);
        let step = server.authorize(Visit {
            session: Some((id, &secret)),
            done: Some(&done),
            now: NOW.plus(Duration::from_secs(61)),
            ..visit(&query)
        });
        let is_sign_in = step == Ok(Step::Show(NextStep::LogIn));
        assert_eq!(is_sign_in, expected, "{demand}");
    }
}

#[test]
fn unregistered_redirect_uri_gets_no_response() {
    let server = server();
    let query = QUERY.replace("notes.example", "evil.example");
    assert!(server.authorize(visit(&query)).is_err());
    let query = QUERY.replace("client_id=notes", "client_id=nobody");
    assert!(server.authorize(visit(&query)).is_err());
}
