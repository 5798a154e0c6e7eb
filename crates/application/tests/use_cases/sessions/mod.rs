//! Browser sessions: lookup, start, secrets, signed tokens and end.

mod browser;
mod ends;
mod secrets;
mod theft;
mod tokens;
