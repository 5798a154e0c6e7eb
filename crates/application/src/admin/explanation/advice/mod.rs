//! What an operator can do about a refusal, for each rule.

mod people;
mod requests;
mod tokens;

/// Returns what a rule means for an operator and how to fix its cause. Commands contain the client ID, if it needs no
/// quotation marks.
pub(super) fn advice(rule: &str, client: Option<&str>) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let client = client.filter(|id| id.bytes().all(plain));
    general(rule).replace("CLIENT_ID", client.unwrap_or("CLIENT_ID"))
}

fn general(rule: &str) -> &'static str {
    tokens::advice(rule)
        .or_else(|| requests::advice(rule))
        .or_else(|| people::advice(rule))
        .unwrap_or(
            "The request does not have the form that the server expects. The fact `parameter` names the parameter, if \
             there is one. Change the application.",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::refusals;
    use countersign_domain::refusal::Refusal;

    #[test]
    fn every_rule_has_advice() {
        let of_account = refusals::ALL.iter().map(Refusal::name);
        let of_failures = ["too_many_attempts"].into_iter();
        let rules = Refusal::NAMES.iter().copied();
        for rule in rules.chain(of_account).chain(of_failures) {
            let found = [tokens::advice, requests::advice, people::advice];
            let found: Vec<_> = found.iter().filter_map(|advice| advice(rule)).collect();
            assert_eq!(found.len(), 1, "{rule}");
            assert!(found.iter().all(|text| text.ends_with('.')), "{rule}");
        }
    }
}
