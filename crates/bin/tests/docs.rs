//! The tables of `docs/conformance.md` and `docs/security.md` name the tests that hold them to the truth: each of these
//! tests exists.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

type Outcome = Result<(), Box<dyn Error>>;

/// The heading of the column that names tests.
const COLUMN: &str = "test";
/// What stands there if there is none.
const NONE: &str = "none";

#[test]
fn every_test_that_the_page_on_conformance_names_exists() -> Outcome {
    names_tests("docs/conformance.md", 50)
}

#[test]
fn every_test_that_the_page_on_security_names_exists() -> Outcome {
    names_tests("docs/security.md", 50)
}

/// The page has this number of rows or more, and each names a test or says that there is none.
fn names_tests(page: &str, at_least: usize) -> Outcome {
    let tests = tests()?;
    let page = fs::read_to_string(workspace().join(page))?;
    let cells = cells(&page);
    assert!(cells.len() >= at_least, "{} rows", cells.len());
    for cell in cells {
        let named: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty() || cell == NONE, "no test in \"{cell}\"");
        for name in named {
            assert!(tests.contains(name), "no test is called {name}");
        }
    }
    Ok(())
}

/// What stands in the columns that name tests, of all tables of a page.
fn cells(page: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut column = None;
    for line in page.lines() {
        let row: Vec<&str> = line.split('|').map(str::trim).collect();
        match column {
            _ if row.len() < 3 => column = None,
            None => column = row.iter().position(|cell| *cell == COLUMN),
            Some(column) => found.extend(row.get(column).filter(|cell| !is_ruler(cell))),
        }
    }
    found
}

/// The line between the heading of a table and its rows.
fn is_ruler(cell: &str) -> bool {
    cell.starts_with("---")
}

/// The names of all tests in Rust, and the titles of those in a browser.
fn tests() -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut tests = BTreeSet::new();
    for source in files(&workspace().join("crates"), ".rs")? {
        let mut is_test = false;
        for line in source.lines().map(str::trim) {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            let name = line.strip_prefix("async ").unwrap_or(line);
            if let Some((name, _)) = name.strip_prefix("fn ").and_then(|n| n.split_once('(')) {
                if is_test {
                    tests.insert(name.to_owned());
                }
                is_test = false;
            }
        }
    }
    for source in files(&workspace().join("tests/browser"), ".test.mjs")? {
        let calls = source.lines().map(str::trim);
        for call in calls.filter_map(|line| line.strip_prefix("test(")) {
            if let Some(quote) = call.chars().next() {
                tests.extend(call.split(quote).nth(1).map(str::to_owned));
            }
        }
    }
    Ok(tests)
}

/// The content of all files under a folder whose name ends so.
fn files(folder: &Path, ending: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut contents = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            contents.extend(files(&path, ending)?);
        } else if path.to_string_lossy().ends_with(ending) {
            contents.push(fs::read_to_string(&path)?);
        }
    }
    Ok(contents)
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
