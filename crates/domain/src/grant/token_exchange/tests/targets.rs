//! Audiences and scope of the new token.

use super::*;

#[test]
fn exchange_without_rule_is_refused() {
    let unknown = Case::of(|case| case.client.token_exchange = [rule("web", STOCK)].into());
    let expected = Refusal::ExchangeNotAllowed(Evidence::of("app"));
    assert_eq!(unknown.refused(), expected);
    let elsewhere = "https://ledger.example";
    let target = Refusal::ExchangeTargetNotAllowed(Evidence::of(elsewhere));
    // A rule about another client does not help.
    let beyond = Case::of(|case| {
        case.targets = [STOCK, elsewhere].into();
        case.client.token_exchange.push(rule("web", elsewhere));
    });
    assert_eq!(beyond.refused(), target);
    let both = Case::of(|case| {
        case.targets = [STOCK, elsewhere, "", STOCK].into();
        case.client.token_exchange.push(rule("app", elsewhere));
    });
    assert_eq!(both.issued().audience, [STOCK, elsewhere]);
}

#[test]
fn new_token_has_at_most_ten_audiences() {
    const NAMES: [&str; 11] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    let wanting = |count: usize| {
        Case::of(|case| {
            case.targets = NAMES.into_iter().take(count).collect();
            case.client.token_exchange = NAMES.map(|name| rule("app", name)).into();
        })
    };
    assert_eq!(wanting(10).issued().audience.len(), 10);
    let expected = Refusal::ExchangeTargetNotAllowed(Evidence::of("10"));
    assert_eq!(wanting(11).refused(), expected);
}

#[test]
fn exchange_without_target_keeps_audience_if_rule_allows_it() {
    let kept = Case::of(|case| {
        case.targets.clear();
        case.client.token_exchange = [rule("app", "orders")].into();
    });
    assert_eq!(kept.issued().audience, ["orders"]);
    let refused = Case::of(|case| case.targets.clear()).refused();
    let expected = Refusal::ExchangeTargetNotAllowed(Evidence::of("orders"));
    assert_eq!(refused, expected);
    let nothing = Case::of(|case| {
        case.targets.clear();
        case.token.audience.clear();
        case.token.client = case.client.id.clone();
    });
    let expected = Refusal::ExchangeTargetNotAllowed(Evidence::of(""));
    assert_eq!(nothing.refused(), expected);
}

#[test]
fn scope_beyond_token_or_registration_is_refused() {
    let asked = |scope| Case::of(|case| case.scope = Some(scope));
    let beyond = Refusal::ScopeBeyondGrant(Evidence::of("audit"));
    assert_eq!(asked("audit").refused(), beyond);
    let unregistered = Refusal::ScopeNotRegistered(Evidence::of("write"));
    assert_eq!(asked("read write").refused(), unregistered);
    assert_eq!(asked("").issued().scope.as_str(), "read");
}
