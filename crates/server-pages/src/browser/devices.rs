//! Devices in the cookies of a browser: those that skip the second factor, and the one that has attempts of its own.

use super::cookies::{self, DEVICE, KNOWN};
use super::request::Browser;
use countersign_application::{App, AttemptSource, BrowserSessions};
use countersign_domain::identifier::DeviceId;
use countersign_domain::login::known_device::KnownDevice;
use countersign_domain::user::User;

impl<A: App> Browser<A> {
    /// Returns the device IDs from the cookie of the browser.
    pub(crate) fn devices(&self) -> Vec<DeviceId> {
        DEVICE
            .read(&self.headers, self.jar())
            .and_then(|text| self.seals.open_devices(text))
            .unwrap_or_default()
    }

    /// Adds a device to the cookie. The cookie keeps at most [`BrowserSessions::MOST`] devices.
    pub(crate) fn remember(&mut self, device: DeviceId) {
        let mut devices = self.devices();
        devices.insert(0, device);
        devices.truncate(BrowserSessions::MOST);
        let sealed = self.seals.devices(&devices);
        let lifetime = self.tenant.settings.lifetimes.device();
        self.set.extend(DEVICE.write(&sealed, lifetime, self.jar()));
    }

    /// Returns the known device from the cookie of the browser.
    pub(crate) fn known_device(&self) -> Option<KnownDevice> {
        let cookie = KNOWN.read(&self.headers, self.jar())?;
        self.seals.open_known_device(cookie)
    }

    /// Returns the source of an attempt from the known device.
    pub(crate) const fn source<'a>(&self, device: Option<&'a KnownDevice>) -> AttemptSource<'a> {
        AttemptSource {
            address: self.address,
            device,
        }
    }

    /// Makes this device a known device of the user.
    pub(crate) fn know(&mut self, user: &User) {
        let device = self.known_device().unwrap_or_else(|| {
            let mut id = [0; 16];
            self.services.app.authorizations.entropy.fill(&mut id);
            KnownDevice::new(id, Vec::new())
        });
        let sealed = self.seals.known_device(&device.signed_in(user));
        self.set
            .extend(KNOWN.write(&sealed, cookies::BROWSER_LIFETIME, self.jar()));
    }
}
