mod assurance;

use super::*;
use crate::authorize::demands::Prompt;
use crate::identifier::Subject;
use crate::test_facts::{NOW, confidential_client, public_client, session};
use core::time::Duration;

fn scope() -> Scope {
    Scope::parse("openid read").unwrap()
}

fn consent(scope: &str) -> Consent {
    Consent {
        user: session().user,
        client: confidential_client().id,
        scope: Scope::parse(scope).unwrap(),
        given_at: NOW,
    }
}

/// Next step of a signed-in user with stored consent. The test changes the situation.
fn step(demands: &Demands, change: impl FnOnce(&mut Situation<'_>)) -> NextStep {
    step_in(&session(), demands, change)
}

/// Like [`step`], with the given session.
fn step_in(
    session: &Session,
    demands: &Demands,
    change: impl FnOnce(&mut Situation<'_>),
) -> NextStep {
    let consent = consent("openid read write");
    let mut situation = Situation {
        session: Some(session),
        consent: Some(&consent),
        redirect_uri: Some(&confidential_client().redirect_uris[0]),
        done: Done::default(),
        within_reach: Acr::ONE_FACTOR,
        now: NOW.plus(Duration::from_secs(60)),
    };
    change(&mut situation);
    demands.next_step(&confidential_client(), &scope(), &situation)
}

fn prompting(prompt: Prompt) -> Demands {
    Demands {
        prompt,
        ..Demands::default()
    }
}

const LOGIN: Prompt = Prompt {
    none: false,
    login: true,
    consent: false,
    select_account: false,
};
const NONE: Prompt = Prompt {
    none: true,
    ..Prompt {
        login: false,
        ..LOGIN
    }
};
const CONSENT: Prompt = Prompt {
    consent: true,
    ..Prompt {
        login: false,
        ..LOGIN
    }
};
const SELECT: Prompt = Prompt {
    select_account: true,
    ..Prompt {
        login: false,
        ..LOGIN
    }
};

#[test]
fn signed_in_user_with_consent_sees_no_page() {
    assert_eq!(step(&Demands::default(), |_| {}), NextStep::Issue);
    assert_eq!(step(&prompting(NONE), |_| {}), NextStep::Issue);
}

#[test]
fn missing_or_expired_session_requires_sign_in() {
    assert_eq!(
        step(&Demands::default(), |is| is.session = None),
        NextStep::LogIn
    );
    let expired = |is: &mut Situation<'_>| is.now = session().expires_at;
    assert_eq!(step(&Demands::default(), expired), NextStep::LogIn);
}

#[test]
fn prompt_none_turns_pages_into_errors() {
    let without_session = step(&prompting(NONE), |is| is.session = None);
    assert_eq!(without_session, NextStep::Refuse(Refusal::LoginRequired));
    let without_consent = step(&prompting(NONE), |is| is.consent = None);
    assert_eq!(without_consent, NextStep::Refuse(Refusal::ConsentRequired));
}

#[test]
fn prompt_login_requires_one_sign_in() {
    assert_eq!(step(&prompting(LOGIN), |_| {}), NextStep::LogIn);
    assert_eq!(
        step(&prompting(LOGIN), |is| is.done.logged_in = true),
        NextStep::Issue
    );
}

#[test]
fn sign_in_older_than_max_age_requires_new_one() {
    let aged = |seconds| Demands {
        max_age: Some(Duration::from_secs(seconds)),
        ..Demands::default()
    };
    assert_eq!(step(&aged(60), |_| {}), NextStep::Issue);
    assert_eq!(step(&aged(59), |_| {}), NextStep::LogIn);
    assert_eq!(
        step(&aged(0), |is| is.done.logged_in = true),
        NextStep::Issue
    );
}

#[test]
fn prompt_select_account_asks_once() {
    assert_eq!(step(&prompting(SELECT), |_| {}), NextStep::SelectAccount);
    assert_eq!(
        step(&prompting(SELECT), |is| is.done.selected = true),
        NextStep::Issue
    );
    assert_eq!(
        step(&prompting(SELECT), |is| is.done.logged_in = true),
        NextStep::Issue,
        "a sign-in selects an account"
    );
}

#[test]
fn scope_beyond_stored_consent_requires_consent() {
    let narrower = consent("openid");
    let mut demands = Demands::default();
    let asked = |demands: &Demands| {
        let session = session();
        demands.next_step(
            &confidential_client(),
            &scope(),
            &Situation {
                session: Some(&session),
                consent: Some(&narrower),
                redirect_uri: Some(&confidential_client().redirect_uris[0]),
                done: Done::default(),
                within_reach: Acr::ONE_FACTOR,
                now: NOW,
            },
        )
    };
    assert_eq!(asked(&demands), NextStep::Consent);
    demands.prompt.none = true;
    assert_eq!(asked(&demands), NextStep::Refuse(Refusal::ConsentRequired));
}

#[test]
fn stored_consent_is_ignored_if_other_apps_can_impersonate_client() {
    let (session, consent) = (session(), consent("openid read write"));
    let web = "https://app.example/callback";
    let native = [
        "http://127.0.0.1:51004/cb",
        "http://localhost/cb",
        "com.example.app:/cb",
    ];
    let next = |client: &Client, uri: &str, done: Done| {
        let situation = Situation {
            session: Some(&session),
            consent: Some(&consent),
            redirect_uri: Some(&RedirectUri::parse(uri).unwrap()),
            done,
            within_reach: Acr::ONE_FACTOR,
            now: NOW,
        };
        Demands::default().next_step(client, &scope(), &situation)
    };
    let mut public = public_client();
    let agreed = Done {
        consented: true,
        ..Done::default()
    };
    assert_eq!(next(&public, web, Done::default()), NextStep::Issue);
    for uri in native {
        assert_eq!(
            next(&public, uri, Done::default()),
            NextStep::Consent,
            "{uri}"
        );
        assert_eq!(next(&public, uri, agreed), NextStep::Issue, "{uri}");
        // Other apps do not have its secret.
        let confidential = next(&confidential_client(), uri, Done::default());
        assert_eq!(confidential, NextStep::Issue, "{uri}");
    }
    public.first_party = true;
    assert_eq!(next(&public, native[0], Done::default()), NextStep::Issue);
}

#[test]
fn prompt_consent_asks_despite_stored_consent() {
    assert_eq!(step(&prompting(CONSENT), |_| {}), NextStep::Consent);
    assert_eq!(
        step(&prompting(CONSENT), |is| is.done.consented = true),
        NextStep::Issue
    );
}

#[test]
fn first_party_client_needs_consent_only_for_prompt_consent() {
    let session = session();
    let mut client = confidential_client();
    client.first_party = true;
    let situation = Situation {
        session: Some(&session),
        consent: None,
        redirect_uri: Some(&confidential_client().redirect_uris[0]),
        done: Done::default(),
        within_reach: Acr::ONE_FACTOR,
        now: NOW,
    };
    let next = |demands: Demands| demands.next_step(&client, &scope(), &situation);
    assert_eq!(next(Demands::default()), NextStep::Issue);
    assert_eq!(next(prompting(CONSENT)), NextStep::Consent);
}

#[test]
fn subject_of_another_user_requires_sign_in() {
    let hint = |subject: &str| Demands {
        subject: Some(Subject::new(subject)),
        ..Demands::default()
    };
    let own = alloc::format!("{}", session().user);
    assert_eq!(step(&hint(&own), |_| {}), NextStep::Issue);
    assert_eq!(step(&hint("joe"), |_| {}), NextStep::LogIn);
    let another_logged_in = step(&hint("joe"), |is| is.done.logged_in = true);
    assert_eq!(another_logged_in, NextStep::Refuse(Refusal::LoginRequired));
}
