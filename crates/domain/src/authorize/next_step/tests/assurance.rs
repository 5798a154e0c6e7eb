//! How well it has to be proved who somebody is.

use super::*;
use crate::authorize::demands::AcrDemand;
use crate::login::authentication::{Authentication, Method};

/// A wish for a class, or a demand.
fn asking_for(least: Acr, essential: bool) -> Demands {
    Demands {
        acr: Some(AcrDemand { least, essential }),
        ..Demands::default()
    }
}

const REFUSED: NextStep = NextStep::Refuse(Refusal::AcrNotReached);

#[test]
fn who_has_what_is_asked_for_is_stepped_up_even_just_after_a_login_without_it() {
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
fn a_wish_that_cannot_be_met_is_dropped_and_a_demand_is_refused() {
    for within_reach in [Acr::ONE_FACTOR, Acr::TWO_FACTORS] {
        let next = |essential| {
            let demands = asking_for(Acr::PHISHING_RESISTANT, essential);
            step(&demands, |is| is.within_reach = within_reach)
        };
        assert_eq!((next(false), next(true)), (NextStep::Issue, REFUSED));
    }
}

#[test]
fn with_prompt_none_a_wish_is_dropped_and_a_demand_wants_a_login() {
    let next = |essential| {
        let mut demands = asking_for(Acr::TWO_FACTORS, essential);
        demands.prompt.none = true;
        step(&demands, |is| is.within_reach = Acr::TWO_FACTORS)
    };
    assert_eq!(next(false), NextStep::Issue);
    assert_eq!(next(true), NextStep::Refuse(Refusal::LoginRequired));
}

#[test]
fn nothing_hangs_on_what_a_user_has_if_the_login_is_worth_enough_or_they_were_asked() {
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

/// A session with two factors.
fn strong() -> Session {
    let session = session();
    let Authentication { time, methods, .. } = session.authentication;
    Session {
        authentication: Authentication::new(time, methods.with(Method::TimeCode)),
        ..session
    }
}

#[test]
fn who_was_asked_for_more_and_gave_less_is_not_asked_for_ever() {
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
fn a_login_that_is_worth_enough_is_asked_for_no_more() {
    let next = step_in(&strong(), &asking_for(Acr::TWO_FACTORS, true), |_| {});
    assert_eq!(next, NextStep::Issue);
}

#[test]
fn which_account_it_is_comes_before_how_well_that_is_proved() {
    let mut demands = asking_for(Acr::TWO_FACTORS, true);
    demands.prompt = SELECT;
    assert_eq!(step(&demands, |_| {}), NextStep::SelectAccount);
    assert_eq!(step(&demands, |is| is.done.selected = true), REFUSED);
    demands.prompt = LOGIN;
    assert_eq!(step(&demands, |_| {}), NextStep::LogIn);
}
