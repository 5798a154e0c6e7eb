//! `/upstream-providers`.

mod body;
mod parse;
mod table;

pub(in crate::api) use body::Body;

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::slice::{List, name};
use body::View;
use countersign_application::App;
use countersign_application::admin::upstream_providers::WantedProvider;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{
    UpstreamProvidersRead, UpstreamProvidersWrite,
};
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::secret::Secret;

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/upstream-providers", "/upstream-providers/{name}");
    vec![
        Operation::list(
            (all, "listUpstreamProviders", "List upstream providers"),
            &[UpstreamProvidersRead],
        )
        .gives::<List<View>>()
        .by(list),
        Operation::create(
            (all, "createUpstreamProvider", "Create an upstream provider"),
            &[UpstreamProvidersWrite],
        )
        .takes::<Body>()
        .gives::<View>()
        .keeps(reply)
        .by(create),
        Operation::get(
            (one, "getUpstreamProvider", "Show an upstream provider"),
            &[UpstreamProvidersRead],
        )
        .gives::<View>()
        .by(get),
        Operation::patch(
            (one, "updateUpstreamProvider", "Change an upstream provider"),
            &[UpstreamProvidersRead, UpstreamProvidersWrite],
        )
        .keeping(&["name"])
        .takes::<Body>()
        .gives::<View>()
        .by(patch),
        Operation::delete(
            (one, "deleteUpstreamProvider", "Delete an upstream provider"),
            &[UpstreamProvidersWrite],
        )
        .conditional()
        .by(delete),
    ]
}

/// Returns the provider name in a path.
pub(in crate::api) fn provider_name(text: &str) -> Result<ProviderName, Problem> {
    let missing = |_| AdminError::NotFound(Missing::UpstreamProvider).into();
    ProviderName::parse(text).map_err(missing)
}

/// Renders a provider with its version, without its secret.
fn reply(provider: &UpstreamProvider) -> Outcome {
    Ok(Reply::of(&View::from(provider))?.at(provider.version))
}

fn wanted(body: &Body, values: UpstreamProvider) -> WantedProvider {
    WantedProvider {
        values,
        secret: body.client_secret.as_deref().map(Secret::new),
    }
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let providers = &call.commands().upstream_providers;
    let slice = providers.list(&call.tenant, &call.operator, after).await?;
    let key = |provider: &UpstreamProvider| provider.name.to_string();
    Reply::of(&List::of(&slice, key, View::from))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let name = provider_name(call.path(0))?;
    let providers = &call.commands().upstream_providers;
    reply(&providers.find(&call.tenant, &call.operator, &name).await?)
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let providers = &call.commands().upstream_providers;
    let wanted = wanted(&body, body.provider(providers.clock.now())?);
    let created = providers.create(&call.tenant, &call.operator, &wanted);
    reply(&created.await?)
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    let name = provider_name(call.path(0))?;
    let providers = &call.commands().upstream_providers;
    let provider = providers.find(&call.tenant, &call.operator, &name).await?;
    let expected = call.version(provider.version)?;
    let body = call.patched(&Body::from(&provider))?;
    if body.name != name.as_str() {
        return Err(Problem::field(
            "name",
            "cannot change, because it is part of the redirect URI; create a new provider",
        ));
    }
    let wanted = wanted(&body, body.provider(provider.created_at)?);
    let updated = providers.update(&call.tenant, &call.operator, &name, expected, &wanted);
    reply(&call.changed(updated.await)?)
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let name = provider_name(call.path(0))?;
    let providers = &call.commands().upstream_providers;
    let deleted = providers.delete(&call.tenant, &call.operator, &name, call.expected);
    deleted.await?;
    Ok(Reply::empty())
}
