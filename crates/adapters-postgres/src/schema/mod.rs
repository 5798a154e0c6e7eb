//! The schema: migrations, and the indexes that are built beside the traffic.

pub(crate) mod indexes;
pub(crate) mod migrations;
