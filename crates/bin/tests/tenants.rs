//! Checks that the tenant is part of every key in the tables of both stores and in all caches, by reading the sources.
//!
//! The tests of the codecs check that no sealed value opens in another tenant.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

type Outcome = Result<(), Box<dyn Error>>;

/// Tables without a tenant, and the reasons.
const TABLES_OF_NO_TENANT: &[(&str, &str)] = &[("nodes", "a node serves all tenants")];

/// Caches whose keys have no tenant, and the reasons.
const CACHES_OF_NO_TENANT: &[(&str, &str)] = &[
    (
        "answers: ReadThrough<(u64, String), bool>",
        "the number belongs to one tenant",
    ),
    ("runs: Cache<String, Run>", "`dev` has one tenant"),
    ("cache: Cache<K, Answer<V>>", "its users define the key"),
    (
        "marks: Cache<Mark, ()>",
        "a mark depends on the salted hash of one user",
    ),
    (
        "HashMap<IpAddr, Vec<Arc<Member>>>",
        "open connections: their tenant is known only with a request",
    ),
];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the statements of all migrations of a store, without comments.
fn statements(store: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let folder = workspace().join(format!("crates/adapters-{store}/migrations"));
    let mut sql = String::new();
    for entry in fs::read_dir(folder)? {
        let text = fs::read_to_string(entry?.path().join("up.sql"))?;
        for line in text.lines() {
            sql.push_str(line.split("--").next().unwrap_or_default());
            sql.push(' ');
        }
    }
    // On PostgreSQL, the server builds the indexes of grants outside the migrations.
    let indexes = workspace().join(format!("crates/adapters-{store}/src/schema/indexes.rs"));
    if let Ok(text) = fs::read_to_string(indexes) {
        let quoted = text.split('"').filter(|text| text.starts_with("grants ("));
        for place in quoted {
            write!(sql, ";CREATE INDEX grants_index ON {place}")?;
        }
    }
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(sql
        .split(';')
        .map(words)
        .filter(|text| !text.is_empty())
        .collect())
}

/// Returns the content of the parentheses after each occurrence of a keyword.
fn in_parentheses<'a>(statement: &'a str, keyword: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (start, _) in statement.match_indices(keyword) {
        let rest = statement.get(start + keyword.len()..).unwrap_or_default();
        let rest = rest.trim_start();
        if let Some(list) = rest.strip_prefix('(') {
            let mut depth = 1_usize;
            let end = list.find(|character| {
                match character {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            found.push(end.and_then(|end| list.get(..end)).unwrap_or(list));
        }
    }
    found
}

fn has_tenant(columns: &str) -> bool {
    let mut words =
        columns.split(|character: char| !(character.is_alphanumeric() || character == '_'));
    words.any(|word| word == "tenant")
}

#[test]
fn every_table_key_and_index_contains_tenant() -> Outcome {
    for store in ["sqlite", "postgres"] {
        let statements = statements(store)?;
        let mut tables = 0;
        for statement in &statements {
            let mut words = statement.split(' ').skip(2);
            let name = words.next().unwrap_or_default();
            if statement.starts_with("CREATE TABLE") {
                tables += 1;
                if TABLES_OF_NO_TENANT.iter().any(|(table, _)| *table == name) {
                    continue;
                }
                assert!(
                    has_tenant(statement),
                    "{store}: the table {name} has no tenant"
                );
                let keys = [
                    in_parentheses(statement, "PRIMARY KEY"),
                    in_parentheses(statement, "UNIQUE"),
                ];
                for key in keys.iter().flatten() {
                    assert!(
                        has_tenant(key),
                        "{store}: a key of {name} has no tenant: {key}"
                    );
                }
                // A key on a single column cannot contain the tenant.
                let own = [
                    "tenant integer NOT NULL PRIMARY KEY",
                    "tenant INTEGER NOT NULL PRIMARY KEY",
                ];
                let mut alone = statement.clone();
                for text in own {
                    alone = alone.replace(text, "");
                }
                let by_itself = alone.replace("PRIMARY KEY (", "").replace("UNIQUE (", "");
                let is_feed = name == "changes";
                assert!(
                    is_feed || !(by_itself.contains("PRIMARY KEY") || by_itself.contains("UNIQUE")),
                    "{store}: a column of {name} is a key without the tenant"
                );
            } else if let Some(place) = statement.split(" ON ").nth(1) {
                let feed = place.starts_with("changes ");
                assert!(
                    feed || has_tenant(place),
                    "{store}: an index has no tenant: {statement}"
                );
            }
        }
        assert!(tables > 15, "{store}: found {tables} tables");
    }
    Ok(())
}

/// Collects the lines that declare a keyed field, from all sources below a folder.
fn keyed_fields(folder: &Path, found: &mut Vec<String>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                keyed_fields(&path, found)?;
            }
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        for line in fs::read_to_string(&path)?.lines() {
            let line = line.trim().trim_end_matches(',');
            let is_field = [
                "Cache<",
                "ReadThrough<",
                "Mutex<HashMap<",
                "RwLock<HashMap<",
            ]
            .iter()
            .any(|kind| line.contains(&format!(": {kind}")) || line.contains(&format!("({kind}")));
            if is_field && !line.starts_with("//") && !line.starts_with("fn ") {
                found.push(line.to_owned());
            }
        }
    }
    Ok(())
}

#[test]
fn every_cache_key_contains_tenant() -> Outcome {
    let mut fields = Vec::new();
    for entry in fs::read_dir(workspace().join("crates"))? {
        let path = entry?.path();
        if path
            .file_name()
            .is_some_and(|name| name != "store-contract")
        {
            keyed_fields(&path.join("src"), &mut fields)?;
        }
    }
    assert!(fields.len() >= 5, "{fields:#?}");
    for field in fields {
        let is_known = CACHES_OF_NO_TENANT
            .iter()
            .any(|(known, _)| field.contains(known));
        assert!(
            is_known || field.contains("TenantId"),
            "a cache has no tenant in its key: {field}"
        );
    }
    Ok(())
}
