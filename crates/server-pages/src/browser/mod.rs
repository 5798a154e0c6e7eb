//! A browser that visits our pages: its cookies, its forms, and what it carries from page to page.

pub(crate) mod cookies;
pub(crate) mod csrf;
pub(crate) mod interaction;
mod of_one_length;
mod routes;
pub(crate) mod troubles;
mod visit;

pub(crate) use routes::routes;
pub(crate) use visit::{Fields, Visit};
