//! The description of a refusal for clients of this server.

use countersign_domain::client::MissingChallenge;
use countersign_domain::refusal::Refusal;

/// Returns `error_description`. Where a setting of the client causes the refusal, it names the command that changes it.
pub(super) fn description(refusal: &Refusal) -> String {
    let advice = match refusal {
        Refusal::ChallengeMissing(MissingChallenge::Always) => {
            "send it (PKCE), or change this client with `countersign clients update`: --defaults lets it send the \
             scope openid with a nonce instead, and --no-pkce makes PKCE optional"
        }
        Refusal::ChallengeMissing(MissingChallenge::UnlessNonce) => {
            "send it (PKCE), or the scope openid with a nonce, or change this client with `countersign clients update \
             --no-pkce`"
        }
        _ => return refusal.to_string(),
    };
    format!("code_challenge is missing; {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_challenge_names_command_only_if_it_helps() {
        for (missing, names_it) in [
            (MissingChallenge::NoAlternative, false),
            (MissingChallenge::Always, true),
            (MissingChallenge::UnlessNonce, true),
        ] {
            let text = description(&Refusal::ChallengeMissing(missing));
            assert!(
                text.starts_with("code_challenge is missing; send "),
                "{text}"
            );
            let command = text.contains("countersign clients update");
            assert_eq!(command, names_it, "{text}");
        }
    }
}
