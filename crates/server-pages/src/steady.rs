//! Answers whose time does not tell what the server found.

use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Time to which answers are rounded up. It is well above the time of the work, so answers seldom need a second step.
const STEP: Duration = Duration::from_millis(20);

/// Does some work, and returns its result at the next multiple of 20 milliseconds after the start.
///
/// A known address takes a little longer than an unknown one, because there is a user to read. With many requests, a
/// stranger could measure the difference.
pub(crate) async fn steady<T>(work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let result = work.await;
    let steps = start.elapsed().as_nanos() / STEP.as_nanos() + 1;
    sleep_until(start + STEP * u32::try_from(steps).unwrap_or(u32::MAX)).await;
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn time_of_work_does_not_show() {
        for (micros, millis) in [
            (0, 20),
            (7_300, 20),
            (19_000, 20),
            (20_000, 40),
            (41_000, 60),
        ] {
            let start = Instant::now();
            let result = steady(async {
                sleep(Duration::from_micros(micros)).await;
                micros
            });
            assert_eq!(result.await, micros);
            assert_eq!(start.elapsed(), Duration::from_millis(millis), "{micros}");
        }
    }
}
