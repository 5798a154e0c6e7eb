//! Checks the dependencies in the manifests against tables, and that the code map of `docs/architecture.md` is complete.

mod manifests;
mod tables;

use manifests::{crates, workspace};
use std::error::Error;
use std::fs;
use tables::{CONFINED, INNER, LAYERS, Layer};

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn crates_use_each_other_as_in_table() -> Outcome {
    let members = crates()?;
    assert_eq!(members.len(), LAYERS.len());
    for Layer {
        name,
        uses,
        tests_use,
    } in LAYERS
    {
        let member = members.iter().find(|member| member.name == *name);
        let member = member.ok_or_else(|| format!("no crate {name}"))?;
        assert_eq!(member.layers(false), *uses, "{name}");
        assert_eq!(member.layers(true), *tests_use, "tests of {name}");
    }
    Ok(())
}

/// The map has a picture of all crates and a section about each.
#[test]
fn code_map_contains_every_crate() -> Outcome {
    let page = fs::read_to_string(workspace().join("docs/architecture.md"))?;
    let (_, map) = page.split_once("\n## Code map\n").ok_or("no code map")?;
    let (map, _) = map.split_once("\n## ").ok_or("no end of the code map")?;
    let picture = map.split("```").nth(1).ok_or("no picture")?;
    let drawn: Vec<&str> = picture.split_whitespace().collect();
    for Layer { name, .. } in LAYERS {
        assert!(drawn.contains(name), "{name} is missing in the picture");
        let heading = format!("### `{name}`");
        assert!(map.lines().any(|line| line == heading), "{heading}");
    }
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

/// The rules and their companions must run on devices and in kernel modules, so these crates and their dependencies need
/// no `std`.
#[test]
fn domain_and_its_companions_need_no_std() -> Outcome {
    let crates = crates()?;
    for name in ["domain", "codec", "memory", "wire"] {
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
