//! Documents of files, and the mistakes in them.

mod document;
pub(super) mod extra;
mod folder;
mod mistake;
mod secret;

pub(super) use document::Document;
#[cfg(test)]
pub(super) use document::read;
pub(crate) use folder::documents;
pub(crate) use mistake::{Mistakes, Place};
