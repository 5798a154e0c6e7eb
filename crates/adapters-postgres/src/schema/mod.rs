//! The schema: migrations, and the indexes that are built during operation.

pub(crate) mod indexes;
pub(crate) mod migrations;
