//! Commands that create keys.

use super::operation::Outcome;
use super::problem::Problem;
use countersign_application::CurrentRequest;
use tokio::runtime::Handle;

/// Runs a command on a thread for blocking work, because creating an RSA key takes up to a second.
pub(super) async fn unhurried<F>(command: F) -> Outcome
where
    F: Future<Output = Outcome> + Send + 'static,
{
    let (runtime, request) = (Handle::current(), CurrentRequest::get());
    let work = move || match request {
        Some(request) => runtime.block_on(request.serve(command)),
        None => runtime.block_on(command),
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Problem::internal(&error))?
}
