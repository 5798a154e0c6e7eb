//! Requests with an `Idempotency-Key`. They run once, and a repeated request gets the reply of the first request.

use super::attempt::{Attempt, HEADER};
use super::call::Call;
use super::operation::{Operation, Outcome};
use super::problem::Problem;
use super::reply::Reply;
use axum::http::StatusCode;
use countersign_application::App;
use countersign_application::admin::Earlier;
use countersign_server_http::wire::error::RequestError;
use serde::{Deserialize, Serialize};

/// Stored reply.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// [`Attempt::digest`].
    request: String,
    reply: Reply,
}

/// Runs an operation, or returns its earlier reply.
pub(super) async fn run<A: App>(operation: &Operation<A>, call: Call<A>) -> Outcome {
    let Some(attempt) = call.attempt.clone() else {
        return operation.run(call).await;
    };
    let (services, tenant) = (call.services(), call.tenant.clone());
    let replies = &services.commands.replies;
    let has_own = operation.shape.own.is_some();
    let begun = replies
        .begin(&tenant, &call.operator, &attempt.key, has_own)
        .await;
    let slot = match begun.map_err(RequestError::from)? {
        Earlier::None(slot) => slot,
        Earlier::Unfinished => {
            let rule = "the first request with this key has not finished, or its outcome is unknown; read the object, then use a new key";
            return Err(
                Problem::of(StatusCode::CONFLICT, "request_unfinished", rule).about(HEADER),
            );
        }
        Earlier::Reply(kept) => return repeated(&kept, &attempt),
    };
    let outcome = operation.run(call).await;
    let stored = match &outcome {
        Ok(reply) => replies.finish(&tenant, &slot, &kept(reply, attempt)?).await,
        // The command changed nothing, so the client may correct the request and use the key again.
        Err(problem) if problem.is_refusal() => replies.abandon(&tenant, &slot).await,
        Err(_) => Ok(()),
    };
    if let Err(error) = stored {
        tracing::warn!(%error, "the reply of a request with an idempotency key was not stored");
    }
    outcome
}

fn kept(reply: &Reply, attempt: Attempt) -> Result<Vec<u8>, Problem> {
    let kept = Kept {
        request: attempt.digest,
        reply: reply.clone(),
    };
    serde_json::to_vec(&kept).map_err(|error| Problem::internal(&error))
}

fn repeated(kept: &[u8], attempt: &Attempt) -> Outcome {
    let kept: Kept = serde_json::from_slice(kept).map_err(|error| Problem::internal(&error))?;
    if kept.request == attempt.digest {
        return Ok(kept.reply);
    }
    let rule = "the key was used for another request; use a new key";
    Err(Problem::of(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", rule).about(HEADER))
}
