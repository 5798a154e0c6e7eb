//! Requirements of an OpenID Connect request for sign-in and consent (Core section 3.1.2.1).

use crate::evidence::Evidence;
use crate::identifier::Subject;
use crate::login::authentication::{Acr, AcrNames};
use crate::parameter::present;
use crate::refusal::Refusal;
use core::time::Duration;

/// Parameters of an authorization request that control sign-in and consent, not yet validated. An empty parameter counts
/// as absent (RFC 6749 section 3.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct DemandParameters<'a> {
    /// `prompt`.
    pub prompt: Option<&'a str>,
    /// `max_age`.
    pub max_age: Option<&'a str>,
    /// `acr_values`: preferred classes, best first.
    pub acr_values: Option<&'a str>,
    /// Values of an essential `acr` in `claims` (section 5.5.1.1).
    pub essential_acr: Option<&'a [&'a str]>,
    /// Subject of `id_token_hint`, or the value of `sub` in `claims`.
    pub subject: Option<&'a str>,
}

/// Conditions on sign-in and consent that must hold before the server issues a code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// `prompt`.
    pub prompt: Prompt,
    /// `max_age`: maximum age of the sign-in.
    pub max_age: Option<Duration>,
    /// Requested `acr` class.
    pub acr: Option<AcrDemand>,
    /// User who must be signed in, by the client's subject, pairwise or public.
    pub subject: Option<Subject>,
}

/// Values of `prompt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the values of the parameter are independent of one another"
)]
pub struct Prompt {
    /// `none`: show no page.
    pub none: bool,
    /// `login`: require a new sign-in despite a live session.
    pub login: bool,
    /// `consent`: ask for consent despite stored consent.
    pub consent: bool,
    /// `select_account`: let the user choose an account.
    pub select_account: bool,
}

/// Requested `acr` class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcrDemand {
    /// Minimum class.
    pub least: Acr,
    /// Whether the class is required. Otherwise it is a preference.
    pub essential: bool,
}

impl Demands {
    /// Validates the parameters. `acr_names` are the values of `acr` that the server supports.
    pub fn judge(
        parameters: &DemandParameters<'_>,
        acr_names: AcrNames<'_>,
    ) -> Result<Self, Refusal> {
        let DemandParameters {
            prompt,
            max_age,
            acr_values,
            essential_acr,
            subject,
        } = parameters;
        Ok(Self {
            prompt: Prompt::judge(*prompt)?,
            max_age: present(*max_age).map(judge_max_age).transpose()?,
            acr: judge_acr(*acr_values, *essential_acr, acr_names)?,
            subject: present(*subject).map(Subject::new),
        })
    }
}

impl Prompt {
    fn judge(text: Option<&str>) -> Result<Self, Refusal> {
        let mut prompt = Self::default();
        for value in text
            .unwrap_or_default()
            .split(' ')
            .filter(|value| !value.is_empty())
        {
            match value {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                _ => return Err(Refusal::PromptUnknown(Evidence::of(value))),
            }
        }
        if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
            return Err(Refusal::PromptContradictory);
        }
        Ok(prompt)
    }
}

fn judge_max_age(text: &str) -> Result<Duration, Refusal> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if digits => Ok(Duration::from_secs(seconds)),
        _ => Err(Refusal::MaxAgeMalformed(Evidence::of(text))),
    }
}

/// Returns the lowest known class of the requested values. If all values are unknown, ignores a preference
/// (`acr_values`) and refuses an essential `acr`.
fn judge_acr(
    wished: Option<&str>,
    essential: Option<&[&str]>,
    names: AcrNames<'_>,
) -> Result<Option<AcrDemand>, Refusal> {
    if let Some(values) = essential.filter(|values| !values.is_empty()) {
        let known = values.iter().filter_map(|value| names.parse(value));
        let least = known.min();
        return least
            .map(|least| {
                Some(AcrDemand {
                    least,
                    essential: true,
                })
            })
            .ok_or(Refusal::AcrNotReached);
    }
    let wished = wished.unwrap_or_default().split(' ');
    let wished = wished.filter_map(|value| names.parse(value));
    Ok(wished.min().map(|least| AcrDemand {
        least,
        essential: false,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::ACR_NAMES;

    fn prompt(text: &str) -> Result<Prompt, Refusal> {
        Prompt::judge(Some(text))
    }

    #[test]
    fn prompt_none_cannot_be_combined() {
        assert!(prompt("none").unwrap().none);
        for text in ["none login", "consent none", "none select_account"] {
            assert_eq!(prompt(text), Err(Refusal::PromptContradictory), "{text}");
        }
        let both = prompt("login consent").unwrap();
        assert!(both.login && both.consent && !both.none);
    }

    #[test]
    fn unknown_prompt_value_is_refused() {
        let unknown = Refusal::PromptUnknown(Evidence::of("create"));
        assert_eq!(prompt("login create"), Err(unknown));
        assert_eq!(Prompt::judge(None), Ok(Prompt::default()));
    }

    #[test]
    fn max_age_must_be_whole_seconds() {
        assert_eq!(judge_max_age("0"), Ok(Duration::ZERO));
        for text in ["", "-1", "+1", "1.5", "soon", "99999999999999999999"] {
            let malformed = Refusal::MaxAgeMalformed(Evidence::of(text));
            assert_eq!(judge_max_age(text), Err(malformed), "{text}");
        }
    }

    #[test]
    fn empty_parameters_demand_nothing() {
        let empty = DemandParameters {
            prompt: Some(""),
            max_age: Some(""),
            acr_values: Some(""),
            essential_acr: None,
            subject: Some(""),
        };
        assert_eq!(Demands::judge(&empty, ACR_NAMES), Ok(Demands::default()));
    }

    #[test]
    fn unknown_acr_is_ignored_unless_essential() {
        assert_eq!(judge_acr(Some("unknown"), None, ACR_NAMES), Ok(None));
        assert_eq!(
            judge_acr(None, Some(&["unknown"]), ACR_NAMES),
            Err(Refusal::AcrNotReached)
        );
        let demand = judge_acr(None, Some(&["unknown", "phr", "two"]), ACR_NAMES).unwrap();
        assert_eq!(
            demand,
            Some(AcrDemand {
                least: Acr::TWO_FACTORS,
                essential: true
            })
        );
    }
}
