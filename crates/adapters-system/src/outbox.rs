//! Background delivery with retries. The delays are fixed, so a back-off library would save nothing.

#[cfg(test)]
mod tests;

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Transport for one kind of parcel.
pub(crate) trait Courier: Send + Sync + 'static {
    /// Item to deliver.
    type Parcel: Send + Sync + 'static;

    /// Returns the name of a parcel for the log, without its content.
    fn label(&self, parcel: &Self::Parcel) -> String;

    /// Attempts delivery once.
    fn deliver(
        &self,
        parcel: &Self::Parcel,
    ) -> impl Future<Output = Result<(), Undelivered>> + Send;
}

/// Failed delivery attempt.
#[derive(Debug)]
pub(crate) struct Undelivered {
    /// Reason, for the log.
    pub(crate) why: String,
    /// Whether a retry may succeed.
    pub(crate) may_retry: bool,
}

impl Undelivered {
    pub(crate) fn for_now(error: &dyn Error) -> Self {
        Self {
            why: causes(error),
            may_retry: true,
        }
    }

    pub(crate) fn for_good(error: &dyn Error) -> Self {
        Self {
            why: causes(error),
            may_retry: false,
        }
    }
}

/// Returns the error and its causes as text for the log.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some libraries repeat the cause in their own text.
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// Limits of an outbox.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Maximum number of parcels, including those that wait for a retry. The outbox drops further ones.
    pub(crate) parcels: u32,
    /// Maximum number of concurrent deliveries.
    pub(crate) at_once: usize,
    /// Timeout of one attempt.
    pub(crate) attempt: Duration,
    /// Delays between attempts. The number of attempts is one more.
    pub(crate) pauses: &'static [Duration],
}

impl Limits {
    /// Default limits. The delays outlast a server restart. A thousand parcels take a few megabytes.
    pub(crate) const USUAL: Self = Self {
        parcels: 1_000,
        at_once: 16,
        attempt: Duration::from_secs(5),
        pauses: &[
            Duration::from_secs(1),
            Duration::from_secs(5),
            Duration::from_secs(30),
        ],
    };
}

/// Queue of parcels for one courier.
pub(crate) struct Outbox<C> {
    courier: Arc<C>,
    limits: Limits,
    /// One permit per parcel in the outbox.
    places: Arc<Semaphore>,
    /// One permit per concurrent delivery.
    ways: Arc<Semaphore>,
}

impl<C: Courier> Outbox<C> {
    pub(crate) fn new(courier: C, limits: Limits) -> Self {
        Self {
            courier: Arc::new(courier),
            limits,
            places: Arc::new(Semaphore::new(limits.parcels as usize)),
            ways: Arc::new(Semaphore::new(limits.at_once)),
        }
    }

    /// Returns the transport.
    pub(crate) fn courier(&self) -> &C {
        &self.courier
    }

    /// Delivers a parcel in the background. Drops it with a log warning if the outbox is full. Needs a tokio runtime.
    pub(crate) fn post(&self, parcel: C::Parcel) {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            let label = self.courier.label(&parcel);
            tracing::warn!("dropped {label}: the outbox is full");
            return;
        };
        let (courier, ways, limits) = (self.courier.clone(), self.ways.clone(), self.limits);
        tokio::spawn(async move {
            if let Err(why) = see_through(&*courier, &parcel, &ways, limits).await {
                tracing::warn!("dropped {}: {why}", courier.label(&parcel));
            }
            drop(place);
        });
    }

    /// Stops accepting parcels and waits until all are delivered or dropped, for at most `patience`. No attempt starts
    /// after that.
    pub(crate) async fn close(&self, patience: Duration) {
        let all = self.places.acquire_many(self.limits.parcels);
        // An error means that the outbox was closed before.
        let _ = timeout(patience, all).await;
        self.places.close();
        self.ways.close();
    }
}

/// Attempts delivery until it succeeds, fails permanently, or has no retries left.
async fn see_through<C: Courier>(
    courier: &C,
    parcel: &C::Parcel,
    ways: &Semaphore,
    limits: Limits,
) -> Result<(), String> {
    let mut pauses = limits.pauses.iter();
    loop {
        let Ok(way) = ways.acquire().await else {
            return Err("the server is shutting down".into());
        };
        let outcome = timeout(limits.attempt, courier.deliver(parcel)).await;
        // Other parcels must not wait during the delay.
        drop(way);
        let undelivered = match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(undelivered)) => undelivered,
            Err(elapsed) => Undelivered::for_now(&elapsed),
        };
        match pauses.next() {
            Some(pause) if undelivered.may_retry => sleep(*pause).await,
            _ => return Err(undelivered.why),
        }
    }
}
