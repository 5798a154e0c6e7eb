//! The printed table, and the check that it has all rules.

use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use std::error::Error;

/// Returns the variant name of a refusal, without its evidence.
pub(crate) fn name(rule: &Refusal) -> String {
    let text = format!("{rule:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}

/// Returns the name that a rule must have: `CodeReplayed` becomes `code_replayed`.
pub(crate) fn expected_name(variant: &str) -> String {
    let mut name = String::new();
    for character in variant.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// Prints a row for each refusal and collects failures.
#[derive(Default)]
pub(crate) struct Table {
    shown: Vec<Refusal>,
    faults: Vec<String>,
}

impl Table {
    pub(crate) fn section(&mut self, title: &str) {
        let gap = if self.shown.is_empty() { "" } else { "\n" };
        println!("{gap}{title}");
    }

    /// Adds a refusal of the domain. `judged` is the actual outcome.
    pub(crate) fn row(&mut self, rule: Refusal, judged: impl Into<Option<Refusal>>) {
        let judged = judged.into();
        if judged.as_ref() != Some(&rule) {
            self.faults.push(format!(
                "expected {rule:?}, but the actual outcome was {judged:?}"
            ));
        }
        self.print(rule, "");
    }

    /// Adds a refusal of another layer. `finding` is how that layer detects it.
    pub(crate) fn row_of_a_layer(&mut self, rule: Refusal, finding: &str) {
        self.print(rule, &format!(" ({finding})"));
    }

    pub(crate) fn print(&mut self, rule: Refusal, finding: &str) {
        if rule.name() != expected_name(&name(&rule)) {
            self.faults
                .push(format!("{rule:?} has the name {}", rule.name()));
        }
        let value = rule.evidence().map(|value| format!("; log: {value}"));
        println!(
            "  {:<31} {:<25} {rule}{finding}{}",
            name(&rule),
            rule.code().as_str(),
            value.unwrap_or_default()
        );
        self.shown.push(rule);
    }

    /// Compares the rows with the variants of [`Refusal`] in its source.
    pub(crate) fn finish(mut self) -> Result<(), Box<dyn Error>> {
        let source = include_str!("../../src/refusal.rs");
        let variants = source
            .split("pub enum Refusal {")
            .nth(1)
            .and_then(|rest| rest.split('}').next());
        let variants = variants.ok_or("src/refusal.rs has no enum Refusal")?;
        for line in variants.lines().map(str::trim) {
            let Some(variant) = line.strip_suffix(',') else {
                continue;
            };
            let name = variant.split('(').next().unwrap_or(variant);
            let is_shown = self.shown.iter().any(|rule| self::name(rule) == name);
            // The rules of other servers are not in this table.
            if name.chars().all(char::is_alphanumeric) && name != "Custom" && !is_shown {
                self.faults.push(format!("{name} is not shown"));
            }
        }
        if self.faults.is_empty() {
            println!("\nAll {} rows refused as expected.", self.shown.len());
            Ok(())
        } else {
            Err(self.faults.join("; ").into())
        }
    }
}

/// Evidence of a refusal.
pub(crate) fn of(value: impl std::fmt::Display) -> Evidence {
    Evidence::of(value)
}
