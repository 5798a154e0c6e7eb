//! **Only for tests of rolling upgrades.** Turns this build into a later version. It knows two facts of an
//! authorization that the build without this feature does not know:
//!
//! * [`IGNORABLE`] is written to every authorization.
//! * [`CRITICAL`] is written to the authorization of a code whose scope contains the token `later`, once every live
//!   node understands generation 3. The grant and its refresh tokens inherit it.

use crate::fields::Fields;
use crate::writer::Writer;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::later::{LaterFact, LaterFacts};

/// Tag that an earlier version preserves.
pub const IGNORABLE: i64 = -24;

/// Tag that an earlier version answers with 503.
pub const CRITICAL: i64 = 23;

/// `true` in CBOR.
const TRUE: u8 = 0xF5;

/// Adds the critical fact to an authorization that requires it. `common` is the generation that every live node
/// understands. A real version would keep such a fact in a domain field; this build keeps it in the later facts.
pub fn mark(authorization: &mut Authorization, common: u32) {
    let demanded = authorization.scope().contains("later") && common >= 3;
    if demanded && !has(&authorization.access.later, CRITICAL) {
        authorization.access.later.push(LaterFact {
            tag: CRITICAL,
            value: [TRUE].into(),
        });
    }
}

/// Writes the ignorable fact, unless it was read from another version and is written again anyway.
pub(crate) fn write_ignorable(writer: &mut Writer, later: &LaterFacts) {
    if !has(later, IGNORABLE) {
        writer.flag(IGNORABLE, true);
    }
}

/// Keeps the critical fact together with the others.
pub(crate) fn with_critical(mut later: LaterFacts, fields: &Fields<'_>) -> LaterFacts {
    if let Some(value) = fields.optional(CRITICAL) {
        later.push(value.as_fact(CRITICAL));
    }
    later
}

fn has(later: &LaterFacts, tag: i64) -> bool {
    later.iter().any(|fact| fact.tag == tag)
}
