//! Signing keys, and the revision of what servers keep copies of.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, from_integer, text, time};
use countersign_adapters_sql::schema::{revision, signing_keys};
use countersign_adapters_sql::signing_keys::SigningKeyRow;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_ports::{KeyChange, Race, Revision, SigningKeyRepository, StoreError};
use diesel::prelude::*;

/// Counts a change of clients or signing keys, in the transaction that makes it.
pub(crate) fn count_change(connection: &mut SqliteConnection) -> QueryResult<()> {
    diesel::update(revision::table)
        .set(revision::number.eq(revision::number + 1))
        .execute(connection)?;
    Ok(())
}

fn current_revision(connection: &mut SqliteConnection) -> Result<Revision, Failure> {
    let number: i64 = revision::table
        .select(revision::number)
        .get_result(connection)?;
    Ok(Revision(from_integer("revision.number", number)?))
}

fn list(connection: &mut SqliteConnection) -> Result<Vec<SigningKey>, Failure> {
    let rows: Vec<SigningKeyRow> = signing_keys::table
        .order((signing_keys::created_at, signing_keys::id))
        .load(connection)?;
    let keys = rows.into_iter().map(SigningKey::try_from);
    Ok(keys.collect::<Result<_, _>>()?)
}

fn change(
    connection: &mut SqliteConnection,
    seen: Revision,
    add: &[SigningKeyRow],
    retire: &[(String, i64)],
) -> Result<Race, Failure> {
    if current_revision(connection)? != seen {
        return Ok(Race::Lost);
    }
    for (id, at) in retire {
        diesel::update(signing_keys::table.find(id))
            .set(signing_keys::retires_at.eq(at))
            .execute(connection)?;
    }
    for key in add {
        diesel::insert_into(signing_keys::table)
            .values(key)
            .execute(connection)?;
    }
    count_change(connection)?;
    Ok(Race::Won)
}

impl SigningKeyRepository for SqliteStore {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.0.readers.point(current_revision)
    }

    async fn list_signing_keys(&self) -> Result<(Revision, Vec<SigningKey>), StoreError> {
        let read = |connection: &mut SqliteConnection| {
            // One transaction is one state of the file.
            connection
                .transaction(|connection| Ok((current_revision(connection)?, list(connection)?)))
        };
        self.0.readers.list(read).await
    }

    async fn change_signing_keys(&self, wanted: &KeyChange) -> Result<Race, StoreError> {
        let KeyChange { seen, add, retire } = wanted;
        let seen = *seen;
        let add: Vec<SigningKeyRow> = add
            .iter()
            .map(SigningKeyRow::try_from)
            .collect::<Result<_, _>>()
            .map_err(StoreError::new)?;
        let retirement = |(id, at): &(String, Timestamp)| Ok((text(id), time(*at)?));
        let retire: Vec<(String, i64)> = retire
            .iter()
            .map(retirement)
            .collect::<Result<_, Failure>>()
            .map_err(StoreError::new)?;
        let work = move |connection: &mut _| change(connection, seen, &add, &retire);
        self.0.writer.write(work).await
    }
}
