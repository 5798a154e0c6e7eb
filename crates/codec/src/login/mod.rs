//! Values of sign-ins: steps of a JSON login, known devices, and mailed links.

mod known_device;
mod login_step;
mod mailed_link;

pub use known_device::{decode_known_device, encode_known_device};
pub use login_step::{decode_login_step, encode_login_step};
pub use mailed_link::{decode_mailed_link, encode_mailed_link};
