//! Checks that the tests named in the tables of `docs/conformance.md` and `docs/security.md` exist.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

type Outcome = Result<(), Box<dyn Error>>;

/// Heading of the column that names tests.
const COLUMN: &str = "test";
/// Content of a cell without a test.
const NONE: &str = "none";

#[test]
fn tests_named_in_conformance_page_exist() -> Outcome {
    names_tests("docs/conformance.md", 50)
}

#[test]
fn tests_named_in_security_page_exist() -> Outcome {
    names_tests("docs/security.md", 50)
}

/// Checks that the page has at least this number of rows, and that each row names existing tests or `none`.
fn names_tests(page: &str, at_least: usize) -> Outcome {
    let tests = tests()?;
    let page = fs::read_to_string(workspace().join(page))?;
    let cells = cells(&page);
    assert!(cells.len() >= at_least, "{} rows", cells.len());
    for cell in cells {
        let named: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty() || cell == NONE, "no test in \"{cell}\"");
        for name in named {
            assert!(tests.contains(name), "the test {name} does not exist");
        }
    }
    Ok(())
}

/// Returns the cells of all test columns of a page.
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

/// Returns whether the cell belongs to the delimiter row of a table.
fn is_ruler(cell: &str) -> bool {
    cell.starts_with("---")
}

/// Returns the names of all Rust tests and the titles of all browser tests.
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

/// Returns the contents of all files below a folder whose names have this ending.
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
