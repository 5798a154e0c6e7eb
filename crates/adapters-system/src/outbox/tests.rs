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

/// What becomes of each attempt.
#[derive(Clone, Copy)]
enum Fate {
    Arrives,
    Fails,
    FailsForGood,
    Hangs,
}

/// Writes down when it was called, and for what.
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
    /// The seconds at which it was tried.
    fn attempts(&self) -> Vec<u64> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|(_, at)| at.as_secs()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn what_arrives_is_sent_once() {
    let run = run(&[], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0]);
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_tried_again_after_longer_and_longer_pauses_and_then_dropped() {
    let run = run(&[Fate::Fails; 9], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0, 1, 6, 36]);
}

#[tokio::test(start_paused = true)]
async fn what_arrives_at_last_is_not_sent_again() {
    let run = run(&[Fate::Fails, Fate::Arrives], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn what_fails_for_good_is_not_tried_again() {
    let run = run(&[Fate::FailsForGood], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_hangs_is_given_up_and_tried_again() {
    let run = run(&[Fate::Hangs, Fate::Arrives], LIMITS);
    run.outbox.post(1);
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts(), [0, 6]);
}

#[tokio::test(start_paused = true)]
async fn no_more_are_under_way_than_allowed() {
    let run = run(&[], LIMITS);
    (1..=3).for_each(|parcel| run.outbox.post(parcel));
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts().len(), 3);
    assert_eq!(run.most_under_way.load(Ordering::SeqCst), 2);
}

/// A server that is down would hold up the news for all others.
#[tokio::test(start_paused = true)]
async fn a_pause_holds_nobody_up() {
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
async fn what_there_is_no_room_for_is_dropped() {
    let run = run(&[], LIMITS);
    (1..=4).for_each(|parcel| run.outbox.post(parcel));
    run.outbox.close(LONG).await;
    assert_eq!(run.attempts().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_end_waits_for_so_long_and_no_longer() {
    let run = run(&[Fate::Fails; 9], LIMITS);
    run.outbox.post(1);
    run.outbox.close(Duration::from_secs(3)).await;
    run.outbox.post(2);
    sleep(LONG).await;
    assert_eq!(run.attempts(), [0, 1]);
}
