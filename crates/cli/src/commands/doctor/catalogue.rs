//! Texts of the pages: the operator's catalogues and descriptions of scope.

use super::examined::Examined;
use super::finding::{Checked, Finding, names};
use countersign_ports::NoPlaces;
use std::sync::Arc;

pub(crate) fn check(of: &Examined) -> Checked<Finding> {
    let issuer = of.settings.issuer.as_deref().unwrap_or_default();
    let pages = of.settings.pages.pages(issuer, Arc::new(NoPlaces))?;
    let untranslated = pages.untranslated();
    let incomplete: Vec<String> = untranslated
        .map(|(language, keys)| {
            let first = keys.first().map_or("", String::as_str);
            format!("{language} ({} texts, such as {first})", keys.len())
        })
        .collect();
    if incomplete.is_empty() {
        let languages: Vec<String> = pages.languages().map(str::to_owned).collect();
        return Ok(Finding::ok(format!(
            "All texts exist in {}.",
            names(&languages)
        )));
    }
    Ok(Finding::warning(
        format!("Some texts appear in English: {}.", names(&incomplete)),
        "Add them to the files in `pages.catalogues`.",
    ))
}
