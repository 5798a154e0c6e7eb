//! `/api/idps`: upstream providers.

use super::done::done;
use super::idp_body::{IdpBody, View};
use super::pages::{PARAMETERS, Page, Pagination};
use crate::api::body::{merged, typed};
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::resources::{UpstreamProviderBody, provider_name};
use axum::http::{Method, StatusCode};
use countersign_application::App;
use countersign_application::admin::upstream_providers::WantedProvider;
use countersign_domain::audit::operator::Permission::{
    UpstreamProvidersRead, UpstreamProvidersWrite,
};
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Page of providers.
#[derive(Serialize)]
struct List {
    idps: Vec<View>,
    pagination: Pagination,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/api/idps", "/api/idps/{id}");
    vec![
        Operation::get((all, "aero2ListIdps", "List identity providers"), &[])
            .queried_by(PARAMETERS)
            .for_visitors()
            .by(list),
        Operation::create(
            (all, "aero2CreateIdp", "Create an identity provider"),
            &[UpstreamProvidersWrite],
        )
        .takes::<IdpBody>()
        .keeps(created)
        .by(create),
        Operation::new(
            Method::PUT,
            StatusCode::OK,
            (one, "aero2UpdateIdp", "Change an identity provider"),
            &[UpstreamProvidersRead, UpstreamProvidersWrite],
        )
        .takes::<IdpBody>()
        .by(update),
        Operation::new(
            Method::DELETE,
            StatusCode::OK,
            (one, "aero2DeleteIdp", "Delete an identity provider"),
            &[UpstreamProvidersWrite],
        )
        .by(delete),
    ]
}

/// Lists all providers for an operator who may read them, and what the sign-in page shows for others.
async fn list<A: App>(call: Call<A>) -> Outcome {
    let page = Page::read(&call)?;
    let providers = &call.commands().upstream_providers;
    if call.operator.may(UpstreamProvidersRead).is_err() {
        let offered = providers.offered(&call.tenant).await?;
        let (offered, pagination) = page.within(offered);
        let idps = offered.iter().map(View::for_visitors).collect();
        return Reply::of(&List { idps, pagination });
    }
    let read = |after| providers.list(&call.tenant, &call.operator, after);
    let key = |provider: &UpstreamProvider| provider.name.to_string();
    let (all, pagination) = page.of(key, read).await?;
    let idps = all.iter().map(View::from).collect();
    Reply::of(&List { idps, pagination })
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: IdpBody = call.body()?;
    let providers = &call.commands().upstream_providers;
    let wanted = wanted(body.created()?, providers.clock.now())?;
    let creation = providers.create(&call.tenant, &call.operator, &wanted);
    created(&creation.await?)
}

fn created(provider: &UpstreamProvider) -> Outcome {
    Reply::of(&View::from(provider))
}

async fn update<A: App>(call: Call<A>) -> Outcome {
    let name = provider_name(call.path(0))?;
    let body: IdpBody = call.body()?;
    body.check_name(&name)?;
    let providers = &call.commands().upstream_providers;
    let before = providers.find(&call.tenant, &call.operator, &name).await?;
    let current = serde_json::to_value(UpstreamProviderBody::from(&before));
    let current = current.map_err(|error| Problem::internal(&error))?;
    let wanted = wanted(merged(current, body.changed()?), before.created_at)?;
    let version = Some(before.version);
    let updated = providers.update(&call.tenant, &call.operator, &name, version, &wanted);
    call.changed(updated.await)?;
    done("Identity provider updated")
}

/// Returns the provider with the fields of the admin API.
fn wanted(fields: Value, created_at: Timestamp) -> Result<WantedProvider, Problem> {
    let body: UpstreamProviderBody = typed(fields)?;
    Ok(WantedProvider {
        values: body.provider(created_at)?,
        secret: body.client_secret.as_deref().map(Secret::new),
    })
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let name = provider_name(call.path(0))?;
    let providers = &call.commands().upstream_providers;
    let deleted = providers.delete(&call.tenant, &call.operator, &name, None);
    deleted.await?;
    done("Identity provider deleted")
}
