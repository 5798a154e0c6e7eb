//! Lifetimes of what the server issues.

use crate::config::reader::Reader;
use crate::config::{device_keys, keys};
use countersign_domain::tenant::lifetimes::{InvalidLifetimes, LifetimeSettings, Lifetimes};

impl Reader<'_> {
    pub(super) fn lifetimes(&mut self) -> Option<Lifetimes> {
        let access_token = self.seconds(&keys::ACCESS_TOKEN);
        let id_token = self.seconds(&keys::ID_TOKEN);
        let refresh_token = self.seconds(&keys::REFRESH_TOKEN);
        let authorization_code = self.seconds(&keys::AUTHORIZATION_CODE);
        let device_code = self.seconds(&device_keys::DEVICE_CODE);
        let login = self.seconds(&keys::LOGIN);
        let session = self.seconds(&keys::SESSION);
        let longest_session = self.seconds(&keys::LONGEST_SESSION);
        let device = self.seconds(&keys::DEVICE);
        let refresh_leeway = self.seconds(&keys::REFRESH_LEEWAY);
        let lifetimes = Lifetimes::new(LifetimeSettings {
            access_token: access_token?,
            id_token: id_token?,
            refresh_token: refresh_token?,
            authorization_code: authorization_code?,
            device_code: device_code?,
            login: login?,
            session: session?,
            longest_session: longest_session?,
            device: device?,
            refresh_leeway: refresh_leeway?,
        });
        let invalid = |invalid: InvalidLifetimes| self.problems.push(invalid.to_string());
        lifetimes.map_err(invalid).ok()
    }
}
