//! Tests of the requested `acr` class.

use super::*;
use crate::authorize::demands::AcrDemand;
use crate::login::authentication::{Authentication, Method};

/// Demands with a preferred or an essential class.
fn asking_for(least: Acr, essential: bool) -> Demands {
    Demands {
        acr: Some(AcrDemand { least, essential }),
        ..Demands::default()
    }
}

const REFUSED: NextStep = NextStep::Refuse(Refusal::AcrNotReached);

#[test]
fn user_with_requested_factor_is_stepped_up_after_sign_in() {
    for essential in [true, false] {
        let demands = asking_for(Acr::TWO_FACTORS, essential);
        for within_reach in [Acr::TWO_FACTORS, Acr::PHISHING_RESISTANT] {
            for logged_in in [true, false] {
                let next = step(&demands, |is| {
                    is.within_reach = within_reach;
                    is.done.logged_in = logged_in;
                });
                assert_eq!(next, NextStep::StepUp);
            }
        }
    }
}

#[test]
fn unreachable_acr_is_ignored_unless_essential() {
    for within_reach in [Acr::ONE_FACTOR, Acr::TWO_FACTORS] {
        let next = |essential| {
            let demands = asking_for(Acr::PHISHING_RESISTANT, essential);
            step(&demands, |is| is.within_reach = within_reach)
        };
        assert_eq!((next(false), next(true)), (NextStep::Issue, REFUSED));
    }
}

#[test]
fn prompt_none_ignores_preferred_acr_and_refuses_essential_acr() {
    let next = |essential| {
        let mut demands = asking_for(Acr::TWO_FACTORS, essential);
        demands.prompt.none = true;
        step(&demands, |is| is.within_reach = Acr::TWO_FACTORS)
    };
    assert_eq!(next(false), NextStep::Issue);
    assert_eq!(next(true), NextStep::Refuse(Refusal::LoginRequired));
}

#[test]
fn reachable_class_matters_only_before_a_possible_step_up() {
    let (weak, strong) = (session(), strong());
    let logged_in = Done {
        logged_in: true,
        ..Done::default()
    };
    let two = asking_for(Acr::TWO_FACTORS, true);
    let best = asking_for(Acr::PHISHING_RESISTANT, true);
    for (demands, session, done, expected) in [
        (&Demands::default(), &weak, Done::default(), None),
        (&two, &strong, Done::default(), None),
        (&two, &weak, logged_in, Some(Acr::TWO_FACTORS)),
        (
            &best,
            &strong,
            Done::default(),
            Some(Acr::PHISHING_RESISTANT),
        ),
        (&best, &strong, logged_in, None),
    ] {
        assert_eq!(demands.has_to_be_within_reach(session, done), expected);
    }
}

/// Session with two factors.
fn strong() -> Session {
    let session = session();
    let Authentication { time, methods, .. } = session.authentication;
    Session {
        authentication: Authentication::new(time, methods.with(Method::TIME_CODE)),
        ..session
    }
}

#[test]
fn user_below_requested_acr_is_asked_only_once() {
    let next = |essential, logged_in| {
        let demands = asking_for(Acr::PHISHING_RESISTANT, essential);
        step_in(&strong(), &demands, |is| {
            is.done.logged_in = logged_in;
            is.within_reach = Acr::PHISHING_RESISTANT;
        })
    };
    assert_eq!(next(false, true), NextStep::Issue);
    assert_eq!(next(true, true), REFUSED);
    assert_eq!(next(true, false), NextStep::StepUp);
}

#[test]
fn sufficient_sign_in_needs_no_step_up() {
    let next = step_in(&strong(), &asking_for(Acr::TWO_FACTORS, true), |_| {});
    assert_eq!(next, NextStep::Issue);
}

#[test]
fn account_selection_and_sign_in_precede_step_up() {
    let mut demands = asking_for(Acr::TWO_FACTORS, true);
    demands.prompt = SELECT;
    assert_eq!(step(&demands, |_| {}), NextStep::SelectAccount);
    assert_eq!(step(&demands, |is| is.done.selected = true), REFUSED);
    demands.prompt = LOGIN;
    assert_eq!(step(&demands, |_| {}), NextStep::LogIn);
}
