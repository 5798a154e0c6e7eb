//! Sends the requests of a plan.

use super::concurrently::concurrently;
use super::plan::{Change, ID, Step};
use crate::api::{Api, member};
use crate::command_error::CommandError;
use countersign_server_admin::ObjectKind;
use serde_json::Value;
use std::mem;
use std::sync::Arc;

/// Completed step.
pub(crate) struct Done {
    /// Step.
    pub(crate) step: Step,
    /// Response to its first request. It contains the generated secret of a new object.
    pub(crate) reply: Value,
    /// Why a request of the step failed.
    pub(crate) failure: Option<CommandError>,
}

/// Runs the steps, kind by kind, then their late requests, and the deletions at the end. After a failure, no further step
/// starts. `done` is called for each step that has started.
pub(crate) async fn run(
    api: &Arc<Api>,
    steps: Vec<Step>,
    mut done: impl FnMut(&Done) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let (deletions, changes): (Vec<_>, Vec<_>) = steps
        .into_iter()
        .partition(|step| step.change == Change::Delete);
    let mut late = Vec::new();
    for stage in stages(changes) {
        send_first(api, stage, &mut late, &mut done).await?;
    }
    send_late(api, late, &mut done).await?;
    for stage in stages(deletions) {
        let mut late = Vec::new();
        send_first(api, stage, &mut late, &mut done).await?;
        send_late(api, late, &mut done).await?;
    }
    Ok(())
}

/// Sends the requests of steps that are not late. Adds the steps with late requests to `late`.
async fn send_first(
    api: &Arc<Api>,
    steps: Vec<Step>,
    late: &mut Vec<Step>,
    mut done: impl FnMut(&Done) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    send(api, steps, |own| {
        if own.failure.is_none() && !own.step.late.is_empty() {
            late.push(own.step.clone());
            return Ok(());
        }
        done(own)
    })
    .await
}

/// Sends the late requests of steps.
async fn send_late(
    api: &Arc<Api>,
    mut late: Vec<Step>,
    done: impl FnMut(&Done) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    for step in &mut late {
        step.requests = mem::take(&mut step.late);
    }
    send(api, late, done).await
}

/// Groups adjacent steps of the same kind.
fn stages(steps: Vec<Step>) -> Vec<Vec<Step>> {
    let mut stages: Vec<Vec<Step>> = Vec::new();
    for step in steps {
        let last = stages.last_mut();
        match last.filter(|stage| stage.last().is_some_and(|last| last.kind == step.kind)) {
            Some(stage) => stage.push(step),
            None => stages.push(vec![step]),
        }
    }
    stages
}

async fn send(
    api: &Arc<Api>,
    steps: Vec<Step>,
    mut done: impl FnMut(&Done) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let api = api.clone();
    let send = move |step: Step| {
        let api = api.clone();
        async move { step.send(&api).await }
    };
    concurrently(steps, send, |own| {
        done(&own)?;
        let name = own.step.name();
        own.failure.map_or(Ok(()), |error| {
            Err(CommandError::new(
                error.exit,
                format!("{name}: {}", error.message),
            ))
        })
    })
    .await
}

impl Step {
    /// Sends the requests, as long as they succeed.
    async fn send(self, api: &Api) -> Done {
        let mut id = self.id.clone();
        let mut reply = Value::Null;
        let mut failure = None;
        for (index, request) in self.requests.iter().enumerate() {
            let known = id.as_deref().unwrap_or_default();
            let (mut path, mut body) = (request.path.clone(), request.body.clone());
            if self.kind == ObjectKind::User {
                path = path.replace(ID, known);
                if let Some(user) = body.as_mut().and_then(|body| body.get_mut("user_id")) {
                    *user = Value::from(known);
                }
            }
            let sent = match self.tag(api, request, &path).await {
                Ok(tag) => {
                    let request = (request.method.clone(), &*path);
                    api.send_if(request, body.as_ref(), tag.as_ref()).await
                }
                Err(changed) => Err(changed),
            };
            match sent {
                Ok((sent, _)) if index == 0 => {
                    let new = member(&sent, "id").as_str().map(str::to_owned);
                    id = id.or(new);
                    reply = sent;
                }
                Ok(_) => {}
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        Done {
            step: self,
            reply,
            failure,
        }
    }
}
