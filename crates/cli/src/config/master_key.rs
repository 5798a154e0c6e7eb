//! The master key setting.

use crate::config::keys;
use crate::config::reader::Reader;
use countersign_domain::secret::Secret;
use std::path::PathBuf;

/// Source of a master key.
#[derive(Clone, Debug)]
pub(crate) enum MasterKeySource {
    /// File.
    File(PathBuf),
    /// Value in the configuration.
    Value(Secret),
}

impl Reader<'_> {
    pub(super) fn master_key(&mut self) -> Option<MasterKeySource> {
        let file = self.values.get(&keys::MASTER_KEY_FILE);
        let value = self.values.get(&keys::MASTER_KEY);
        match (file, value) {
            (Some((_, file)), Some((_, value))) => {
                self.problems.push(format!(
                    "`master_key_file` ({file}) and `master_key` ({value}) are both set. Set one of them."
                ));
                None
            }
            (Some((path, _)), None) => Some(MasterKeySource::File(path.into())),
            (None, Some((key, _))) => Some(MasterKeySource::Value(Secret::new(key))),
            (None, None) => None,
        }
    }
}
