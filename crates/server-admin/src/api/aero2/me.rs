//! `/api/users/me`: the user of the access token.

use super::users::body::{Names, View};
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use axum::http::{Method, StatusCode};
use countersign_application::App;
use countersign_application::admin::users::AttributeChanges;

/// The operations need no permission: every user may read their own record and change their own names.
pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let me = "/api/users/me";
    vec![
        Operation::get((me, "aero2GetMe", "Show the own user"), &[]).by(get),
        Operation::new(
            Method::PUT,
            StatusCode::OK,
            (me, "aero2UpdateMe", "Change the own names"),
            &[],
        )
        .takes::<Names>()
        .by(update),
    ]
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let users = &call.commands().users;
    let found = users.find_own(&call.tenant, &call.operator);
    Reply::of(&View::from(&found.await?))
}

async fn update<A: App>(call: Call<A>) -> Outcome {
    let names: Names = call.body()?;
    let users = &call.commands().users;
    let names = names.claims();
    let changed = users.set_own_profile(
        &call.tenant,
        &call.operator,
        &names,
        AttributeChanges::new(),
    );
    Reply::of(&View::from(&changed.await?))
}
