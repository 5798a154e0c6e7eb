//! Key of the hosts of the server.

use super::key::{Key, Kind};

pub(crate) static HOSTS: Key = Key {
    path: "hosts",
    kind: Kind::List,
    default: None,
    doc: "Hosts, with a port unless it is 80 or 443, at which clients and browsers reach this server in addition to the host of `issuer` and to those of tenants. The server answers requests for other hosts with 404, except health checks. `*` allows every host.",
};
