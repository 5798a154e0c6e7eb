//! Access tokens that were revoked and have no grant whose row could say so.

use crate::store::SqliteStore;
use countersign_adapters_sql::denied_tokens::DeniedTokenRow;
use countersign_adapters_sql::schema::denied_tokens;
use countersign_domain::claims::TokenId;
use countersign_domain::time::Timestamp;
use countersign_ports::{DeniedToken, DeniedTokenRepository, StoreError};
use diesel::dsl::exists;
use diesel::prelude::*;

impl DeniedTokenRepository for SqliteStore {
    async fn deny_token(&self, token: &TokenId, expires_at: Timestamp) -> Result<(), StoreError> {
        let denied = DeniedToken {
            id: *token,
            expires_at,
        };
        let row = DeniedTokenRow::try_from(&denied).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            diesel::insert_into(denied_tokens::table)
                .values(&row)
                .on_conflict_do_nothing()
                .execute(connection)?;
            Ok(())
        };
        self.0.writer.write(work).await
    }

    async fn is_denied(&self, token: &TokenId) -> Result<bool, StoreError> {
        let token = token.to_string();
        self.0.readers.point(|connection| {
            let its = denied_tokens::table.find(token);
            Ok(diesel::select(exists(its)).get_result(connection)?)
        })
    }
}
