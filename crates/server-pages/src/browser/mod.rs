//! A browser that visits the pages: its cookies, its forms, and what it carries from page to page.

pub(crate) mod cookies;
pub(crate) mod csrf;
mod error_page;
mod of_one_length;
pub(crate) mod problem;
mod request;
mod sealed;
mod seals;
mod session_cookie;

pub(crate) use request::{Browser, Fields, Opened, form};
