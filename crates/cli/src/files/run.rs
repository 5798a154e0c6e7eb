//! Sends the requests of a plan.

use super::concurrently::concurrently;
use super::plan::{ID, Step};
use crate::api::{Api, member};
use crate::command_error::CommandError;
use serde_json::Value;
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

/// Runs the steps, kind by kind. After a failure, no further step starts. `done` is called for each step that has started.
pub(crate) async fn run(
    api: &Arc<Api>,
    steps: Vec<Step>,
    mut done: impl FnMut(&Done) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let mut steps = steps.into_iter().peekable();
    while let Some(first) = steps.next() {
        let stage = (first.change, first.kind);
        let mut same = vec![first];
        while let Some(step) = steps.next_if(|step| (step.change, step.kind) == stage) {
            same.push(step);
        }
        let api = api.clone();
        let send = move |step: Step| {
            let api = api.clone();
            async move { step.send(&api).await }
        };
        let result = concurrently(same, send, |own| {
            done(&own)?;
            own.failure.map_or(Ok(()), Err)
        });
        result.await?;
    }
    Ok(())
}

impl Step {
    async fn send(self, api: &Api) -> Done {
        let mut id = self.id.clone();
        let mut reply = Value::Null;
        let mut failure = None;
        for (index, request) in self.requests.iter().enumerate() {
            let known = id.as_deref().unwrap_or_default();
            let path = request.path.replace(ID, known);
            let mut body = request.body.clone();
            if let Some(user) = body.as_mut().and_then(|body| body.get_mut("user_id")) {
                *user = Value::from(known);
            }
            match api.send(request.method.clone(), &path, body.as_ref()).await {
                Ok(sent) if index == 0 => {
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
