//! Delivery in the background: of what is sent to others while nobody waits for it.

#[cfg(test)]
mod tests;

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Takes things to where they belong.
pub(crate) trait Courier: Send + Sync + 'static {
    /// What is delivered.
    type Parcel: Send + Sync + 'static;

    /// How to speak of a parcel in the log, without what is in it.
    fn label(&self, parcel: &Self::Parcel) -> String;

    /// Tries once.
    fn deliver(
        &self,
        parcel: &Self::Parcel,
    ) -> impl Future<Output = Result<(), Undelivered>> + Send;
}

/// A parcel did not arrive.
#[derive(Debug)]
pub(crate) struct Undelivered {
    /// For the log.
    pub(crate) why: String,
    /// Whether there is any point in another attempt.
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

/// What went wrong and why, for the log.
fn causes(error: &dyn Error) -> String {
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

/// How much an outbox takes on.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// How many parcels may be waiting, between attempts, or under way. Further ones are dropped.
    pub(crate) parcels: u32,
    /// How many may be under way.
    pub(crate) at_once: usize,
    /// How long one attempt may take.
    pub(crate) attempt: Duration,
    /// The pauses between attempts; there is one attempt more than pauses.
    pub(crate) pauses: &'static [Duration],
}

impl Limits {
    /// A server that restarts is back before the last attempt. A thousand parcels are a few megabytes.
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

/// What is to be delivered by one courier.
pub(crate) struct Outbox<C> {
    courier: Arc<C>,
    limits: Limits,
    /// A permit for each parcel that may be there.
    places: Arc<Semaphore>,
    /// A permit for each that may be under way.
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

    /// Has a parcel delivered, or drops it if there is no room; the log tells. Call it within a runtime.
    pub(crate) fn post(&self, parcel: C::Parcel) {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            let label = self.courier.label(&parcel);
            tracing::warn!("{label} was dropped: too much is waiting to be sent");
            return;
        };
        let (courier, ways, limits) = (self.courier.clone(), self.ways.clone(), self.limits);
        tokio::spawn(async move {
            if let Err(why) = see_through(&*courier, &parcel, &ways, limits).await {
                tracing::warn!("{} was dropped: {why}", courier.label(&parcel));
            }
            drop(place);
        });
    }

    /// Takes no more parcels, and waits until all are delivered or dropped, or `patience` is at its end. After
    /// that nothing is tried again.
    pub(crate) async fn close(&self, patience: Duration) {
        let all = self.places.acquire_many(self.limits.parcels);
        // An error means that it was closed before.
        let _ = timeout(patience, all).await;
        self.places.close();
        self.ways.close();
    }
}

/// Attempts and pauses, until the parcel has arrived or there is no more point.
async fn see_through<C: Courier>(
    courier: &C,
    parcel: &C::Parcel,
    ways: &Semaphore,
    limits: Limits,
) -> Result<(), String> {
    let mut pauses = limits.pauses.iter();
    loop {
        let Ok(way) = ways.acquire().await else {
            return Err("the server stops".into());
        };
        let outcome = timeout(limits.attempt, courier.deliver(parcel)).await;
        // Nobody else has to wait while this one pauses.
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
