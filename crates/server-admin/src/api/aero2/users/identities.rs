//! Linked accounts of a user.

use crate::api::call::Call;
use crate::api::problem::Problem;
use countersign_application::App;
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::UserId;
use countersign_ports::After;
use countersign_server_http::wire::date::date;
use serde::Serialize;

/// Linked account.
#[derive(Serialize)]
pub(super) struct IdentityView {
    id: String,
    provider: String,
    provider_user_id: String,
    email: Option<String>,
    created_at: String,
}

impl From<&Identity> for IdentityView {
    fn from(identity: &Identity) -> Self {
        Self {
            id: identity.id.to_string(),
            provider: identity.provider.clone(),
            provider_user_id: identity.subject.clone(),
            email: identity.email.clone(),
            created_at: date(identity.created_at),
        }
    }
}

/// Returns all linked accounts of a user.
pub(super) async fn linked<A: App>(
    call: &Call<A>,
    user: UserId,
) -> Result<Vec<IdentityView>, Problem> {
    let users = &call.commands().users;
    let mut all = Vec::new();
    let mut after = After::start();
    loop {
        let slice = users.identities(&call.tenant, &call.operator, user, after);
        let slice = slice.await?;
        all.extend(slice.items.iter().map(IdentityView::from));
        match slice.items.last() {
            Some(last) if slice.has_more => after = After::key(last.id),
            _ => return Ok(all),
        }
    }
}
