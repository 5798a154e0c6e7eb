//! Dependencies among the files of a crate.
//!
//! A file depends on another if it names an item of that file: in a `use`, or in a path such as `super::Key`. `mod`
//! lines and `pub use` are not dependencies, and a path through a `pub use` leads to the file that defines the item.
//! Test code (`#[cfg(test)]`) does not count.

use crate::source::{ItemPath, Source};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Dependencies of each file, each with an item that it names.
pub(crate) type Dependencies = BTreeMap<String, BTreeMap<String, String>>;

/// Files of a crate by module path. The path of the root is empty.
type Modules = BTreeMap<ItemPath, Source>;

/// Maximum number of imports that a path is followed through.
const MOST_STEPS: usize = 16;

/// Returns the dependencies among files, each given by its name and its text.
pub(crate) fn dependencies(files: &[(String, String)]) -> Dependencies {
    let parsed = files
        .iter()
        .map(|(file, text)| (module_path(file), Source::parse(file, text)));
    let modules: Modules = parsed.collect();
    let mut all = Dependencies::new();
    for (place, source) in &modules {
        let uses = all.entry(source.file.clone()).or_default();
        for path in &source.paths {
            if let Some((file, item)) = resolve(&modules, place, path, MOST_STEPS)
                && file != source.file
            {
                uses.insert(file, item);
            }
        }
    }
    all
}

/// Returns the module path of a file: `a::b` for `a/b.rs` and `a/b/mod.rs`.
fn module_path(file: &str) -> ItemPath {
    let name = file.trim_end_matches(".rs");
    let mut path: ItemPath = name.split('/').map(Into::into).collect();
    path.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
    path
}

/// Resolves a path in the module `place` to a file and an item. Returns `None` for a module, and for an exported macro,
/// whose path does not name its file.
fn resolve(
    modules: &Modules,
    place: &[String],
    path: &[String],
    steps: usize,
) -> Option<(String, String)> {
    let (first, rest) = path.split_first()?;
    let source = modules.get(place)?;
    let child = [place, std::slice::from_ref(first)].concat();
    match first.as_str() {
        "crate" => resolve(modules, &[], rest, steps),
        "self" => resolve(modules, place, rest, steps),
        "super" => resolve(modules, place.split_last()?.1, rest, steps),
        _ if modules.contains_key(&child) => resolve(modules, &child, rest, steps),
        name => match source.imports.get(name) {
            Some(import) => {
                let path = [import, rest].concat();
                resolve(modules, place, &path, steps.checked_sub(1)?)
            }
            // Also an item of another crate, as if it were defined here.
            None if name == "*" || source.names.contains(name) => {
                Some((source.file.clone(), name.into()))
            }
            None => None,
        },
    }
}

/// Returns the cycles, at least one for each group of files that depend on each other.
pub(crate) fn cycles(all: &Dependencies) -> Vec<String> {
    let files = all.keys();
    files.filter_map(|file| shortest_cycle(all, file)).collect()
}

/// Returns the shortest cycle from a file through files that are later in the alphabet.
fn shortest_cycle(all: &Dependencies, start: &str) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([(start, start.to_owned())]);
    while let Some((file, path)) = queue.pop_front() {
        for (next, item) in all.get(file)? {
            let path = format!("{path} -({item})-> {next}");
            if next == start {
                return Some(path);
            }
            if next.as_str() > start && seen.insert(next) {
                queue.push_back((next, path));
            }
        }
    }
    None
}
