//! Checks the dependencies in the manifests against the code map of `docs/architecture.md`.

use serde::Deserialize;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Outcome = Result<(), Box<dyn Error>>;

/// Crate, named by its folder in `crates`.
struct Layer {
    name: &'static str,
    /// Workspace crates that it may use.
    uses: &'static [&'static str],
    /// Additional workspace crates that its tests may use.
    tests_use: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    Layer {
        name: "domain",
        uses: &[],
        tests_use: &[],
    },
    Layer {
        name: "ports",
        uses: &["domain"],
        tests_use: &[],
    },
    Layer {
        name: "codec",
        uses: &["domain"],
        tests_use: &[],
    },
    Layer {
        name: "application",
        uses: &["domain", "ports"],
        tests_use: &["store-contract", "adapters-jwt", "adapters-system", "codec"],
    },
    Layer {
        name: "adapters-sql",
        uses: &["domain", "ports", "codec"],
        tests_use: &[],
    },
    Layer {
        name: "adapters-sqlite",
        uses: &["domain", "ports", "adapters-sql"],
        tests_use: &["store-contract"],
    },
    Layer {
        name: "adapters-postgres",
        uses: &["domain", "ports", "adapters-sql"],
        tests_use: &["store-contract"],
    },
    Layer {
        name: "adapters-jwt",
        uses: &["domain", "ports", "codec"],
        tests_use: &["store-contract"],
    },
    Layer {
        name: "adapters-system",
        uses: &["domain", "ports"],
        tests_use: &["store-contract"],
    },
    Layer {
        name: "server-http",
        uses: &["domain", "ports", "application"],
        tests_use: &["store-contract", "adapters-jwt", "adapters-system", "codec"],
    },
    Layer {
        name: "store-contract",
        uses: &["domain", "ports", "codec"],
        tests_use: &[],
    },
    Layer {
        name: "bin",
        uses: &[
            "domain",
            "ports",
            "codec",
            "application",
            "adapters-postgres",
            "adapters-sqlite",
            "adapters-jwt",
            "adapters-system",
            "server-http",
        ],
        tests_use: &["store-contract"],
    },
];

/// External dependencies that the inner crates may use.
const INNER: &[(&str, &[&str])] = &[
    (
        "domain",
        &["base32", "base64ct", "sha2", "subtle", "thiserror", "uuid"],
    ),
    ("ports", &["thiserror"]),
    ("codec", &["minicbor"]),
    (
        "application",
        &["base64ct", "quick_cache", "sha2", "thiserror", "tracing"],
    ),
];

/// Libraries bound to a protocol, a database or an operating system, and the only crates that may use them.
const CONFINED: &[(&str, &[&str])] = &[
    ("argon2", &["adapters-system"]),
    ("aws-lc-rs", &["adapters-jwt", "adapters-system"]),
    ("axum", &["server-http", "bin"]),
    ("clap", &["bin"]),
    ("config", &["bin"]),
    (
        "diesel",
        &["adapters-sql", "adapters-sqlite", "adapters-postgres"],
    ),
    ("diesel-async", &["adapters-postgres"]),
    ("diesel_migrations", &["adapters-sqlite"]),
    ("jsonwebtoken", &["adapters-jwt"]),
    ("lettre", &["adapters-system"]),
    ("libsqlite3-sys", &["adapters-sqlite"]),
    ("minicbor", &["codec"]),
    ("reqwest", &["adapters-system"]),
    ("rustls", &["adapters-postgres"]),
    ("tokio-postgres", &["adapters-postgres", "store-contract"]),
    ("tokio-rustls", &["adapters-postgres"]),
    ("totp-rs", &["adapters-system"]),
    ("uuid", &["domain", "adapters-system"]),
    ("webauthn-rs", &["adapters-system"]),
    ("webauthn-rs-proto", &["adapters-system"]),
    // Randomness comes from `ports::Entropy` only.
    ("getrandom", &[]),
    ("rand", &[]),
];

#[test]
fn crates_use_only_allowed_layers() -> Outcome {
    let mut broken = Vec::new();
    for member in crates()? {
        let layer = LAYERS.iter().find(|layer| layer.name == member.name);
        let layer = layer.ok_or_else(|| format!("{} is missing from the table", member.name))?;
        for used in member.dependencies.iter().filter(|used| used.is_ours) {
            let name = used.name.as_str();
            let is_granted = layer.uses.contains(&name)
                || (used.is_for_tests && layer.tests_use.contains(&name));
            if !is_granted {
                broken.push(format!("{} -> {name}", layer.name));
            }
        }
    }
    assert_eq!(broken, [""; 0]);
    Ok(())
}

#[test]
fn inner_crates_use_only_allowed_libraries() -> Outcome {
    let mut broken = Vec::new();
    for member in crates()? {
        let granted = INNER.iter().find(|(name, _)| *name == member.name);
        let Some((name, granted)) = granted else {
            continue;
        };
        for library in member.libraries() {
            if !granted.contains(&library) {
                broken.push(format!("{name} -> {library}"));
            }
        }
    }
    assert_eq!(broken, [""; 0]);
    Ok(())
}

#[test]
fn confined_libraries_stay_in_their_crates() -> Outcome {
    let mut broken = Vec::new();
    for member in crates()? {
        for library in member.libraries() {
            let confined = CONFINED.iter().find(|(name, _)| *name == library);
            if confined.is_some_and(|(_, users)| !users.contains(&member.name.as_str())) {
                broken.push(format!("{} -> {library}", member.name));
            }
        }
    }
    assert_eq!(broken, [""; 0]);
    Ok(())
}

/// The rules and the codec must run on devices and in kernel modules, so these crates and their dependencies need no
/// `std`.
#[test]
fn domain_and_codec_need_no_std() -> Outcome {
    let crates = crates()?;
    for name in ["domain", "codec"] {
        let path = workspace().join("crates").join(name).join("src/lib.rs");
        let source = fs::read_to_string(path)?;
        assert!(source.lines().any(|line| line == "#![no_std]"), "{name}");
        let member = crates.iter().find(|member| member.name == name);
        for used in &member.ok_or(name)?.dependencies {
            let is_free_of_std = used.is_ours || used.is_for_tests || !used.may_ask_for_std;
            assert!(is_free_of_std, "{name} -> {}", used.name);
        }
    }
    Ok(())
}

/// The lint settings of a crate replace those of the workspace, so each crate must repeat them.
#[test]
fn every_crate_repeats_workspace_lint_settings() -> Outcome {
    let shared = fs::read_to_string(workspace().join("clippy.toml"))?;
    for member in crates()? {
        let path = workspace()
            .join("crates")
            .join(&member.name)
            .join("clippy.toml");
        let own =
            fs::read_to_string(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
        for line in shared.lines() {
            assert!(
                own.lines().any(|own| own == line),
                "{}: {line}",
                member.name
            );
        }
    }
    Ok(())
}

/// Workspace crate as described by its manifest.
struct Member {
    name: String,
    dependencies: Vec<Dependency>,
}

impl Member {
    /// Returns the external libraries that the crate uses outside of tests.
    fn libraries(&self) -> impl Iterator<Item = &str> {
        let product = |used: &&Dependency| !used.is_ours && !used.is_for_tests;
        self.dependencies
            .iter()
            .filter(product)
            .map(|used| used.name.as_str())
    }
}

struct Dependency {
    /// Folder of a workspace crate, otherwise the package name.
    name: String,
    is_ours: bool,
    is_for_tests: bool,
    /// Whether the dependency enables `std`, by name or through default features.
    may_ask_for_std: bool,
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn crates() -> Result<Vec<Member>, Box<dyn Error>> {
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
