//! Settings that work but are unsafe, or have less effect than expected.

use crate::config::{MasterKeySource, Settings};
use countersign_server_admin::SeedApis;

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
