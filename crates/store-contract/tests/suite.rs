//! The suite leaves nothing out.
#![expect(
    clippy::unwrap_used,
    reason = "sources that are not there fail the test"
)]

use std::fs;
use std::path::Path;

#[test]
fn every_sentence_of_the_contract_is_in_the_suite() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let suite = fs::read_to_string(sources.join("suite.rs")).unwrap();
    let in_suite: Vec<&str> = suite.split_whitespace().collect();
    let mut sentences = 0;
    for file in fs::read_dir(sources.join("contract")).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
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

/// The lines of the traits of the ports that a store implements.
fn verbs() -> Vec<String> {
    let ports = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ports/src");
    let files = [
        "audit", "changes", "ephemera", "nodes", "people", "store", "transfer", "users",
    ];
    let mut verbs = Vec::new();
    for file in files {
        let source = fs::read_to_string(ports.join(file).with_extension("rs")).unwrap();
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
fn every_verb_of_a_store_is_in_the_contract() {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contract");
    let files = fs::read_dir(contract).unwrap();
    let sources: String = files
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let verbs = verbs();
    for verb in &verbs {
        assert!(sources.contains(&format!(".{verb}(")), "{verb}");
    }
    assert!(verbs.len() > 60, "{}", verbs.len());
}
