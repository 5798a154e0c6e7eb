//! Times for people, as in the answers of the server.

pub(crate) use countersign_server_http::date::date;
