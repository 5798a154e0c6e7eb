//! Rules of the exchanging client.

use crate::client::{Client, ExchangeRule};

impl Client {
    /// Returns the rule for exchanging tokens of a client for tokens for an audience.
    pub(super) fn exchange_rule(
        &self,
        subject_client: &str,
        audience: &str,
    ) -> Option<&ExchangeRule> {
        let mut rules = self.token_exchange.iter();
        rules.find(|rule| rule.is_about(subject_client, audience))
    }
}
