//! The suite leaves nothing out.

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
