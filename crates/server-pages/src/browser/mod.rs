//! Browser requests: cookies, forms, and the state that the browser carries from page to page.

pub(crate) mod cookies;
pub(crate) mod csrf;
mod devices;
pub(crate) mod error_page;
mod fields;
pub(crate) mod language;
mod mail;
mod passkey_offer;
pub(crate) mod problem;
mod remark;
mod request;
mod sealed;
mod seals;
mod session_cookie;

pub(crate) use fields::{ATTRIBUTE, Fields, check_email};
pub(crate) use remark::{LONGEST, Opened, email_entered};
pub(crate) use request::{Browser, form};
pub(crate) use sealed::Entered;
