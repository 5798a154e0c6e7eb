//! Structure of the source tree: small folders, small files, and no dependency cycle among the files of a crate.

mod graph;
mod graph_tests;
mod source;
mod tokens;

use graph::{cycles, dependencies};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

type Outcome = Result<(), Box<dyn Error>>;

/// Maximum number of files directly in a folder.
const MOST_FILES: usize = 15;

/// Maximum number of lines of a source file.
const MOST_LINES: usize = 300;

/// Longer files, with their maximum number of lines. Shorten them; do not raise a limit or add a file.
const LONG: &[(&str, usize)] = &[("adapters-system/src/passkeys/tests.rs", 342)];

/// Maximum number of lines of the binary. It chooses adapters; everything else is in libraries.
const MOST_LINES_OF_BINARY: usize = 300;

/// Folders without sources. Hidden folders are skipped as well.
const NO_SOURCES: &[&str] = &["target", "node_modules"];

#[test]
fn folders_have_at_most_fifteen_files() -> Outcome {
    let mut all = Vec::new();
    for root in ["crates", "tests", "scripts"] {
        all.extend(files(&workspace().join(root))?);
    }
    assert_eq!(crowded(&all), [""; 0]);
    Ok(())
}

#[test]
fn source_files_have_at_most_300_lines() -> Outcome {
    let mut broken = Vec::new();
    let lines = lines_of_sources()?;
    for (file, lines) in &lines {
        let long = LONG.iter().find(|(name, _)| name == file);
        let most = long.map_or(MOST_LINES, |(_, most)| *most);
        if *lines > most {
            broken.push(format!("{file}: {lines} lines"));
        }
    }
    for (name, _) in LONG {
        if lines.get(*name).is_none_or(|lines| *lines <= MOST_LINES) {
            broken.push(format!("{name}: remove it from the list of long files"));
        }
    }
    assert_eq!(broken, [""; 0]);
    Ok(())
}

#[test]
fn binary_has_fewer_than_300_lines() -> Outcome {
    let lines = lines_of_sources()?;
    let of_binary = lines.iter().filter(|(file, _)| file.starts_with("bin/"));
    let total: usize = of_binary.map(|(_, lines)| lines).sum();
    assert!((1..MOST_LINES_OF_BINARY).contains(&total), "{total} lines");
    Ok(())
}

#[test]
fn files_of_a_crate_form_no_cycle() -> Outcome {
    let mut found = Vec::new();
    for root in roots()? {
        let mut sources = Vec::new();
        for file in files(&root)?.iter().filter(|file| is_source(file)) {
            let name = file.strip_prefix(&root)?.to_string_lossy().into_owned();
            sources.push((name, fs::read_to_string(file)?));
        }
        for cycle in cycles(&dependencies(&sources)) {
            found.push(format!("{}: {cycle}", root.display()));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    Ok(())
}

#[test]
fn folder_of_sixteen_files_is_crowded() {
    let in_folder = |folder: &str, count: usize| -> Vec<PathBuf> {
        (0..count)
            .map(|number| Path::new(folder).join(number.to_string()))
            .collect()
    };
    let all = [in_folder("fits", 15), in_folder("full", 16)].concat();
    assert_eq!(crowded(&all), ["full: 16 files"]);
}

fn workspace() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

/// Returns all files in and below a folder.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !path.is_dir() {
            all.push(path);
        } else if !name.starts_with('.') && !NO_SOURCES.contains(&&*name) {
            all.extend(files(&path)?);
        }
    }
    Ok(all)
}

fn is_source(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// Returns the folders that have too many files.
fn crowded(files: &[PathBuf]) -> Vec<String> {
    let mut counts = BTreeMap::new();
    for folder in files.iter().filter_map(|file| file.parent()) {
        *counts.entry(folder).or_insert(0) += 1;
    }
    let crowded = counts.into_iter().filter(|(_, count)| *count > MOST_FILES);
    crowded
        .map(|(folder, count)| format!("{}: {count} files", folder.display()))
        .collect()
}

/// Returns the number of lines of each source file of each crate, by its path below `crates`.
fn lines_of_sources() -> Result<BTreeMap<String, usize>, Box<dyn Error>> {
    let crates = workspace().join("crates");
    let mut lines = BTreeMap::new();
    for file in files(&crates)?.iter().filter(|file| is_source(file)) {
        let name = file.strip_prefix(&crates)?.to_string_lossy().into_owned();
        if name.split('/').nth(1) == Some("src") {
            lines.insert(name, fs::read_to_string(file)?.lines().count());
        }
    }
    Ok(lines)
}

/// Returns the folders of all crates, tests and benchmarks that consist of modules.
fn roots() -> io::Result<Vec<PathBuf>> {
    let all = files(&workspace().join("crates"))?;
    let is_root = |file: &&PathBuf| file.ends_with("lib.rs") || file.ends_with("main.rs");
    let roots = all.iter().filter(is_root).filter_map(|file| file.parent());
    Ok(roots.map(Path::to_owned).collect())
}
