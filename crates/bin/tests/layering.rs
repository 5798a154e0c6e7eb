//! Who may depend on whom: what the manifests say, held against the code map of `docs/architecture.md`.

use serde::Deserialize;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Outcome = Result<(), Box<dyn Error>>;

/// A crate, named by its folder under `crates`.
struct Layer {
    name: &'static str,
    /// The crates of the workspace that it may use.
    uses: &'static [&'static str],
    /// Those that its tests may use beside these.
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

/// All that the inner crates take from outside.
const INNER: &[(&str, &[&str])] = &[
    ("domain", &["base64ct", "sha2", "subtle", "thiserror"]),
    ("ports", &["thiserror"]),
    ("codec", &["minicbor"]),
    (
        "application",
        &["base64ct", "quick_cache", "sha2", "thiserror", "tracing"],
    ),
];

/// Libraries that tie their user to a wire, a database or a machine, and the only crates that use them.
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
    ("uuid", &["adapters-system"]),
    ("webauthn-rs", &["adapters-system"]),
    ("webauthn-rs-proto", &["adapters-system"]),
    // Randomness comes from `ports::Entropy`; these would be a second source.
    ("getrandom", &[]),
    ("rand", &[]),
];

#[test]
fn a_crate_uses_only_the_layers_below_it() -> Outcome {
    let mut broken = Vec::new();
    for member in crates()? {
        let layer = LAYERS.iter().find(|layer| layer.name == member.name);
        let layer = layer.ok_or_else(|| format!("{} has no place in the table", member.name))?;
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
fn the_inner_crates_take_a_handful_of_libraries() -> Outcome {
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
fn a_library_that_ties_its_user_to_the_world_stays_in_its_layer() -> Outcome {
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

/// A device or a kernel module may pick up the rules and the codec: neither crate needs `std`, nor does what it asks of
/// others.
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

/// The lint settings of a crate replace those of the workspace instead of adding to them, so each has to
/// repeat them.
#[test]
fn every_crate_repeats_the_lint_settings_of_the_workspace() -> Outcome {
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

/// A crate of the workspace as its manifest describes it.
struct Member {
    name: String,
    dependencies: Vec<Dependency>,
}

impl Member {
    /// The libraries from outside that its product uses.
    fn libraries(&self) -> impl Iterator<Item = &str> {
        let product = |used: &&Dependency| !used.is_ours && !used.is_for_tests;
        self.dependencies
            .iter()
            .filter(product)
            .map(|used| used.name.as_str())
    }
}

struct Dependency {
    /// Of a crate of ours its folder, else the name of its package.
    name: String,
    is_ours: bool,
    is_for_tests: bool,
    /// By name, or as one of the features that are on unless switched off.
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

/// What is read of the answer of `cargo metadata`.
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
