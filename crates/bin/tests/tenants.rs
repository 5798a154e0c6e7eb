//! Checks that the tenant is part of every key in the tables of both stores and in all caches, and that the removal of a
//! tenant empties every table, by reading the sources and the schema.
//!
//! The tests of the codecs check that no sealed value opens in another tenant.

use countersign_adapters_sqlite::SqliteStore;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

type Outcome = Result<(), Box<dyn Error>>;

/// Tables without a tenant, and the reasons.
const TABLES_OF_NO_TENANT: &[(&str, &str)] = &[("nodes", "a node serves all tenants")];

/// Tables with a tenant that keep their rows when it is removed, and the reasons.
const TABLES_THAT_STAY: &[(&str, &str)] = &[(
    "changes",
    "nodes read the feed; its rows are removed by age",
)];

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

/// Columns of a primary key by table.
type Keys = BTreeMap<String, BTreeSet<String>>;

/// Table with a tenant, and its primary key.
#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    key: String,
}

/// Returns the tables that the removal of a tenant empties, and the keys by which it does.
fn emptied() -> Result<Keys, Box<dyn Error>> {
    let source = workspace().join("crates/adapters-sql/src/schema/tenant_tables.rs");
    let text = fs::read_to_string(source)?;
    let rows = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("(\"")?.strip_suffix("\"),"));
    let pairs = rows.filter_map(|row| row.split_once("\", \""));
    Ok(pairs.map(|(table, key)| keyed(table, key)).collect())
}

fn keyed(table: &str, key: &str) -> (String, BTreeSet<String>) {
    (
        table.to_owned(),
        key.split(", ").map(str::to_owned).collect(),
    )
}

fn stays(table: &str) -> bool {
    TABLES_THAT_STAY.iter().any(|(name, _)| *name == table)
}

#[tokio::test]
async fn removal_of_tenant_empties_every_table_of_sqlite() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("store.db");
    SqliteStore::open(&path)?.migrate().await?;
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
    let tables: Vec<Table> = sql_query(
        "SELECT name, (SELECT group_concat(name, ', ') FROM \
            (SELECT name FROM pragma_table_info(tables.name) WHERE pk > 0 ORDER BY pk)) AS key \
         FROM sqlite_master AS tables WHERE type = 'table' \
         AND EXISTS (SELECT 1 FROM pragma_table_info(tables.name) WHERE name = 'tenant')",
    )
    .load(&mut connection)?;
    let tables = tables.iter().filter(|table| !stays(&table.name));
    let tables: Keys = tables.map(|table| keyed(&table.name, &table.key)).collect();
    assert_eq!(emptied()?, tables);
    Ok(())
}

#[test]
fn removal_of_tenant_empties_every_table_of_postgres() -> Outcome {
    let statements = statements("postgres")?;
    let tables = statements
        .iter()
        .filter_map(|statement| statement.strip_prefix("CREATE TABLE "))
        .filter(|table| has_tenant(table))
        .filter_map(|table| table.split(' ').next());
    let mut tables: Vec<_> = tables.filter(|table| !stays(table)).collect();
    tables.sort_unstable();
    let emptied = emptied()?;
    assert_eq!(emptied.keys().collect::<Vec<_>>(), tables);
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
