//! Baseline for the store: a single-threaded loop that runs the same statements with the same durability.
//!
//! It runs the statements in groups, one transaction per group.

use crate::grants::{GRANTS, authorization, id, scattered};
use crate::machine::core_seconds;
use countersign_adapters_system::SystemClock;
use countersign_codec::encode_stored;
use countersign_ports::Clock as _;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

diesel::table! {
    grants (id, tenant) {
        id -> Binary,
        tenant -> Integer,
        client_id -> Text,
        subject -> Text,
        generation -> BigInt,
        rotated_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        authorization -> Binary,
    }
}

diesel::table! {
    users (id, tenant) {
        id -> Binary,
        tenant -> Integer,
        email -> Text,
        email_verified -> Bool,
        enabled -> Bool,
        version -> BigInt,
        created_at -> BigInt,
        document -> Text,
    }
}

const TENANT: i32 = 1;
const SUBJECT: &str = "0198c5f0-0000-7000-8000-000000000000";
const LONGEST: Duration = Duration::from_millis(500);

/// Prints the CPU time of an operation in microseconds. `waiting` writes share a transaction.
///
/// Rotations visit the first `GRANTS` grants in scattered order.
pub(crate) fn run(path: &str, operation: &str, waiting: u64) {
    let mut connection = SqliteConnection::establish(path).unwrap();
    connection
        .batch_execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;",
        )
        .unwrap();
    // A higher generation than in any earlier run. Grants jump to the presented generation.
    let generation = now();
    let someone: Vec<Vec<u8>> = users::table
        .select(users::id)
        .load(&mut connection)
        .unwrap();
    let (began, before) = (Instant::now(), core_seconds(std::process::id()));
    let mut done = 0;
    while began.elapsed() < LONGEST {
        let group = done..done + waiting;
        if operation == "find" {
            for _ in group.clone() {
                find(&mut connection, &someone[0]);
            }
            done = group.end;
            continue;
        }
        connection
            .immediate_transaction(|connection| {
                group.clone().try_for_each(|number| match operation {
                    "establish" => establish(connection, number, "client_0123456789abcdef"),
                    _ => rotate(
                        connection,
                        scattered(number),
                        generation + i64::try_from(number / GRANTS).unwrap(),
                    ),
                })
            })
            .unwrap();
        done = group.end;
    }
    // The scheduler updates its count when the thread yields.
    std::thread::sleep(Duration::from_millis(1));
    let seconds = core_seconds(std::process::id()) - before;
    println!("{}", seconds * 1_000_000.0 / done as f64);
}

/// Inserts the first `GRANTS` grants for this client.
pub(crate) fn fill(path: &str, client: &str) {
    let mut connection = SqliteConnection::establish(path).unwrap();
    connection
        .immediate_transaction(|connection| {
            (0..GRANTS).try_for_each(|number| establish(connection, number, client))
        })
        .unwrap();
}

fn now() -> i64 {
    i64::try_from(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs(),
    )
    .unwrap()
}

fn establish(connection: &mut SqliteConnection, number: u64, client: &str) -> QueryResult<()> {
    let authorization = authorization(client, SUBJECT, SystemClock.now());
    let now = now();
    let row = (
        grants::id.eq(id(number).to_vec()),
        grants::tenant.eq(TENANT),
        grants::client_id.eq(client),
        grants::subject.eq(SUBJECT),
        grants::generation.eq(0),
        grants::rotated_at.eq(now),
        grants::expires_at.eq(now + 2_592_000),
        grants::revoked_at.eq(None::<i64>),
        grants::authorization.eq(encode_stored(&authorization)),
    );
    diesel::insert_into(grants::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(connection)
        .map(|_| ())
}

/// Reads a user by its key, outside a transaction.
fn find(connection: &mut SqliteConnection, id: &[u8]) {
    type Row = (Vec<u8>, i32, String, bool, bool, i64, i64, String);
    let of_key = users::table
        .filter(users::id.eq(id))
        .filter(users::tenant.eq(TENANT));
    let found: Vec<Row> = of_key.load(connection).unwrap();
    assert_eq!(found.len(), 1);
}

/// Advances a grant from any earlier generation to the one after `presented`.
fn rotate(connection: &mut SqliteConnection, number: u64, presented: i64) -> QueryResult<()> {
    let id = id(number).to_vec();
    let now = now();
    let current = grants::table
        .filter(grants::id.eq(&id))
        .filter(grants::tenant.eq(TENANT))
        .filter(grants::generation.le(presented))
        .filter(grants::revoked_at.is_null())
        .filter(grants::expires_at.gt(now));
    let change = (
        grants::generation.eq(presented + 1),
        grants::rotated_at.eq(now),
        grants::expires_at.eq(now + 2_592_000),
    );
    let moved = diesel::update(current).set(change).execute(connection)?;
    assert_eq!(moved, 1);
    Ok(())
}
