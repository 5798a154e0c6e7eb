//! Structure of the source tree: a folder has a limited number of files, and the files of a crate form no dependency
//! cycles.
//!
//! A file depends on another if it names an item of that file: in a `use`, or in a path such as `super::Key`. `mod` lines
//! and `pub use` are not dependencies, and a path through a `pub use` leads to the file that defines the item.
//! Test code (`#[cfg(test)]`) does not count.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

type Outcome = Result<(), Box<dyn Error>>;

/// Maximum number of files directly in a folder.
const MOST_FILES: usize = 15;

/// Folders without sources. Hidden folders are skipped as well.
const NO_SOURCES: &[&str] = &["target", "node_modules"];

/// Maximum number of `pub use` that a path is followed through.
const MOST_STEPS: usize = 16;

#[test]
fn folders_have_at_most_fifteen_files() -> Outcome {
    let mut crowded = Vec::new();
    for root in ["crates", "tests", "scripts"] {
        find_crowded(&workspace().join(root), &mut crowded)?;
    }
    assert!(crowded.is_empty(), "{crowded:#?}");
    Ok(())
}

#[test]
fn files_of_a_crate_form_no_cycle() -> Outcome {
    let mut found = Vec::new();
    for entry in fs::read_dir(workspace().join("crates"))? {
        let sources = entry?.path().join("src");
        let mut files = Vec::new();
        read_sources(&sources, &mut files)?;
        assert!(!files.is_empty(), "{}", sources.display());
        for cycle in cycles(&dependencies(&files)) {
            found.push(format!("{}: {cycle}", sources.display()));
        }
    }
    found.sort();
    assert!(found.is_empty(), "{found:#?}");
    Ok(())
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Adds the folders in and below `folder` that have too many files.
fn find_crowded(folder: &Path, crowded: &mut Vec<String>) -> Outcome {
    let mut files = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !path.is_dir() {
            files += 1;
        } else if !name.starts_with('.') && !NO_SOURCES.contains(&&*name) {
            find_crowded(&path, crowded)?;
        }
    }
    if files > MOST_FILES {
        crowded.push(format!("{}: {files} files", folder.display()));
    }
    Ok(())
}

/// Adds the sources in and below `folder`, each with its path and its text.
fn read_sources(folder: &Path, files: &mut Vec<(String, String)>) -> Outcome {
    read_below(folder, folder, files)
}

fn read_below(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_below(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// Dependencies of each file, each with an item that it names.
type Dependencies = BTreeMap<String, BTreeMap<String, String>>;

/// Segments of a path to an item.
type ItemPath = Vec<String>;

/// File of a crate.
struct Module {
    file: String,
    /// Imported paths by their local names.
    imports: BTreeMap<String, ItemPath>,
    /// Paths that it names.
    paths: BTreeSet<ItemPath>,
    /// Exported macros, which are named as items of the crate root.
    macros: Vec<String>,
    /// Child modules for tests only.
    tests: BTreeSet<String>,
}

/// Modules of a crate by path. The path of the root is empty.
type Modules = BTreeMap<ItemPath, Module>;

fn dependencies(files: &[(String, String)]) -> Dependencies {
    let mut modules: Modules = files
        .iter()
        .map(|(file, text)| (module_path(file), parse(file, text)))
        .collect();
    let for_tests: Vec<ItemPath> = modules
        .iter()
        .flat_map(|(path, module)| module.tests.iter().map(|name| joined(path, name)))
        .collect();
    modules.retain(|path, _| !for_tests.iter().any(|test| path.starts_with(test)));
    let macros: Vec<(String, ItemPath)> = modules
        .iter()
        .filter(|(path, _)| !path.is_empty())
        .flat_map(|(path, module)| {
            let from_root = [&["crate".to_owned()][..], path].concat();
            let named = |name: &String| (name.clone(), joined(&from_root, name));
            module.macros.iter().map(named).collect::<Vec<_>>()
        })
        .collect();
    if let Some(root) = modules.get_mut(&Vec::new()) {
        root.imports.extend(macros);
    }
    let mut all = Dependencies::new();
    for (path, module) in &modules {
        let uses = all.entry(module.file.clone()).or_default();
        for named in &module.paths {
            if let Some((file, item)) = resolve(&modules, path, named, MOST_STEPS)
                && file != module.file
            {
                uses.entry(file).or_insert(item);
            }
        }
    }
    all
}

/// Returns the module path of a file: `a::b` for `a/b.rs` and `a/b/mod.rs`.
fn module_path(file: &str) -> ItemPath {
    let mut segments: ItemPath = file
        .trim_end_matches(".rs")
        .split('/')
        .map(Into::into)
        .collect();
    if segments
        .last()
        .is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str()))
    {
        segments.pop();
    }
    segments
}

fn joined(path: &[String], name: &str) -> ItemPath {
    let mut path = path.to_vec();
    path.push(name.into());
    path
}

/// Resolves the path `named` in the module `place` to a file and an item. Returns `None` for other crates.
fn resolve(
    modules: &Modules,
    place: &[String],
    named: &[String],
    steps: usize,
) -> Option<(String, String)> {
    let (first, rest) = named.split_first()?;
    let here = modules.get(place)?;
    let child = joined(place, first);
    match first.as_str() {
        "crate" => descend(modules, &[], rest, steps),
        "self" => descend(modules, place, rest, steps),
        "super" => descend(modules, place.split_last()?.1, rest, steps),
        _ if modules.contains_key(&child) => descend(modules, &child, rest, steps),
        _ => {
            let import = here.imports.get(first)?;
            if import.first() == Some(first) {
                return None;
            }
            resolve(
                modules,
                place,
                &[import, rest].concat(),
                steps.checked_sub(1)?,
            )
        }
    }
}

/// Resolves a path that starts in the module `place`.
fn descend(
    modules: &Modules,
    place: &[String],
    rest: &[String],
    steps: usize,
) -> Option<(String, String)> {
    let module = modules.get(place)?;
    // A module itself is not an item, only what is named through it.
    let (first, deeper) = rest.split_first()?;
    if first == "super" {
        return descend(modules, place.split_last()?.1, deeper, steps);
    }
    let child = joined(place, first);
    if modules.contains_key(&child) {
        return descend(modules, &child, deeper, steps);
    }
    let imported = module.imports.contains_key(first);
    let origin = imported.then(|| resolve(modules, place, rest, steps.checked_sub(1)?));
    origin
        .flatten()
        .or_else(|| Some((module.file.clone(), first.clone())))
}

fn parse(file: &str, text: &str) -> Module {
    let (tokens, tests) = without_tests(&tokens(text));
    let mut imports = BTreeMap::new();
    let mut paths = BTreeSet::new();
    let mut exports = Vec::new();
    let mut words = BTreeSet::new();
    let mut macros = Vec::new();
    let mut rest = tokens.as_slice();
    let mut before = "";
    while let [token, after @ ..] = rest {
        if *token == "use" && after.first() != Some(&"<") {
            let end = after.iter().position(|token| *token == ";");
            let (tree, others) = after.split_at(end.unwrap_or(after.len()));
            for (name, path) in imported(tree) {
                if ["pub", ")"].contains(&before) {
                    exports.push((name.clone(), path.clone()));
                } else {
                    paths.insert(path.clone());
                }
                imports.insert(name, path);
            }
            rest = others;
            continue;
        }
        let path = path_at(rest);
        if path.len() > 1 && before != "::" {
            paths.insert(owned(&path));
        }
        words.extend(path.first().copied());
        if let ["#", "[", "macro_export", "]", "macro_rules", "!", name, ..] = rest {
            macros.push((*name).into());
        }
        before = token;
        rest = after;
    }
    // A file depends on an item that it re-exports only if it also uses the item.
    let used = exports
        .into_iter()
        .filter(|(name, _)| words.contains(name.as_str()));
    paths.extend(used.map(|(_, path)| path));
    Module {
        file: file.into(),
        imports,
        paths,
        macros,
        tests,
    }
}

/// Returns the segments of the path that starts with the first token; none if it is not a name.
fn path_at<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let mut path = Vec::new();
    let mut rest = tokens;
    while let [name, after @ ..] = rest
        && is_name(name)
    {
        path.push(*name);
        match after {
            ["::", after @ ..] => rest = after,
            _ => break,
        }
    }
    path
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

fn owned(path: &[&str]) -> ItemPath {
    path.iter().map(|segment| (*segment).into()).collect()
}

/// Returns the names that a `use` with this tree imports, with their paths.
fn imported(tree: &[&str]) -> Vec<(String, ItemPath)> {
    let prefix = path_at(tree);
    let rest = tree.get((2 * prefix.len()).saturating_sub(1)..);
    match rest.unwrap_or_default() {
        ["as", name, ..] => vec![((*name).into(), owned(&prefix))],
        ["::", "*", ..] | ["*", ..] => vec![("*".into(), joined(&owned(&prefix), "*"))],
        ["::", "{", inner @ ..] | ["{", inner @ ..] => {
            let inner = inner.strip_suffix(&["}"]).unwrap_or(inner);
            let mut all = Vec::new();
            for branch in branches(inner) {
                for (name, path) in imported(branch) {
                    let is_self = path == ["self"];
                    let name = match prefix.last() {
                        Some(last) if is_self && name == "self" => (*last).into(),
                        _ => name,
                    };
                    let path = if is_self { Vec::new() } else { path };
                    all.push((name, [owned(&prefix), path].concat()));
                }
            }
            all
        }
        _ => {
            let name = prefix.last().map(|name| ((*name).into(), owned(&prefix)));
            name.into_iter().collect()
        }
    }
}

/// Splits the content of a list in braces.
fn branches<'a, 'b>(tokens: &'b [&'a str]) -> Vec<&'b [&'a str]> {
    let mut depth = 0_usize;
    let parts = tokens.split(|token| {
        match *token {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        *token == "," && depth == 0
    });
    parts.collect()
}

/// Returns the tokens outside of `#[cfg(test)]`, and the names of child modules for tests.
fn without_tests<'a>(mut rest: &[&'a str]) -> (Vec<&'a str>, BTreeSet<String>) {
    let mut kept = Vec::new();
    let mut tests = BTreeSet::new();
    while let [token, after @ ..] = rest {
        if is_test_attribute(rest) {
            let (item, others) = rest.split_at(item_length(rest));
            if let [.., "mod", name, ";"] = item {
                tests.insert((*name).into());
            }
            rest = others;
        } else {
            kept.push(*token);
            rest = after;
        }
    }
    (kept, tests)
}

fn is_test_attribute(tokens: &[&str]) -> bool {
    let ["#", "[", "cfg", "(", condition @ ..] = tokens else {
        return false;
    };
    let end = condition.iter().position(|token| *token == "]");
    let condition = condition.get(..end.unwrap_or_default()).unwrap_or_default();
    condition.contains(&"test") && !condition.contains(&"not")
}

/// Returns the number of tokens up to the end of an item: a semicolon or a block.
fn item_length(tokens: &[&str]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match *token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" if depth == 0 => return index,
            "}" if depth == 1 => return index + 1,
            "}" | ")" | "]" => depth -= 1,
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Splits a text into names, `::` and single characters, without comments, literals and spaces.
fn tokens(mut text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    while let Some(first) = text.chars().next() {
        let of_name = |character: char| character.is_alphanumeric() || character == '_';
        let (length, is_token) = if text.starts_with("//") {
            (text.find('\n').unwrap_or(text.len()), false)
        } else if text.starts_with("/*") {
            (text.find("*/").map_or(text.len(), |end| end + 2), false)
        } else if let Some(length) = literal_length(text) {
            (length, false)
        } else if of_name(first) {
            let end = text.find(|character| !of_name(character));
            (end.unwrap_or(text.len()), true)
        } else if text.starts_with("::") {
            (2, true)
        } else {
            (first.len_utf8(), !first.is_whitespace())
        };
        let (token, rest) = text.split_at(length);
        if is_token {
            tokens.push(token);
        }
        text = rest;
    }
    tokens
}

/// Returns the length of the string or character literal at the start of a text.
fn literal_length(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'c', 'r']);
    let (prefix, _) = text.split_at(text.len() - body.len());
    if prefix.contains('r') {
        let quoted = body.trim_start_matches('#');
        let hashes = body.len() - quoted.len();
        let end = format!("\"{}", "#".repeat(hashes));
        let inner = quoted.strip_prefix('"')?;
        return Some(prefix.len() + hashes + 1 + inner.find(&end)? + end.len());
    }
    let quote = body
        .chars()
        .next()
        .filter(|first| ['"', '\''].contains(first))?;
    let mut characters = body.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            return Some(prefix.len() + index + 1);
        } else if quote == '\'' && index == 1 && body.chars().nth(2) != Some('\'') {
            // A lifetime.
            return None;
        }
    }
    None
}

/// Returns the cycles among files, at least one for each group of files that depend on each other.
fn cycles(all: &Dependencies) -> Vec<String> {
    let starts = all.keys();
    starts
        .filter_map(|start| shortest_cycle(all, start))
        .collect()
}

/// Returns the shortest cycle from a file through files that are later in the alphabet.
fn shortest_cycle(all: &Dependencies, start: &str) -> Option<String> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for next in all.get(file)?.keys().map(String::as_str) {
            if next == start {
                let mut files = vec![start, file];
                while let Some(earlier) = files.last().and_then(|last| before.get(last)) {
                    files.push(earlier);
                }
                files.reverse();
                return Some(printed(all, &files));
            }
            if next > start && !before.contains_key(next) {
                before.insert(next, file);
                queue.push_back(next);
            }
        }
    }
    None
}

/// Formats a path through files, with the item that each file names of the next one.
fn printed(all: &Dependencies, files: &[&str]) -> String {
    let mut text = String::new();
    for (file, next) in files.iter().zip(files.iter().skip(1)) {
        let item = all.get(*file).and_then(|uses| uses.get(*next));
        let item = item.map_or("", String::as_str);
        text = format!("{text}{file} -({item})-> ");
    }
    text + files.last().unwrap_or(&"")
}

/// Returns the cycles of a crate with these files.
fn cycles_of(files: &[(&str, &str)]) -> Vec<String> {
    let owned = |(file, text): &(&str, &str)| ((*file).to_owned(), (*text).to_owned());
    cycles(&dependencies(&files.iter().map(owned).collect::<Vec<_>>()))
}

#[test]
fn cycle_of_two_files_is_found_with_its_items() {
    let found = cycles_of(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::Key; pub struct Row;"),
        ("b.rs", "pub type Key = u8; fn read(row: super::a::Row) {}"),
    ]);
    assert_eq!(found, ["a.rs -(Key)-> b.rs -(Row)-> a.rs"]);
}

#[test]
fn cycle_of_parent_and_child_is_found() {
    let child = ("a/b.rs", "use super::{self as parent, Row as R};");
    let found = cycles_of(&[
        ("a/mod.rs", "mod b; fn f() { b::read() } struct Row;"),
        child,
    ]);
    assert_eq!(found, ["a/b.rs -(Row)-> a/mod.rs -(read)-> a/b.rs"]);
    let found = cycles_of(&[("a/mod.rs", "mod b; pub use b::read; struct Row;"), child]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn path_through_export_leads_to_defining_file() {
    let root = (
        "lib.rs",
        "mod a; mod b; mod c; pub(crate) use b::{Key, Other};",
    );
    let other = ("c.rs", "use crate::a::Row;");
    let found = cycles_of(&[
        root,
        ("a.rs", "use crate::Key;"),
        ("b.rs", "use crate::c::X;"),
        other,
    ]);
    assert_eq!(found, ["a.rs -(Key)-> b.rs -(X)-> c.rs -(Row)-> a.rs"]);
}

#[test]
fn exported_macro_belongs_to_its_file() {
    let found = cycles_of(&[
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "#[macro_export] macro_rules! row { () => { $crate::b::Key } }",
        ),
        ("b.rs", "crate::row!();"),
    ]);
    assert_eq!(found, ["a.rs -(Key)-> b.rs -(row)-> a.rs"]);
}

#[test]
fn tests_comments_and_strings_are_not_dependencies() {
    let found = cycles_of(&[
        (
            "a.rs",
            "use crate::b::Key; #[cfg(test)] mod tests; const C: char = '\"';",
        ),
        ("a/tests.rs", "use crate::b::Key; pub struct Row;"),
        (
            "b.rs",
            "/* crate::a::Row */ #[cfg(test)] mod tests { use crate::a::Row; }\n// crate::a::Row",
        ),
        (
            "c.rs",
            "const TEXT: &str = r#\"\" crate::d::Row\"#; fn f<'a>(text: &'a str) {}",
        ),
        (
            "d.rs",
            "use crate::c::TEXT; use std::{fs, io::{self, Read}};",
        ),
    ]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn folder_of_sixteen_files_is_found() -> Outcome {
    let root = std::env::temp_dir().join(format!("countersign-rooms-{}", std::process::id()));
    let mut crowded = Vec::new();
    for folder in ["fits", "crowded", "target"] {
        fs::create_dir_all(root.join(folder))?;
        let files = if folder == "fits" {
            MOST_FILES
        } else {
            MOST_FILES + 1
        };
        for number in 0..files {
            fs::write(root.join(folder).join(format!("{number}.rs")), "")?;
        }
    }
    let outcome = find_crowded(&root, &mut crowded);
    fs::remove_dir_all(&root)?;
    outcome?;
    assert_eq!(
        crowded,
        [format!("{}: 16 files", root.join("crowded").display())]
    );
    Ok(())
}
