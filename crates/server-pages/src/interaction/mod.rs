//! The pages of an interaction. The domain decides which step comes next; this module renders the step and parses its
//! answer.

pub(crate) mod accounts;
pub(crate) mod consent;
pub(crate) mod device;
pub(crate) mod sign_in;
mod steps;

pub(crate) use steps::{carried, client_of, go_on, in_query, judged, refuse, session_on};
