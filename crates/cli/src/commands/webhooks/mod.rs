//! `countersign webhooks`, over the admin API.

mod command;
mod examples;

pub(crate) use command::WebhooksCommand;

use crate::api::{Api, member, path, render, text};
use crate::arguments::OutputArgs;
use crate::command_error::{CommandError, Exit};
use crate::output;
use axum::http::Method;
use command::{CreateArgs, WebhookArgs};
use countersign_domain::webhook::WebhookName;
use serde_json::{Value, json};

impl WebhooksCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        if let Self::Create(args) = self {
            return args.run().await;
        }
        let api = Api::open(self.target()).await?;
        match self {
            Self::Create(args) => args.run().await,
            Self::List { output, .. } => {
                let columns = ["name", "url", "enabled", "events"];
                render::print(&api.list("/webhooks").await?, &columns, output)
            }
            Self::Show(own) => render::print(&api.get(&own.path(&[])).await?, &[], own.output),
            Self::Edit { webhook, fields } => {
                let edited = api.patch(&webhook.path(&[]), fields.patch()?).await?;
                render::print(&edited, &[], webhook.output)
            }
            Self::Delete(own) => {
                api.send(Method::DELETE, &own.path(&[]), None).await?;
                output::print(&format!("Deleted webhook {}.\n", own.name))
            }
            Self::RotateSecret { webhook, overlap } => {
                let (path, body) = (webhook.path(&["secrets"]), json!({"overlap": overlap}));
                let rotated = api.send(Method::POST, &path, Some(&body)).await?;
                render::print(&rotated, &[], webhook.output)
            }
            Self::Test(own) => own.test(&api).await,
            Self::DeadLetters(own) => {
                let delivery = api.get(&own.path(&["delivery"])).await?;
                dead_letters(&delivery, own.output)
            }
            Self::Replay { webhook, since } => {
                let body = match since {
                    Some(since) => json!({"since": since.as_unix_seconds()}),
                    None => json!({}),
                };
                let path = webhook.path(&["replay"]);
                api.send(Method::POST, &path, Some(&body)).await?;
                let name = &webhook.name;
                output::print(&format!(
                    "A server sends the events to webhook {name} within a few seconds.\n"
                ))
            }
        }
    }
}

impl CreateArgs {
    async fn run(self) -> Result<(), CommandError> {
        let api = Api::open_or_make(&self.webhook.target).await?;
        let new = json!({
            "name": self.webhook.name.as_str(),
            "url": self.url,
            "events": self.events,
            "description": self.description,
            "enabled": !self.disabled,
        });
        let created = api.send(Method::POST, "/webhooks", Some(&new)).await?;
        render::print(&created, &[], self.webhook.output)
    }
}

impl WebhookArgs {
    fn path(&self, below: &[&str]) -> String {
        let name: &WebhookName = &self.name;
        let segments = [&["webhooks", name.as_str()], below].concat();
        path(&segments)
    }

    async fn test(&self, api: &Api) -> Result<(), CommandError> {
        let path = self.path(&["test"]);
        let tested = api.send(Method::POST, &path, None).await?;
        if member(&tested, "delivered") == true {
            return output::print("The receiver accepted the test message.\n");
        }
        let reason = text(&tested, "reason");
        Err(CommandError::new(
            Exit::Failed,
            format!("The receiver did not accept the test message: {reason}."),
        ))
    }
}

/// Prints the dead letters as a table, or the whole state for a program.
fn dead_letters(delivery: &Value, output: OutputArgs) -> Result<(), CommandError> {
    if output.structured().is_some() {
        return render::print(delivery, &[], output);
    }
    let letters = member(delivery, "dead_letters");
    let columns = ["event_id", "type", "attempts", "failed_at", "reason"];
    render::print(letters, &columns, output)
}
