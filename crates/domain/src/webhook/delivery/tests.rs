//! Tests of deliveries.

use super::*;
use crate::audit::event::{Action, EventContext};
use crate::identifier::NodeId;
use crate::webhook::retry::RetrySchedule;
use alloc::collections::BTreeMap;
use core::time::Duration;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_000);

fn id(number: u64) -> EventId {
    EventId {
        node: NodeId::from_bytes([1; 16]),
        number,
    }
}

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// A dispatch with events of these keys in one batch. The number of an event is its position, from 1.
fn dispatch(keys: &[u64]) -> Dispatch {
    let mut dispatch = Dispatch::new(Delivery::new(0, NOW));
    let events = keys.iter().zip(1..);
    dispatch.take(
        1,
        events.map(|(ordering_key, number)| (id(number), OrderingKey(*ordering_key))),
        NOW,
    );
    dispatch
}

fn next(dispatch: &mut Dispatch, now: Timestamp, most: usize) -> Vec<u64> {
    let next = dispatch.next(now, most);
    next.iter().map(|place| place.id.number).collect()
}

fn fail(dispatch: &mut Dispatch, number: u64, now: Timestamp, pauses: &[u64]) -> bool {
    let pauses: Vec<_> = pauses.iter().copied().map(Duration::from_secs).collect();
    let schedule = RetrySchedule::new(pauses).unwrap();
    dispatch.failed(id(number), now, |attempts| Failed {
        action: "user.created",
        reason: "the receiver responded with status 500",
        pause: schedule.pause(attempts, 0),
    })
}

#[test]
fn failing_event_holds_back_only_its_user() {
    let mut dispatch = dispatch(&[1, 2, 1, 2]);
    assert_eq!(next(&mut dispatch, NOW, 8), [1, 2]);
    assert_eq!(next(&mut dispatch, NOW, 8), [] as [u64; 0], "in progress");
    assert!(!fail(&mut dispatch, 1, NOW, &[5]));
    dispatch.delivered(id(2), NOW);
    assert_eq!(next(&mut dispatch, NOW, 8), [4]);
    dispatch.delivered(id(4), NOW);
    assert_eq!(next(&mut dispatch, after(4), 8), [] as [u64; 0]);
    assert_eq!(next(&mut dispatch, after(5), 8), [1]);
    dispatch.delivered(id(1), after(5));
    assert_eq!(next(&mut dispatch, after(5), 8), [3]);
    dispatch.delivered(id(3), after(5));
    assert_eq!(dispatch.state, Delivery::new(1, NOW));
}

#[test]
fn event_becomes_dead_letter_after_last_retry() {
    let mut dispatch = dispatch(&[1, 1]);
    for (at, dies) in [(0, false), (5, false), (15, true)] {
        assert_eq!(next(&mut dispatch, after(at), 8), [1]);
        assert_eq!(fail(&mut dispatch, 1, after(at), &[5, 10]), dies);
    }
    assert_eq!(next(&mut dispatch, after(15), 8), [2]);
    dispatch.delivered(id(2), after(15));
    let [letter] = dispatch.state.dead.as_slice() else {
        panic!("one dead letter");
    };
    assert_eq!((letter.attempts, letter.died_at), (3, after(15)));
    dispatch.state.replay_dead_letters(after(20));
    assert!(dispatch.state.dead.is_empty());
    assert_eq!(next(&mut dispatch, after(20), 8), [1]);
}

#[test]
fn number_of_attempts_in_progress_is_limited() {
    let mut dispatch = dispatch(&[1, 2, 3, 4]);
    assert_eq!(next(&mut dispatch, NOW, 2), [1, 2]);
    dispatch.delivered(id(2), NOW);
    assert_eq!(next(&mut dispatch, NOW, 2), [3]);
}

#[test]
fn recovered_receiver_gets_all_events_at_once() {
    let mut dispatch = dispatch(&(1..=11).collect::<Vec<_>>());
    for number in next(&mut dispatch, NOW, 20) {
        fail(&mut dispatch, number, NOW, &[3600, 3600]);
    }
    assert_eq!(next(&mut dispatch, after(59), 20), [] as [u64; 0]);
    assert_eq!(next(&mut dispatch, after(60), 20), [1], "a probe");
    fail(&mut dispatch, 1, after(60), &[3600, 3600]);
    assert_eq!(
        dispatch.state.waiting[0].attempts, 1,
        "a probe is no attempt"
    );
    assert_eq!(next(&mut dispatch, after(120), 20), [1]);
    dispatch.delivered(id(1), after(121));
    assert_eq!(next(&mut dispatch, after(121), 20).len(), 10);
}

#[test]
fn single_failing_event_is_not_retried_early() {
    let mut dispatch = dispatch(&[1, 2]);
    assert_eq!(next(&mut dispatch, NOW, 8), [1, 2]);
    fail(&mut dispatch, 1, NOW, &[3600]);
    dispatch.delivered(id(2), NOW);
    assert_eq!(next(&mut dispatch, after(3599), 8), [] as [u64; 0]);
}

#[test]
fn lists_are_bounded() {
    let most = Delivery::MOST_DEAD as u64 + 1;
    let mut dispatch = dispatch(&(0..most).collect::<Vec<_>>());
    for number in next(&mut dispatch, NOW, usize::MAX) {
        fail(&mut dispatch, number, NOW, &[1]);
    }
    for number in next(&mut dispatch, after(1), usize::MAX) {
        fail(&mut dispatch, number, after(1), &[1]);
    }
    assert_eq!(dispatch.state.dead.len(), Delivery::MOST_DEAD);
    assert_eq!(dispatch.state.dead[0].place.id, id(2), "the oldest is gone");
    let full = (0..Delivery::MOST_WAITING as u64).collect::<Vec<_>>();
    assert!(!self::dispatch(&full).has_room());
    assert!(self::dispatch(&full[1..]).has_room());
}

#[test]
fn rewound_delivery_reads_batches_again() {
    let mut dispatch = Dispatch::new(Delivery::new(0, NOW));
    for batch in [1, 2, 3] {
        dispatch.take(batch, [(id(batch), OrderingKey(batch))].into_iter(), NOW);
    }
    for ahead in [3, 5] {
        dispatch.state.rewind(ahead, after(9));
        assert_eq!(dispatch.state.position, 3, "nothing to read again");
    }
    dispatch.state.rewind(1, after(9));
    let Delivery {
        position,
        not_before,
        waiting,
        ..
    } = dispatch.state;
    assert_eq!((position, not_before, waiting.len()), (1, after(9), 1));
}

#[test]
fn ordering_key_is_user_of_event() {
    let ordering_key = |operator: (&'static str, &str), target: (&'static str, &str)| {
        OrderingKey::of(&Event {
            id: id(1),
            at: NOW,
            action: Action::CLIENT_CREATED,
            operator: Party::new(operator.0, operator.1),
            target: Party::new(target.0, target.1),
            changes: Vec::new(),
            address: None,
            request: None,
            context: EventContext::default(),
        })
    };
    let jane = ordering_key(("user", "jane"), ("user", "jane"));
    assert_eq!(
        ordering_key(("command_line", "root"), ("user", "jane")),
        jane
    );
    assert_eq!(ordering_key(("user", "joe"), ("user", "jane")), jane);
    assert_eq!(ordering_key(("user", "jane"), ("client", "app")), jane);
    assert_ne!(ordering_key(("user", "joe"), ("client", "app")), jane);
    let app = ordering_key(("command_line", "root"), ("client", "app"));
    assert_eq!(ordering_key(("client", "bot"), ("client", "app")), app);
}

proptest! {
    /// Whatever fails, each event of a user ends as delivered or as a dead letter, in order.
    #[test]
    fn events_of_user_end_in_order(
        keys in prop::collection::vec(0..5_u64, 1..60),
        outcomes in prop::collection::vec(any::<bool>(), 1..200),
        most in 1..5_usize,
    ) {
        let mut dispatch = dispatch(&keys);
        let mut outcomes = outcomes.into_iter().chain(core::iter::repeat(true));
        let mut ended: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        let mut in_progress = Vec::new();
        for second in 0..2_000 {
            let now = after(second);
            in_progress.extend(next(&mut dispatch, now, most));
            prop_assert!(in_progress.len() <= most);
            if in_progress.is_empty() {
                continue;
            }
            let number: u64 = in_progress.remove(0);
            let delivers = outcomes.next().unwrap_or(true);
            if delivers {
                dispatch.delivered(id(number), now);
            }
            if delivers || fail(&mut dispatch, number, now, &[1, 2]) {
                let ordering_key = keys[usize::try_from(number).unwrap() - 1];
                ended.entry(ordering_key).or_default().push(number);
            }
        }
        prop_assert!(dispatch.state.waiting.is_empty());
        prop_assert!(ended.values().all(|numbers| numbers.is_sorted()));
        prop_assert_eq!(ended.values().map(Vec::len).sum::<usize>(), keys.len());
    }
}
