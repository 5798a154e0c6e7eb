//! Hosts of the server.

use super::key::{Key, Kind};
use super::reader::Reader;
use countersign_application::OwnHosts;

pub(crate) static HOSTS: Key = Key {
    path: "hosts",
    kind: Kind::List,
    default: None,
    doc: "Hosts, with a port unless it is 80 or 443, at which clients and browsers reach this server in addition to the host of `issuer` and to those of tenants. The server answers requests for other hosts with 404, except health checks. `*` allows every host.",
};

/// Value that allows every host.
const ANY: &str = "*";

impl Reader<'_> {
    /// Reads the hosts of the server.
    pub(super) fn hosts(&mut self) -> OwnHosts {
        // No value means no further host.
        let hosts = self.list(&HOSTS, |host| Some(host.to_owned()));
        let hosts = hosts.unwrap_or_default();
        if hosts.iter().any(|host| host == ANY) {
            OwnHosts::Any
        } else {
            OwnHosts::Listed(hosts)
        }
    }
}
