//! Connections to the file: how each is opened, those that read, and the one that writes.

pub(crate) mod open;
pub(crate) mod readers;
pub(crate) mod writer;
