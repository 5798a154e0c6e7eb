//! Settings that do not work on this machine, or are unsafe.

use super::setup::master_keys;
use crate::config::{MasterKeySource, Settings};
use crate::store::StoreUrl;
use countersign_server_admin::SeedApis;
use std::path::Path;

/// Returns one message for each valid setting that does not work on this machine.
pub(crate) fn unusable(settings: &Settings) -> Vec<String> {
    let mut problems = Vec::new();
    if settings.master_key.is_some()
        && let Err(failure) = master_keys(settings)
    {
        problems.push(failure.message);
    }
    if let Err(failure) = settings.outbound.client() {
        problems.push(failure.message);
    }
    if let Some(folder) = settings
        .store
        .as_ref()
        .and_then(StoreUrl::file)
        .and_then(Path::parent)
        && !folder.is_dir()
    {
        problems.push(format!(
            "The folder of the store, {}, does not exist. Create it.",
            folder.display()
        ));
    }
    problems
}

/// Returns one warning for each setting that works but is unsafe or has less effect than expected.
pub(crate) fn doubts(settings: &Settings) -> Vec<String> {
    let mut doubts = exposed(settings);
    let (every, announcement) = (settings.scheduled.rotate_every, settings.announcement);
    if every.is_some_and(|every| every < announcement) {
        doubts.push(
            "`keys.rotate_every` is shorter than `keys.announcement`. A key is replaced only after it has signed, so keys are replaced every `keys.announcement` seconds.".into(),
        );
    }
    if settings.scheduled.audit_retention.is_some() && !settings.housekeeping {
        doubts.push(
            "`audit.retention` has no effect on this server, because `store.housekeeping` is false. Another server must remove old events.".into(),
        );
    }
    if settings.seed_apis != SeedApis::default() && !settings.serves_admin_api {
        doubts.push(
            "`admin.seed_apis` has no effect, because `admin.api` is false. Set it to true.".into(),
        );
    }
    doubts
}

/// Returns a warning if other users can access the master key file.
#[cfg(unix)]
fn exposed(settings: &Settings) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(MasterKeySource::File(path)) = &settings.master_key else {
        return Vec::new();
    };
    let mode = std::fs::metadata(path).map_or(0, |file| file.permissions().mode() & 0o777);
    let others = mode & 0o077;
    if others == 0 {
        return Vec::new();
    }
    vec![format!(
        "Other users can access the master key file {path} (mode {mode:03o}). Run `chmod 600 {path}`, unless only this server can reach the file.",
        path = path.display(),
    )]
}

/// Returns no warning: file modes are specific to Unix.
#[cfg(not(unix))]
fn exposed(_: &Settings) -> Vec<String> {
    Vec::new()
}
