//! Imports and paths of a source file.

use crate::tokens::product_tokens;
use std::collections::{BTreeMap, BTreeSet};

/// Segments of a path to an item.
pub(crate) type ItemPath = Vec<String>;

/// Source file of a crate.
pub(crate) struct Source {
    /// Name, relative to the root of the crate.
    pub(crate) file: String,
    /// Imported paths by their local names.
    pub(crate) imports: BTreeMap<String, ItemPath>,
    /// Paths that it names. The path of a `pub use` is among them only if the file also uses it.
    pub(crate) paths: BTreeSet<ItemPath>,
    /// Names outside of imports, such as those of its own items.
    pub(crate) names: BTreeSet<String>,
}

impl Source {
    pub(crate) fn parse(file: &str, text: &str) -> Self {
        let mut source = Self {
            file: file.into(),
            imports: BTreeMap::new(),
            paths: BTreeSet::new(),
            names: BTreeSet::new(),
        };
        let tokens = product_tokens(text);
        let mut rest = tokens.as_slice();
        let mut before = "";
        while let [token, after @ ..] = rest {
            if *token == "use" && after.first() != Some(&"<") {
                let end = after.iter().position(|token| *token == ";");
                let (tree, others) = after.split_at(end.unwrap_or(after.len()));
                source.import(tree, ["pub", ")"].contains(&before));
                rest = others;
                continue;
            }
            if before != "::" {
                source.paths.insert(path_at(rest));
            }
            source.names.insert((*token).into());
            before = token;
            rest = after;
        }
        let used = source
            .names
            .iter()
            .filter_map(|name| source.imports.get(name));
        source.paths.extend(used.cloned());
        source
    }

    fn import(&mut self, tree: &[&str], is_public: bool) {
        for (name, path) in imported(tree) {
            if !is_public {
                self.paths.insert(path.clone());
            }
            self.imports.insert(name, path);
        }
    }
}

/// Returns the segments of the path that starts with the first token; none if it is not a name.
fn path_at(tokens: &[&str]) -> ItemPath {
    let mut path = ItemPath::new();
    for step in tokens.chunks(2) {
        match step {
            [name, "::"] if is_name(name) => path.push((*name).into()),
            [name, ..] if is_name(name) => {
                path.push((*name).into());
                break;
            }
            _ => break,
        }
    }
    path
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Returns the names that a `use` with this tree imports, with their paths.
fn imported(tree: &[&str]) -> Vec<(String, ItemPath)> {
    let mut all = Vec::new();
    // Prefixes before the open braces.
    let mut prefixes = Vec::new();
    let mut path = ItemPath::new();
    let mut name = None;
    let mut tokens = tree.iter().chain(&[","]);
    while let Some(token) = tokens.next() {
        match *token {
            "::" => {}
            "{" => {
                prefixes.push(path.clone());
                name = None;
            }
            "," | "}" => {
                all.extend(name.take().map(|name| (name, path)));
                path = prefixes.last().cloned().unwrap_or_default();
                if *token == "}" {
                    prefixes.pop();
                }
            }
            "as" => name = tokens.next().map(|name| (*name).into()),
            "self" if !path.is_empty() => name = path.last().cloned(),
            segment => {
                path.push(segment.into());
                name = path.last().cloned();
            }
        }
    }
    all
}
