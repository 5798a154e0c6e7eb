//! Who acts with the new token.

use super::*;

#[test]
fn only_impersonation_rule_leaves_out_actor() {
    let elsewhere = "https://ledger.example";
    let impersonated = |targets: &'static [&'static str]| {
        Case::of(|case| {
            let mut free = rule("app", STOCK);
            free.impersonation = true;
            case.client.token_exchange = [free, rule("app", elsewhere)].into();
            case.targets = targets.into();
            case.token.actor = actors(&["gateway"]);
        })
        .issued()
    };
    assert_eq!(names(impersonated(&[STOCK]).actor.as_ref()), ["gateway"]);
    let both = impersonated(&[STOCK, "https://ledger.example"]);
    assert_eq!(names(both.actor.as_ref()), ["orders", "gateway"]);
}

#[test]
fn client_that_narrows_its_own_token_is_no_actor() {
    let own = Case::of(|case| {
        own_token(case);
        case.client.token_exchange = [rule("orders", STOCK)].into();
        // Even if another client alone may act for the subject.
        case.token.may_act = Some(ClientId::parse("agent").unwrap());
    });
    assert_eq!(own.issued().actor, None);
}

#[test]
fn actor_token_names_actor_and_bounds_lifetime() {
    let case = Case::of(|case| {
        let mut actor = actor_token(case, "agent");
        actor.expires_at = NOW.plus(Duration::from_secs(5));
        case.actor = Some(actor);
        case.token.actor = actors(&["gateway"]);
    });
    // A token that another client got does not make its subject the actor.
    let foreign = Case::of(|case| {
        let mut actor = actor_token(case, "agent");
        actor.client = ClientId::parse("agent").unwrap();
        case.actor = Some(actor);
    });
    let expected = Refusal::PresentedTokenForAnotherAudience(Evidence::of("orders"));
    assert_eq!(foreign.refused(), expected);
    let same = Case::of(|case| {
        let subject = case.token.subject.clone();
        case.actor = Some(actor_token(case, subject.as_str()));
    });
    let subject = Evidence::of(same.token.subject.as_str());
    assert_eq!(same.refused(), Refusal::ActorRepeated(subject));
    let issuance = case.issued();
    assert_eq!(names(issuance.actor.as_ref()), ["agent", "gateway"]);
    assert_eq!(issuance.expires_at, NOW.plus(Duration::from_secs(5)));
}

#[test]
fn may_act_allows_only_its_actor() {
    let agent = || Some(ClientId::parse("agent").unwrap());
    let refused = Refusal::ActorNotAllowed(Evidence::of("orders"));
    let in_token = Case::of(|case| case.token.may_act = agent());
    assert_eq!(in_token.refused(), refused);
    let in_registration = Case::of(|case| case.app.may_act = agent());
    assert_eq!(in_registration.refused(), refused);
    // An actor token of the agent does not make another client the agent.
    let with_token = Case::of(|case| {
        case.actor = Some(actor_token(case, "agent"));
        case.token.may_act = agent();
    });
    assert_eq!(with_token.refused(), refused);
    let by_agent = Case::of(|case| {
        case.client.id = ClientId::parse("agent").unwrap();
        case.token.audience = ["agent".into()].into();
        case.token.may_act = agent();
    });
    let issuance = by_agent.issued();
    assert_eq!(names(issuance.actor.as_ref()), ["agent"]);
    // The next API may not act, either.
    assert_eq!(issuance.may_act, agent());
    let later = Case::of(|case| {
        case.client.id = ClientId::parse("agent").unwrap();
        case.token.audience = ["agent".into()].into();
        case.app.may_act = agent();
    });
    assert_eq!(later.issued().may_act, agent());
}

#[test]
fn token_from_an_exchange_needs_rules_about_its_first_client() {
    let elsewhere = "https://ledger.example";
    let held = |rules: Vec<ExchangeRule>| {
        Case::of(|case| {
            case.token.client = case.client.id.clone();
            case.token.actor = actors(&["orders"]);
            case.token.token_id.root = Root::GrantOfExchanged(case.grant.as_ref().unwrap().id());
            case.targets = [elsewhere].into();
            case.client.token_exchange = rules;
        })
    };
    let own = held([rule("orders", elsewhere)].into());
    let expected = Refusal::ExchangeNotAllowed(Evidence::of("app"));
    assert_eq!(own.refused(), expected);
    let first = held([rule("app", elsewhere)].into()).issued();
    assert_eq!(names(first.actor.as_ref()), ["orders"]);
    // If the first exchange left the client out, the second names it.
    let hidden = Case::of(|case| {
        *case = held([rule("app", elsewhere)].into());
        case.token.actor = None;
    });
    assert_eq!(names(hidden.issued().actor.as_ref()), ["orders"]);
    let machine = Case::of(|case| {
        *case = held([rule("app", elsewhere)].into());
        case.grant = None;
        case.token.subject = Subject::new("app");
        case.token.token_id.root = Root::Token(FirstToken {
            unique: [2; 12],
            expires_at: NOW,
        });
    });
    assert_eq!(names(machine.issued().actor.as_ref()), ["orders"]);
}

#[test]
fn actors_neither_repeat_nor_grow_without_limit() {
    let repeated = Case::of(|case| case.token.actor = actors(&["gateway", "orders"]));
    let expected = Refusal::ActorRepeated(Evidence::of("orders"));
    assert_eq!(repeated.refused(), expected);
    let seven = ["a", "b", "c", "d", "e", "f", "g"];
    let last = Case::of(|case| case.token.actor = actors(&seven));
    assert_eq!(names(last.issued().actor.as_ref()).len(), MOST_ACTORS);
    let eight = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let beyond = Case::of(|case| case.token.actor = actors(&eight));
    assert_eq!(beyond.refused(), Refusal::ActorsTooMany);
}
