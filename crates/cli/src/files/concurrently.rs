//! Requests that run at the same time.

use crate::command_error::CommandError;
use tokio::task::JoinSet;

/// Maximum number of items at once. Concurrent writes share a commit.
const AT_ONCE: usize = 32;

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
