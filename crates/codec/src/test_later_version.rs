//! **For the test of a rolling upgrade alone.** Makes this build a later version, with two facts of an authorization
//! that the version without the feature does not know:
//!
//! * [`IGNORABLE`] is written into every authorization.
//! * [`CRITICAL`] is written into the authorization of a code whose scope has the token `later`, once every live node
//!   understands generation 2; it goes on into the grant and its refresh tokens.

use crate::fields::Fields;
use crate::writer::Writer;
use countersign_domain::authorization::Authorization;
use countersign_domain::later::{LaterFact, LaterFacts};

/// The tag that an earlier version keeps and passes on.
pub const IGNORABLE: i64 = -24;

/// The tag that an earlier version answers with 503.
pub const CRITICAL: i64 = 23;

/// `true` in CBOR.
const TRUE: u8 = 0xF5;

/// Adds the critical fact to an authorization that demands it. `common` is the generation that every live node
/// understands. A version with a fact like this keeps it in a field of the domain; the later facts stand in for one.
pub fn mark(authorization: &mut Authorization, common: u32) {
    let demanded = authorization.scope().contains("later") && common >= 2;
    if demanded && !has(&authorization.access.later, CRITICAL) {
        authorization.access.later.push(LaterFact {
            tag: CRITICAL,
            value: [TRUE].into(),
        });
    }
}

/// Writes the ignorable fact, unless it was read and is written again anyway.
pub(crate) fn write_ignorable(writer: &mut Writer, later: &LaterFacts) {
    if !has(later, IGNORABLE) {
        writer.flag(IGNORABLE, true);
    }
}

/// Keeps the critical fact beside the others.
pub(crate) fn with_critical(mut later: LaterFacts, fields: &Fields<'_>) -> LaterFacts {
    if let Some(value) = fields.optional(CRITICAL) {
        later.push(value.as_fact(CRITICAL));
    }
    later
}

fn has(later: &LaterFacts, tag: i64) -> bool {
    later.iter().any(|fact| fact.tag == tag)
}
