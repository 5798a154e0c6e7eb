//! Requests over real connections.

mod malformed;
mod request_id;
