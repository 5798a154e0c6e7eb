//! Grants in the store of the server under test, and of the programs that it is compared with.

use countersign_domain::authorize::claims_request::RequestedClaims;
use countersign_domain::client::ClientId;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::identifier::Subject;
use countersign_domain::later::LaterFacts;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;

/// Number of grants in the store for the rotation benchmarks.
pub(crate) const GRANTS: u64 = 100_000;

/// Maps a number to one of the first `GRANTS` grants. Visits each grant once before it repeats.
pub(crate) const fn scattered(number: u64) -> u64 {
    scattered_below(number, GRANTS)
}

/// Maps a number to one below `end`. Visits each once before it repeats, if `end` is a power of ten.
pub(crate) const fn scattered_below(number: u64, end: u64) -> u64 {
    number.wrapping_mul(48_271) % end
}

/// Returns a time-ordered ID, like those of the server.
pub(crate) fn id(number: u64) -> [u8; 16] {
    let mut id = [0x7f; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    id
}

/// Returns the authorization that a user granted to a client, with a password login at this time.
pub(crate) fn authorization(client: &str, subject: &str, time: Timestamp) -> Authorization {
    Authorization {
        access: Access {
            client: ClientId::parse(client).unwrap(),
            scope: Scope::parse("read write").unwrap(),
            resources: Vec::new(),
            claims: RequestedClaims::default(),
            later: LaterFacts::none(),
        },
        subject: Subject::new(subject),
        authentication: Authentication::new(time, Methods::NONE.with(Method::PASSWORD)),
        session: None,
        bound_to_verifier: true,
    }
}
