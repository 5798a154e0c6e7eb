//! The schema: migrations, and the table that no other store has.

pub(crate) mod migrations;
pub(crate) mod tables;
