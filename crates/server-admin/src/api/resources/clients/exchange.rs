//! JSON form of the rules for token exchange.

use crate::api::problem::Problem;
use crate::api::shape::{CLIENT_ID, PLAIN_TEXT};
use countersign_domain::client::{ClientId, ExchangeRule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Permission to exchange the tokens of one client for tokens for one audience (RFC 8693).
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ExchangeRule", inline)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeRuleBody {
    /// Client to which the subject token was issued.
    #[schemars(regex(pattern = CLIENT_ID))]
    subject_client: String,
    /// `aud` of the new token.
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    audience: String,
    /// Whether the new token leaves out that the client acts for the subject.
    #[serde(default)]
    impersonation: bool,
}

impl From<&ExchangeRule> for ExchangeRuleBody {
    fn from(rule: &ExchangeRule) -> Self {
        Self {
            subject_client: rule.subject_client.as_str().to_owned(),
            audience: rule.audience.clone(),
            impersonation: rule.impersonation,
        }
    }
}

impl ExchangeRuleBody {
    pub(super) fn rule(&self) -> Result<ExchangeRule, Problem> {
        let id = ClientId::parse(&self.subject_client);
        Ok(ExchangeRule {
            subject_client: id.map_err(|error| Problem::field("token_exchange", error))?,
            audience: self.audience.clone(),
            impersonation: self.impersonation,
        })
    }
}
