//! Settings of the admin API, and of the hosts of the server.

use crate::config::admin_keys;
use crate::config::reader::Reader;
use crate::config::tenants;
use countersign_application::OwnHosts;
use countersign_server_admin::SeedApis;

/// Value of `hosts` that allows every host.
const ANY: &str = "*";

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

    /// Reads the hosts of the server.
    pub(super) fn hosts(&mut self) -> OwnHosts {
        // No value means no further host.
        let hosts = self.list(&tenants::HOSTS, |host| Some(host.to_owned()));
        let hosts = hosts.unwrap_or_default();
        if hosts.iter().any(|host| host == ANY) {
            OwnHosts::Any
        } else {
            OwnHosts::Listed(hosts)
        }
    }
}
