//! Settings of the admin API.

use crate::config::admin_keys;
use crate::config::reader::Reader;
use countersign_server_admin::SeedApis;

impl Reader<'_> {
    /// Reads the APIs of other servers that this server serves.
    pub(super) fn seed_apis(&mut self) -> SeedApis {
        let read = self.read(&admin_keys::SEED_APIS, |text| {
            let mut apis = SeedApis::default();
            for name in text.split(',').map(str::trim) {
                match name {
                    "" => {}
                    "aries" => apis.aries = true,
                    "aero2" => apis.aero2 = true,
                    _ => return None,
                }
            }
            Some(apis)
        });
        read.unwrap_or_default()
    }
}
