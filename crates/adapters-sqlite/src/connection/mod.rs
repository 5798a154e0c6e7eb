//! Connections to the file: setup, readers, and the writer.

pub(crate) mod open;
pub(crate) mod readers;
pub(crate) mod writer;
