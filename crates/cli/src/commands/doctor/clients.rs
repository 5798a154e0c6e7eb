//! Clients without PKCE, and client secrets that are old or end soon.

use super::examined::Examined;
use super::finding::{Checked, Finding, names};
use super::unused::Use;
use countersign_domain::client::{Client, ClientSecret, GrantType, PkceRequirement};
use countersign_domain::time::Timestamp;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
/// Age from which a secret should be replaced.
const OLD: Duration = DAY.saturating_mul(365);
/// Remaining time in which the developers of a client have to act.
const SOON: Duration = DAY.saturating_mul(30);

const REPLACE: &str = "For each, run `countersign clients secrets add CLIENT`, pass the new secret to the client, and remove the old one.";

/// Clients with a weakness, by ID.
#[derive(Default)]
struct Weak {
    without_pkce: Vec<String>,
    without_secret: Vec<String>,
    ending: Vec<String>,
    old: Vec<String>,
}

/// Reads the clients once. Returns the findings about their security, and the finding about their use.
pub(crate) async fn check(of: &Examined) -> Checked<(Vec<Finding>, Finding)> {
    let (mut weak, mut use_of) = (Weak::default(), Use::default());
    let pkce_for_all = of.settings.requests.pkce_for_all;
    of.each_client(|client| {
        weak.note(client, pkce_for_all, of.now);
        use_of.note(client, of.now);
    })
    .await?;
    Ok((weak.findings(), use_of.finding()))
}

impl Weak {
    fn note(&mut self, client: &Client, pkce_for_all: bool, now: Timestamp) {
        let id = || client.id.as_str().to_owned();
        // With `UnlessNonce`, the nonce protects as PKCE does (RFC 9700 section 2.1.1).
        let may_skip = client.pkce_requirement() == PkceRequirement::Never && !pkce_for_all;
        if may_skip && client.may_use(&GrantType::AUTHORIZATION_CODE).is_ok() {
            self.without_pkce.push(id());
        }
        if client.secrets.is_empty() {
            return;
        }
        let valid =
            |secret: &&ClientSecret| !secret.expires_at.is_some_and(|end| end.has_passed(now));
        let mut secrets: Vec<&ClientSecret> = client.secrets.iter().filter(valid).collect();
        // A client is safe for as long as its newest secrets are.
        secrets.sort_unstable_by_key(|secret| secret.expires_at.unwrap_or(Timestamp::LATEST));
        match secrets.last().map(|secret| secret.expires_at) {
            None => self.without_secret.push(id()),
            Some(Some(end)) if end.since(now) < SOON => self.ending.push(id()),
            Some(_) => {}
        }
        let is_old = |secret: &&ClientSecret| secret.created_at.plus(OLD).has_passed(now);
        if secrets.iter().any(is_old) {
            self.old.push(id());
        }
    }

    fn findings(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.without_secret.is_empty() {
            let clients = names(&self.without_secret);
            findings.push(Finding::problem(
                format!("All secrets of these clients have expired: {clients}."),
                "Run `countersign clients secrets add CLIENT`, or `countersign clients disable CLIENT`.",
            ));
        }
        if !self.ending.is_empty() {
            let clients = names(&self.ending);
            let message =
                format!("The last secret of these clients expires within 30 days: {clients}.");
            findings.push(Finding::warning(message, REPLACE));
        }
        if !self.old.is_empty() {
            let message = format!(
                "These clients have secrets older than a year: {}.",
                names(&self.old)
            );
            findings.push(Finding::warning(message, REPLACE));
        }
        if !self.without_pkce.is_empty() {
            let clients = names(&self.without_pkce);
            findings.push(Finding::warning(
                format!("These clients may leave out PKCE: {clients}."),
                "If they can use it, run `countersign clients update CLIENT --require-pkce`.",
            ));
        }
        if findings.is_empty() {
            findings.push(Finding::ok("All clients use PKCE and have recent secrets."));
        }
        findings
    }
}
