//! Signing keys.

use crate::revision::{self, count_change};
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, text, time};
use countersign_adapters_sql::schema::signing_keys;
use countersign_adapters_sql::signing_keys::SigningKeyRow;
use countersign_domain::signing_key::SigningKey;
use countersign_ports::{KeyChange, Race, Revision, SigningKeyRepository, StoreError};
use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

async fn list(connection: &mut AsyncPgConnection) -> Result<Vec<SigningKey>, Failure> {
    let rows: Vec<SigningKeyRow> = signing_keys::table
        .order((signing_keys::created_at, signing_keys::id))
        .load(connection)
        .await?;
    let keys = rows.into_iter().map(SigningKey::try_from);
    Ok(keys.collect::<Result<_, _>>()?)
}

async fn change(connection: &mut AsyncPgConnection, change: &KeyChange) -> Result<Race, Failure> {
    let KeyChange { seen, add, retire } = change;
    if revision::lock(connection).await? != *seen {
        return Ok(Race::Lost);
    }
    for (id, at) in retire {
        diesel::update(signing_keys::table.find(text(id)))
            .set(signing_keys::retires_at.eq(time(*at)?))
            .execute(connection)
            .await?;
    }
    for key in add {
        diesel::insert_into(signing_keys::table)
            .values(SigningKeyRow::try_from(key)?)
            .execute(connection)
            .await?;
    }
    count_change(connection).await?;
    Ok(Race::Won)
}

impl SigningKeyRepository for PostgresStore {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.run(async |connection| revision::current(connection).await)
            .await
    }

    async fn list_signing_keys(&self) -> Result<(Revision, Vec<SigningKey>), StoreError> {
        // The revision first: what changes in between is newer than it says.
        self.run(async |connection| {
            Ok((
                revision::current(connection).await?,
                list(connection).await?,
            ))
        })
        .await
    }

    async fn change_signing_keys(&self, wanted: &KeyChange) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let work = async |connection: &mut _| change(connection, wanted).await;
            connection.transaction(work).await
        })
        .await
    }
}
