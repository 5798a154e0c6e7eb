//! Keys of the admin API.

use crate::config::key::{Key, Kind};

pub(crate) static ADMIN_API: Key = Key {
    path: "admin.api",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether this server serves the admin API under `/admin/v1`. It accepts only tokens of clients that an operator marked for administration. The user or client of the token must hold an admin role; a user may hold it through a group. If false, the path does not exist; run another server of the same store in a protected network to administer it.",
};
pub(crate) static ADMIN_REQUESTS: Key = Key {
    path: "admin.requests_per_minute",
    kind: Kind::Count(1..=1_000_000),
    default: Some("600"),
    doc: "Maximum number of requests to the admin API per operator and minute. Each node counts its own requests. A further request gets 429 with `Retry-After`.",
};
pub(crate) static SEED_APIS: Key = Key {
    path: "admin.seed_apis",
    kind: Kind::AnyOf(&["aries", "aero2"]),
    default: None,
    doc: "APIs of other authorization servers to serve, for programs that were written for them. They run the same commands as the admin API and accept the same tokens. `aries`: `/v1/users/api`. `aero2`: `/api`. If not set, their paths do not exist. Without `admin.api`, this setting has no effect.",
};
