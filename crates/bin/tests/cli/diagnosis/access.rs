//! Files of another user: the steps of the README as root, then a server as a service user.
#![cfg(unix)]

use crate::place::{Place, Run};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

/// User without files, for a service.
const SERVICE: u32 = 65_534;

/// Returns whether the test runs as root, which may start processes of other users.
fn is_root(place: &Place) -> bool {
    fs::metadata(place.path()).unwrap().uid() == 0
}

/// Runs a command as the service user.
fn as_service(place: &Place, arguments: &[&str]) -> Run {
    let mut command = place.command(arguments);
    command.uid(SERVICE).gid(SERVICE);
    command.output().unwrap().into()
}

/// Runs the command that a message ends with, as root.
fn fix(message: &str) {
    let (_, command) = message.rsplit_once("run `").unwrap();
    let (command, _) = command.split_once('`').unwrap();
    let status = std::process::Command::new("sh")
        .args(["-c", command])
        .status();
    assert!(status.unwrap().success(), "{command}");
}

#[test]
fn service_user_follows_advice_until_the_files_of_root_work() {
    let mut place = Place::new();
    if !is_root(&place) {
        return;
    }
    // The service user must reach the folders, as /var/lib/countersign and /etc/countersign.
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    let data = place.path().join("data");
    fs::create_dir(&data).unwrap();
    let store = format!("sqlite://{}/store.db", data.display());
    place.set("COUNTERSIGN__STORE__URL", &store);
    assert_eq!(place.run(&["migrate"]).code, 0);
    let mut fixed = Vec::new();
    let last = loop {
        let run = as_service(&place, &["keys", "rotate"]);
        if run.code == 0 {
            break run;
        }
        assert!(run.stderr.contains("belongs to root"), "{run:?}");
        assert!(run.stderr.contains("runs as"), "{run:?}");
        assert!(fixed.len() < 5, "{fixed:#?}");
        let checked = as_service(&place, &["config", "check"]);
        assert!(checked.stderr.contains("belongs to root"), "{checked:?}");
        fix(&run.stderr);
        fixed.push(run.stderr);
    };
    assert_eq!(fixed.len(), 2, "{fixed:#?}");
    assert!(fixed[0].contains("data belongs to root"), "{fixed:#?}");
    assert!(
        fixed[1].contains("master.key belongs to root"),
        "{fixed:#?}"
    );
    assert_eq!(last.stderr, "");
    assert_eq!(as_service(&place, &["config", "check"]).code, 0);
}

#[test]
fn unreadable_configuration_file_names_its_owner() {
    let place = Place::new();
    if !is_root(&place) {
        return;
    }
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    let file = place.path().join("own.toml");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let file = file.to_str().unwrap();
    let run = as_service(&place, &["config", "show", "--config", file]);
    assert!(run.stderr.contains("belongs to root"), "{run:?}");
    chown(Path::new(file), Some(SERVICE), None).unwrap();
    fs::set_permissions(file, Permissions::from_mode(0o000)).unwrap();
    let run = as_service(&place, &["config", "show", "--config", file]);
    assert!(run.stderr.contains("chmod u+rwX"), "{run:?}");
}
