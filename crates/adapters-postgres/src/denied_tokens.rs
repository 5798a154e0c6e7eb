//! Access tokens that were revoked and have no grant whose row could say so.

use crate::store::PostgresStore;
use countersign_adapters_sql::denied_tokens::DeniedTokenRow;
use countersign_adapters_sql::schema::denied_tokens;
use countersign_domain::claims::TokenId;
use countersign_domain::time::Timestamp;
use countersign_ports::{DeniedToken, DeniedTokenRepository, StoreError};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

impl DeniedTokenRepository for PostgresStore {
    async fn deny_token(&self, token: &TokenId, expires_at: Timestamp) -> Result<(), StoreError> {
        let denied = DeniedToken {
            id: *token,
            expires_at,
        };
        let row = DeniedTokenRow::try_from(&denied).map_err(StoreError::new)?;
        self.run(async |connection| {
            diesel::insert_into(denied_tokens::table)
                .values(&row)
                .on_conflict_do_nothing()
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }

    async fn is_denied(&self, token: &TokenId) -> Result<bool, StoreError> {
        let token = token.to_string();
        self.run(async |connection| {
            let its = denied_tokens::table.find(token);
            Ok(diesel::select(exists(its)).get_result(connection).await?)
        })
        .await
    }
}
