use super::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::time::Instant;

const LIMITS: Limits = Limits {
    parcels: 3,
    at_once: 2,
    ..Limits::USUAL
};
const LONG: Duration = Duration::from_secs(3600);

/// Outcome of an attempt.
#[derive(Clone, Copy)]
enum Fate {
    Arrives,
    Fails,
    FailsForGood,
    Hangs,
}

/// Courier that records its calls.
struct Fake {
    fates: Vec<Fate>,
    calls: Arc<Mutex<Vec<(u8, Duration)>>>,
    began: Instant,
    under_way: AtomicUsize,
    most_under_way: Arc<AtomicUsize>,
}

impl Courier for Fake {
    type Parcel = u8;

    fn label(&self, parcel: &u8) -> String {
        format!("parcel {parcel}")
    }

    async fn deliver(&self, parcel: &u8) -> Result<(), Undelivered> {
        let attempt = {
            let mut calls = self.calls.lock().unwrap();
            let attempt = calls.iter().filter(|(other, _)| other == parcel).count();
            calls.push((*parcel, self.began.elapsed()));
            attempt
        };
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(under_way, Ordering::SeqCst);
        sleep(Duration::from_millis(1)).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        let error = std::io::Error::other("no luck");
        match self.fates.get(attempt).unwrap_or(&Fate::Arrives) {
            Fate::Arrives => Ok(()),
            Fate::Fails => Err(Undelivered::for_now(&error)),
            Fate::FailsForGood => Err(Undelivered::for_good(&error)),
            Fate::Hangs => std::future::pending().await,
        }
    }
}

struct Run {
    outbox: Outbox<Fake>,
    calls: Arc<Mutex<Vec<(u8, Duration)>>>,
    most_under_way: Arc<AtomicUsize>,
}

fn run(fates: &[Fate], limits: Limits) -> Run {
    let fake = Fake {
        fates: fates.to_vec(),
        calls: Arc::default(),
        began: Instant::now(),
        under_way: AtomicUsize::new(0),
        most_under_way: Arc::default(),
    };
    Run {
        calls: fake.calls.clone(),
        most_under_way: fake.most_under_way.clone(),
        outbox: Outbox::new(fake, limits),
    }
}

impl Run {
    /// Returns the second at which each attempt started.
    fn attempts(&self) -> Vec<u64> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|(_, at)| at.as_secs()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn delivered_parcel_is_sent_once() {
    let run = run(&[], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0]);
}

#[tokio::test(start_paused = true)]
async fn failed_parcel_is_retried_with_backoff_then_dropped() {
    let run = run(&[Fate::Fails; 9], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0, 1, 6, 36]);
}

#[tokio::test(start_paused = true)]
async fn parcel_delivered_on_retry_is_not_sent_again() {
    let run = run(&[Fate::Fails, Fate::Arrives], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn permanent_failure_is_not_retried() {
    let run = run(&[Fate::FailsForGood], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0]);
}

#[tokio::test(start_paused = true)]
async fn hanging_attempt_times_out_and_is_retried() {
    let run = run(&[Fate::Hangs, Fate::Arrives], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0, 6]);
}

#[tokio::test(start_paused = true)]
async fn concurrent_deliveries_are_limited() {
    let run = run(&[], LIMITS);
    (1..=3).for_each(|parcel| run.outbox.post(parcel));
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts().len(), 3);
    assert_eq!(run.most_under_way.load(Ordering::SeqCst), 2);
}

/// Otherwise a server that is down would delay the parcels for all others.
#[tokio::test(start_paused = true)]
async fn retry_delay_does_not_block_other_parcels() {
    let limits = Limits {
        at_once: 1,
        ..LIMITS
    };
    let run = run(&[Fate::Fails], limits);
    run.outbox.post(1);
    run.outbox.post(2);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0, 0, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn parcel_is_dropped_when_outbox_is_full() {
    let run = run(&[], LIMITS);
    (1..=4).for_each(|parcel| run.outbox.post(parcel));
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn close_waits_at_most_patience() {
    let run = run(&[Fate::Fails; 9], LIMITS);
    run.outbox.post(1);
    run.outbox.close(Duration::from_secs(3)).await;
    run.outbox.post(2);
    sleep(LONG).await;
    assert_eq!(run.attempts(), [0, 1]);
}
