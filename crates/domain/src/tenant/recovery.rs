//! Settings of account recovery and of security notices.

use core::time::Duration;

/// Settings of account recovery, mailed links and security notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryPolicy {
    /// Lifetime of a mailed link that acts for the recipient, such as one to reset a password.
    pub link: Duration,
    /// Lifetime of a mailed link with which the recipient undoes a change.
    pub undo_link: Duration,
    /// Whether users get security notices by mail.
    pub sends_notices: bool,
    /// Whether a reset of the password revokes all grants of the user.
    pub revokes_grants: bool,
    /// Delay after which users who have lost their second factors can remove them; `None` disables this.
    pub factor_reset: Option<Duration>,
}

impl Default for RecoveryPolicy {
    /// Returns links of 30 minutes and undo links of 7 days. Notices are sent, and grants revoked. Lost
    /// factors are not reset.
    fn default() -> Self {
        Self {
            link: Duration::from_secs(30 * 60),
            undo_link: Duration::from_secs(7 * 24 * 3600),
            sends_notices: true,
            revokes_grants: true,
            factor_reset: None,
        }
    }
}
