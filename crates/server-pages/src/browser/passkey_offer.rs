//! Whether to offer a passkey after a sign-in. A cookie remembers what the browser can do and what its user chose.

use super::cookies::PASSKEYS;
use super::request::Browser;
use countersign_application::App;
use std::time::Duration;

/// The device of the browser can create passkeys.
const CAN: &str = "can";
/// The user does not want a passkey now.
const LATER: &str = "later";
/// Time after which the offer returns: 90 days.
const REMINDER: Duration = Duration::from_secs(90 * 86_400);

impl<A: App> Browser<A> {
    /// Notes that the device can create passkeys. A script of the sign-in page reports it.
    pub(crate) fn can_create_passkeys(&mut self) {
        if self.passkeys_cookie().is_none() {
            self.set_passkeys_cookie(CAN);
        }
        self.takes_passkeys = self.passkeys_cookie() != Some(LATER);
    }

    /// Returns whether to offer a passkey, if the account may have one.
    pub(crate) fn takes_passkeys(&self) -> bool {
        self.takes_passkeys || self.passkeys_cookie() == Some(CAN)
    }

    /// Does not offer a passkey again for a while.
    pub(crate) fn decline_passkey(&mut self) {
        self.set_passkeys_cookie(LATER);
    }

    fn passkeys_cookie(&self) -> Option<&str> {
        PASSKEYS.read(&self.headers, self.jar())
    }

    fn set_passkeys_cookie(&mut self, value: &str) {
        let cookie = PASSKEYS.write(value, REMINDER, self.jar());
        self.set.extend(cookie);
    }
}
