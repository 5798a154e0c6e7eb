//! `/webhooks`.

mod body;
mod delivery;

pub(in crate::api) use body::Body;
pub use delivery::webhook_message;

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::slice::{List, name};
use body::{NewSecret, View, reply, webhook_name};
use countersign_application::App;
use countersign_application::admin::webhooks::WithSecret;
use countersign_domain::audit::operator::Permission::{AuditRead, WebhooksRead, WebhooksWrite};
use countersign_domain::webhook::{Webhook, WebhookName};
use std::time::Duration;

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/webhooks", "/webhooks/{name}");
    let secrets = "/webhooks/{name}/secrets";
    let mut operations = vec![
        Operation::list((all, "listWebhooks", "List webhooks"), &[WebhooksRead])
            .gives::<List<View>>()
            .by(list),
        Operation::create(
            (all, "createWebhook", "Create a webhook"),
            &[WebhooksWrite, AuditRead],
        )
        .takes::<Body>()
        .gives::<View>()
        .keeps(with_secret)
        .by(create),
        Operation::get((one, "getWebhook", "Show a webhook"), &[WebhooksRead])
            .gives::<View>()
            .by(get),
        Operation::patch(
            (one, "updateWebhook", "Change a webhook"),
            &[WebhooksRead, WebhooksWrite, AuditRead],
        )
        .keeping(&["name"])
        .takes::<Body>()
        .gives::<View>()
        .by(patch),
        Operation::delete((one, "deleteWebhook", "Delete a webhook"), &[WebhooksWrite])
            .conditional()
            .by(delete),
        Operation::create(
            (
                secrets,
                "rotateWebhookSecret",
                "Add a signing secret to a webhook",
            ),
            &[WebhooksWrite, AuditRead],
        )
        .takes::<NewSecret>()
        .gives::<View>()
        .keeps(with_secret)
        .by(rotate),
    ];
    operations.extend(delivery::operations());
    operations
}

fn with_secret(created: &WithSecret) -> Outcome {
    let mut view = View::from(&created.webhook);
    view.signing_secret = Some(created.secret.text().expose_secret().to_owned());
    Ok(Reply::of(&view)?.at(created.webhook.version))
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let webhooks = &call.commands().webhooks;
    let slice = webhooks.list(&call.tenant, &call.operator, after).await?;
    let key = |webhook: &Webhook| webhook.name.to_string();
    Reply::of(&List::of(&slice, key, View::from))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let name = webhook_name(&call)?;
    let webhooks = &call.commands().webhooks;
    reply(&webhooks.find(&call.tenant, &call.operator, &name).await?)
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let name = WebhookName::parse(&body.name).map_err(|error| Problem::field("name", error))?;
    let (url, change) = (body.url()?, body.change()?);
    let webhooks = &call.commands().webhooks;
    let created = webhooks.create(&call.tenant, &call.operator, (name, url), &change);
    with_secret(&created.await?)
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    let name = webhook_name(&call)?;
    let webhooks = &call.commands().webhooks;
    let webhook = webhooks.find(&call.tenant, &call.operator, &name).await?;
    let expected = call.version(webhook.version)?;
    let body = call.patched(&Body::from(&webhook))?;
    if body.name != name.as_str() {
        return Err(Problem::field(
            "name",
            "cannot change; create a new webhook",
        ));
    }
    let change = body.change()?;
    let updated = webhooks.update(&call.tenant, &call.operator, &name, expected, &change);
    reply(&call.changed(updated.await)?)
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let name = webhook_name(&call)?;
    let webhooks = &call.commands().webhooks;
    let deleted = webhooks.delete(&call.tenant, &call.operator, &name, call.expected);
    deleted.await?;
    Ok(Reply::empty())
}

async fn rotate<A: App>(call: Call<A>) -> Outcome {
    let (name, new) = (webhook_name(&call)?, call.body::<NewSecret>()?);
    let longest = Webhook::LONGEST_OVERLAP.as_secs();
    if new.overlap > longest {
        return Err(Problem::field(
            "overlap",
            format!("must be at most {longest}"),
        ));
    }
    let overlap = Duration::from_secs(new.overlap);
    let webhooks = &call.commands().webhooks;
    let rotated = webhooks.rotate_secret(&call.tenant, &call.operator, &name, overlap);
    with_secret(&rotated.await?)
}
