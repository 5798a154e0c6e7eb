//! Manifests of the workspace.

use serde::Deserialize;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Workspace crate as described by its manifest.
pub(crate) struct Member {
    /// Folder in `crates`.
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

impl Member {
    /// Returns the workspace crates that the crate uses, in tests only or everywhere, in alphabetical order.
    pub(crate) fn layers(&self, for_tests: bool) -> Vec<&str> {
        let wanted = |used: &&Dependency| used.is_ours && used.is_for_tests == for_tests;
        let used = self.dependencies.iter().filter(wanted);
        let mut names: Vec<_> = used.map(|used| used.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// Returns the external libraries that the crate uses outside of tests.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &str> {
        let product = |used: &&Dependency| !used.is_ours && !used.is_for_tests;
        self.dependencies
            .iter()
            .filter(product)
            .map(|used| used.name.as_str())
    }
}

pub(crate) struct Dependency {
    /// Folder of a workspace crate, otherwise the package name.
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    pub(crate) is_for_tests: bool,
    /// Whether the dependency enables `std`, by name or through default features.
    pub(crate) may_ask_for_std: bool,
}

pub(crate) fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

pub(crate) fn crates() -> Result<Vec<Member>, Box<dyn Error>> {
    let answer = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(workspace())
        .output()?;
    if !answer.status.success() {
        return Err(String::from_utf8_lossy(&answer.stderr).into());
    }
    let metadata: Metadata = serde_json::from_slice(&answer.stdout)?;
    Ok(metadata.packages.into_iter().map(Member::from).collect())
}

/// Used parts of the output of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    manifest_path: PathBuf,
    dependencies: Vec<Declared>,
}

#[derive(Deserialize)]
struct Declared {
    name: String,
    path: Option<PathBuf>,
    kind: Option<String>,
    features: Vec<String>,
    uses_default_features: bool,
}

impl From<Package> for Member {
    fn from(package: Package) -> Self {
        let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
        Self {
            name: folder_name(folder),
            dependencies: package
                .dependencies
                .into_iter()
                .map(Dependency::from)
                .collect(),
        }
    }
}

impl From<Declared> for Dependency {
    fn from(declared: Declared) -> Self {
        Self {
            is_ours: declared.path.is_some(),
            is_for_tests: declared.kind.as_deref() == Some("dev"),
            name: declared.path.as_deref().map_or(declared.name, folder_name),
            may_ask_for_std: declared.uses_default_features
                || declared.features.iter().any(|feature| feature == "std"),
        }
    }
}

fn folder_name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
