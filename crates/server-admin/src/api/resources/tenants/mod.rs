//! `/tenants`. Only the server's own tenant has this resource.

pub(in crate::api) mod body;
mod branding;
mod objects;
mod registration;

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::slice::{List, name};
use crate::api::unhurried::unhurried;
use body::{Body, View};
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{TenantsRead, TenantsWrite};
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::registered::RegisteredTenant;

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/tenants", "/tenants/{name}");
    vec![
        Operation::list(
            (all, "listTenants", "List the tenants of the server"),
            &[TenantsRead],
        )
        .gives::<List<View>>()
        .by(list),
        Operation::create(
            (all, "createTenant", "Create a tenant with its signing keys"),
            &[TenantsWrite],
        )
        .takes::<Body>()
        .gives::<View>()
        .by(create),
        Operation::get((one, "getTenant", "Show a tenant"), &[TenantsRead])
            .gives::<View>()
            .by(get),
        Operation::patch(
            (one, "updateTenant", "Change, disable or enable a tenant"),
            &[TenantsRead, TenantsWrite],
        )
        .keeping(&["name", "host"])
        .takes::<Body>()
        .gives::<View>()
        .by(patch),
        Operation::delete(
            (one, "deleteTenant", "Delete a tenant and all of its data"),
            &[TenantsWrite],
        )
        .conditional()
        .by(delete),
    ]
}

fn reply<A: App>(call: &Call<A>, tenant: &RegisteredTenant) -> Outcome {
    Ok(Reply::of(&View::of(tenant, &call.tenant))?.at(tenant.version))
}

/// Returns the name of the tenant in the path.
fn tenant_name<A: App>(call: &Call<A>) -> Result<TenantName, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Tenant).into();
    TenantName::parse(call.path(0)).map_err(missing)
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let tenants = &call.commands().tenants;
    let slice = tenants.list(&call.tenant, &call.operator, after).await?;
    let view = |own: &RegisteredTenant| View::of(own, &call.tenant);
    Reply::of(&List::of(&slice, |own| own.name.to_string(), view))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let name = tenant_name(&call)?;
    let tenants = &call.commands().tenants;
    let found = tenants.find(&call.tenant, &call.operator, &name).await?;
    reply(&call, &found)
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    unhurried(created(call)).await
}

async fn created<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let name = TenantName::parse(&body.name).map_err(|error| Problem::field("name", error))?;
    let place = body.place()?;
    let (commands, change) = (call.commands(), body.change()?);
    let make = &*commands.tools.make_key;
    let new = (name, place);
    let created = commands
        .tenants
        .create(&call.tenant, &call.operator, make, new, &change);
    reply(&call, &created.await?)
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    unhurried(patched(call)).await
}

async fn patched<A: App>(call: Call<A>) -> Outcome {
    let name = tenant_name(&call)?;
    let commands = call.commands();
    let (tenants, make) = (&commands.tenants, &*commands.tools.make_key);
    let tenant = tenants.find(&call.tenant, &call.operator, &name).await?;
    let expected = call.version(tenant.version)?;
    let body = call.patched(&Body::from(&tenant))?;
    if body.name != name.as_str() || body.place()? != tenant.place {
        let rule = "cannot change; create a new tenant";
        return Err(Problem::field("name", rule));
    }
    let change = body.change()?;
    let target = (&name, expected);
    let updated = tenants.update(&call.tenant, &call.operator, make, target, &change);
    reply(&call, &call.changed(updated.await)?)
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let name = tenant_name(&call)?;
    let tenants = &call.commands().tenants;
    let deleted = tenants.delete(&call.tenant, &call.operator, &name, call.expected);
    deleted.await?;
    Ok(Reply::empty())
}
