//! Numbers of stored objects, counted by one statement that both stores share.

use crate::columns::{Unreadable, from_integer};
use countersign_ports::{Count, Counts};
use diesel::sql_types::BigInt;

/// Statement that counts users, clients, sessions and grants. Each subquery reads a limited number of rows. No index of
/// sessions and grants begins with the tenant, so their limit applies to all tenants together: a limit for one tenant
/// would not limit the rows that the database passes over.
///
/// Values: tenant and limit of users, tenant and limit of clients, tenant, time and limit of sessions, tenant, time and
/// limit of grants.
pub const COUNT_OBJECTS: &str = "SELECT users.number, clients.number, sessions.passed, sessions.number, grants.passed, grants.number FROM \
     (SELECT count(*) AS number FROM (SELECT 1 FROM users WHERE tenant = ? LIMIT ?) AS its) AS users, \
     (SELECT count(*) AS number FROM (SELECT 1 FROM clients WHERE tenant = ? LIMIT ?) AS its) AS clients, \
     (SELECT count(*) AS passed, count(*) FILTER (WHERE tenant = ? AND ended_at IS NULL) AS number \
     FROM (SELECT tenant, ended_at FROM sessions WHERE expires_at > ? ORDER BY expires_at LIMIT ?) AS its) AS sessions, \
     (SELECT count(*) AS passed, count(*) FILTER (WHERE tenant = ? AND revoked_at IS NULL AND expires_at > ?) AS number \
     FROM (SELECT tenant, revoked_at, expires_at FROM grants ORDER BY id DESC LIMIT ?) AS its) AS grants";

/// SQL types of the result.
pub type CountColumns = (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt);

/// Numbers of users and of clients, then for sessions and for grants the number of rows read and of live objects.
pub type CountRow = (i64, i64, i64, i64, i64, i64);

/// Converts the result of [`COUNT_OBJECTS`] with the limit `most + 1`.
pub fn counts(row: CountRow, most: u32) -> Result<Counts, Unreadable> {
    let (users, clients, passed_sessions, sessions, passed_grants, grants) = row;
    let most = u64::from(most);
    let count = |passed: i64, number: i64| -> Result<Count, Unreadable> {
        let passed: u64 = from_integer("count", passed)?;
        let number: u64 = from_integer("count", number)?;
        Ok(Count {
            number: number.min(most),
            is_exact: passed <= most,
        })
    };
    Ok(Counts {
        users: count(users, users)?,
        clients: count(clients, clients)?,
        sessions: count(passed_sessions, sessions)?,
        grants: count(passed_grants, grants)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_at_limit_is_exact_and_above_is_lower_bound() {
        let counted = counts((2, 3, 2, 1, 3, 3), 2).unwrap();
        let count = |number, is_exact| Count { number, is_exact };
        assert_eq!(counted.users, count(2, true));
        assert_eq!(counted.clients, count(2, false));
        assert_eq!(counted.sessions, count(1, true));
        assert_eq!(counted.grants, count(2, false));
    }
}
