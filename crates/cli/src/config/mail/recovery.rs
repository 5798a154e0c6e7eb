//! Settings of account recovery, mailed links and security notices.

use super::keys;
use crate::config::key::Key;
use crate::config::reader::Reader;
use countersign_domain::tenant::recovery::RecoveryPolicy;

impl Reader<'_> {
    /// Parses the URL of the service that knows breached passwords.
    pub(in crate::config) fn breached_passwords(&mut self) -> Option<String> {
        self.url(&keys::BREACHED_PASSWORDS)
    }

    /// Reads the URL of a service or document of the operator.
    pub(super) fn url(&mut self, key: &Key) -> Option<String> {
        self.read(key, |text| {
            let is_url = text.starts_with("https://") || text.starts_with("http://");
            (is_url && !text.contains(['?', '#', '@', ' '])).then(|| text.to_owned())
        })
    }

    /// Parses the settings of recovery and security notices.
    pub(in crate::config) fn recovery(&mut self) -> Option<RecoveryPolicy> {
        let link = self.seconds(&keys::MAILED_LINK);
        let undo_link = self.seconds(&keys::UNDO_LINK);
        let sends_notices = self.word(&keys::NOTICES, |text| text.parse().ok());
        let factor_reset = self.seconds(&keys::FACTOR_RESET_DELAY);
        if factor_reset.is_some() && !(self.has_mail() && sends_notices == Some(true)) {
            self.problems.push(
                "`login.factor_reset_delay` requires `mail.url` and `login.notices`, because a mail must announce the reset. Set them, or remove it."
                    .into(),
            );
        }
        let revokes_grants = self.word(&keys::RECOVERY_REVOKES_GRANTS, |text| text.parse().ok());
        Some(RecoveryPolicy {
            link: link?,
            undo_link: undo_link?,
            sends_notices: sends_notices?,
            revokes_grants: revokes_grants?,
            factor_reset,
        })
    }
}
