//! Sends the requests of a plan.

use super::plan::{ID, Step};
use crate::api::{Api, member};
use crate::command_error::CommandError;
use serde_json::Value;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Maximum number of objects that change at once. Concurrent writes share a commit.
const AT_ONCE: usize = 32;

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

/// Runs `work` for all items, several at once. After the first failure of `take`, no further item starts, and those that
/// have started are awaited.
pub(crate) async fn concurrently<T, R, F>(
    items: Vec<T>,
    work: impl Fn(T) -> F,
    mut take: impl FnMut(R) -> Result<(), CommandError>,
) -> Result<(), CommandError>
where
    R: Send + 'static,
    F: Future<Output = R> + Send + 'static,
{
    let mut items = items.into_iter();
    let mut running = JoinSet::new();
    let mut failed = None;
    loop {
        while failed.is_none() && running.len() < AT_ONCE {
            match items.next() {
                Some(item) => running.spawn(work(item)),
                None => break,
            };
        }
        let Some(ended) = running.join_next().await else {
            return failed.map_or(Ok(()), Err);
        };
        let ended = ended.map_err(|error| CommandError::of("The command failed", &error))?;
        if let Err(error) = take(ended) {
            failed.get_or_insert(error);
        }
    }
}
