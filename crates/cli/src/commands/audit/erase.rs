//! `countersign audit erase`.

use crate::api::{Api, member};
use crate::arguments::TargetArgs;
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output;
use axum::http::Method;
use serde_json::json;

/// Erases the events of a user, and prints their number.
pub(super) async fn erase(user: &str, target: &TargetArgs) -> Result<(), CommandError> {
    let erased = if target.server.is_some() {
        let api = Api::open(target).await?;
        let of = json!({"user_id": api.user_id(user).await?});
        let erased = api.send(Method::POST, "/events/erase", Some(&of)).await?;
        member(&erased, "erased").as_u64().unwrap_or_default()
    } else {
        let setup = Setup::open(&target.config).await?;
        let (tenant, operator) = (&setup.tenant, operator());
        let id = match user.parse() {
            Ok(id) => id,
            Err(_) => setup.user_admin()?.find(tenant, &operator, user).await?.id,
        };
        setup.audit_admin().erase(tenant, &operator, id).await?
    };
    output::print(&format!("Erased {erased} events.\n"))
}
