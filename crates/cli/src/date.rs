//! Human-readable dates, in the format of the server's responses.

pub(crate) use countersign_server_http::wire::date::{date, parse, parse_http};
