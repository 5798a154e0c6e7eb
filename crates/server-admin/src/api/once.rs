//! Requests with an `Idempotency-Key`. They run once, and a repeated request gets the reply of the first request.

use super::attempt::{Attempt, HEADER};
use super::call::Call;
use super::operation::{Operation, Outcome};
use super::problem::Problem;
use super::reply::Reply;
use axum::http::StatusCode;
use countersign_application::App;
use countersign_application::admin::Earlier;
use countersign_domain::audit::operator::Operator;
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::RequestError;
use serde::{Deserialize, Serialize};

/// Stored reply.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// [`Attempt::digest`].
    request: String,
    reply: Reply,
    /// Whether a repeated request needs a recent second factor.
    #[serde(default)]
    needs_second_factor: bool,
}

/// Runs an operation, or returns its earlier reply.
pub(super) async fn run<A: App>(operation: &Operation<A>, call: Call<A>) -> Outcome {
    let Some(attempt) = call.attempt.clone() else {
        return operation.run(call).await;
    };
    let (services, tenant) = (call.services(), call.tenant.clone());
    let replies = &services.commands.replies;
    let depends_on_owner = operation.shape.depends_on_owner();
    let begun = replies
        .begin(&tenant, &call.operator, &attempt.key, depends_on_owner)
        .await;
    let slot = match begun.map_err(RequestError::from)? {
        Earlier::None(slot) => slot,
        Earlier::Unfinished => {
            let rule = "the first request with this key has not finished, or its outcome is unknown; read the object, then use a new key";
            return Err(
                Problem::of(StatusCode::CONFLICT, "request_unfinished", rule).about(HEADER),
            );
        }
        Earlier::Reply(kept) => return repeated(&kept, &attempt, &call.operator),
    };
    // The object decides whether a command on a client needs a second factor, and only the command reads the object.
    let needs_second_factor = depends_on_owner && call.operator.has_second_factor;
    if let Some(render) = operation.render.clone() {
        let attempt = attempt.clone();
        replies.keep_with_event(&tenant, &slot, move |outcome| {
            kept(&render(outcome)?, &attempt, needs_second_factor).ok()
        });
    }
    let outcome = operation.run(call).await;
    let stored = match &outcome {
        Ok(reply) => {
            let kept = kept(reply, &attempt, needs_second_factor)?;
            replies.finish(&tenant, &slot, &kept).await
        }
        // The command changed nothing, so the client may correct the request and use the key again.
        Err(problem) if problem.is_refusal() => replies.abandon(&tenant, &slot).await,
        Err(_) => Ok(()),
    };
    if let Err(error) = stored {
        tracing::warn!(%error, "the reply of a request with an idempotency key was not stored");
    }
    outcome
}

fn kept(reply: &Reply, attempt: &Attempt, needs_second_factor: bool) -> Result<Vec<u8>, Problem> {
    let kept = Kept {
        request: attempt.digest.clone(),
        reply: reply.clone(),
        needs_second_factor,
    };
    serde_json::to_vec(&kept).map_err(|error| Problem::internal(&error))
}

fn repeated(kept: &[u8], attempt: &Attempt, operator: &Operator) -> Outcome {
    let kept: Kept = serde_json::from_slice(kept).map_err(|error| Problem::internal(&error))?;
    if kept.needs_second_factor && !operator.has_second_factor {
        return Err(RequestError::from(Refusal::SecondFactorStale).into());
    }
    if kept.request == attempt.digest {
        return Ok(kept.reply);
    }
    let rule = "the key was used for another request; use a new key";
    Err(Problem::of(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", rule).about(HEADER))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reply that the first version stored. Replies are kept for days, so the next version reads them.
    const STORED: &str = r#"{"request":"a","reply":{"body":{"client_id":"app"},"version":7},"needs_second_factor":true}"#;

    #[test]
    fn stored_reply_keeps_its_format() {
        let kept: Kept = serde_json::from_str(STORED).unwrap();
        assert_eq!(serde_json::to_string(&kept).unwrap(), STORED);
        assert!(kept.needs_second_factor);
        let response = kept.reply.into_response(StatusCode::CREATED);
        assert_eq!(response.headers()["etag"], "\"7\"");
        let without = STORED.replace(",\"needs_second_factor\":true", "");
        let kept: Kept = serde_json::from_str(&without).unwrap();
        assert!(!kept.needs_second_factor, "the version before");
    }
}
