//! Completeness of the suite.
#![expect(
    clippy::unwrap_used,
    reason = "source files that cannot be read fail the test"
)]

use std::fs;
use std::path::Path;

/// Returns the text of a file, or of all files in and below a folder.
fn texts(path: &Path) -> Vec<String> {
    if path.is_file() {
        return vec![fs::read_to_string(path).unwrap()];
    }
    let entries = fs::read_dir(path).unwrap();
    entries
        .flat_map(|entry| texts(&entry.unwrap().path()))
        .collect()
}

#[test]
fn every_property_is_in_suite() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let suite = texts(&sources.join("suite")).concat();
    let in_suite: Vec<&str> = suite.split_whitespace().collect();
    let mut sentences = 0;
    for source in texts(&sources.join("contract")) {
        for line in source.lines() {
            let Some(function) = line.strip_prefix("pub async fn ") else {
                continue;
            };
            let (sentence, _) = function.split_once('<').unwrap();
            assert!(in_suite.contains(&sentence), "{sentence}");
            sentences += 1;
        }
    }
    assert!(sentences > 50, "{sentences}");
}

/// Returns the names of the methods in the port traits that a store implements.
fn verbs() -> Vec<String> {
    let ports = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ports/src");
    let places = [
        "clients.rs",
        "ephemera.rs",
        "feed",
        "grants.rs",
        "housekeeping.rs",
        "people",
        "signing_keys.rs",
        "statistics.rs",
        "transfer.rs",
    ];
    let mut verbs = Vec::new();
    for source in places.iter().flat_map(|place| texts(&ports.join(place))) {
        let traits = source.split("pub trait ").skip(1);
        for body in traits.map(|text| text.split("\n}").next().unwrap()) {
            if body.starts_with("EventCodec") {
                continue;
            }
            let lines = body.lines().filter_map(|line| line.strip_prefix("    fn "));
            verbs.extend(lines.map(|line| line.split_once('(').unwrap().0.to_owned()));
        }
    }
    verbs
}

#[test]
fn every_store_method_is_in_contract() {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contract");
    let sources = texts(&contract).concat();
    let verbs = verbs();
    for verb in &verbs {
        assert!(sources.contains(&format!(".{verb}(")), "{verb}");
    }
    assert!(verbs.len() > 60, "{}", verbs.len());
}
