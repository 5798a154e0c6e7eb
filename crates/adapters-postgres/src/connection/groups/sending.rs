//! One statement for a group of requests, and the delivery of the results.

use super::request::{Request, Waiting};
use crate::connection::pool::Lent;
use countersign_adapters_sql::columns::Failure;
use countersign_ports::StoreError;
use diesel::result::Error as DieselError;
use tokio::time::Instant;

/// Sends a group and delivers the results. Returns the requests that must go with the next group.
pub(super) async fn send<R: Request>(
    mut group: Vec<Waiting<R>>,
    mut connection: Lent,
) -> Vec<Waiting<R>> {
    // Drop requests whose callers have given up.
    group.retain(|waiting| !waiting.reply.is_closed());
    // All statements lock rows in key order, so that no two deadlock. A statement changes a row only once, so only the
    // first request for each row is sent.
    group.sort_by_key(|waiting| waiting.request.key());
    let mut firsts: Vec<Waiting<R>> = Vec::with_capacity(group.len());
    let mut others = Vec::new();
    for waiting in group {
        match firsts.last() {
            Some(first) if first.request.key() == waiting.request.key() => others.push(waiting),
            _ => firsts.push(waiting),
        }
    }
    if firsts.is_empty() {
        connection.give_back();
        return others;
    }
    match ask_together(&firsts, &mut connection).await {
        Ok(answers) => {
            connection.give_back();
            answer(firsts.into_iter().zip(answers), others)
        }
        // The whole statement was rolled back because of one request. Send each request alone.
        Err(GroupError::Request(_)) if firsts.len() > 1 => {
            let answered = ask_alone(firsts, &mut connection).await;
            connection.give_back();
            answer(answered.into_iter(), others)
        }
        Err(GroupError::Request(failure)) => {
            connection.give_back();
            fail(firsts, &failure);
            others
        }
        Err(GroupError::Database(failure)) => {
            connection.give_back();
            fail(firsts, &failure);
            fail(others, &failure);
            Vec::new()
        }
    }
}

/// Delivers the results in `answered`, and the results of `others` that they decide. Returns the rest. Both are in key
/// order.
fn answer<R: Request>(
    answered: impl Iterator<Item = (Waiting<R>, R::Answer)>,
    others: Vec<Waiting<R>>,
) -> Vec<Waiting<R>> {
    let mut others = others.into_iter().peekable();
    let mut rest = Vec::new();
    for (first, answer) in answered {
        let key = first.request.key();
        rest.extend(std::iter::from_fn(|| {
            others.next_if(|other| other.request.key() < key)
        }));
        while let Some(other) = others.next_if(|other| other.request.key() == key) {
            match other.request.answer_after(&first.request, &answer) {
                Some(answer) => drop(other.reply.send(Ok(answer))),
                None => rest.push(other),
            }
        }
        // Ignore a caller that has given up.
        drop(first.reply.send(Ok(answer)));
    }
    rest.extend(others);
    rest
}

pub(super) fn fail<R: Request>(group: Vec<Waiting<R>>, failure: &Failure) {
    let reason = failure.to_string();
    for waiting in group {
        drop(waiting.reply.send(Err(StoreError::new(reason.clone()))));
    }
}

/// Cause of a failed statement.
enum GroupError {
    /// The database rejected a request in the statement.
    Request(Failure),
    /// The database is unreachable or too slow.
    Database(Failure),
}

async fn ask_together<R: Request>(
    firsts: &[Waiting<R>],
    connection: &mut Lent,
) -> Result<Vec<R::Answer>, GroupError> {
    let requests: Vec<&R> = firsts.iter().map(|waiting| &waiting.request).collect();
    let start = Instant::now();
    let outcome = connection
        .within_time(async |connection| Ok(R::ask(&requests, connection).await?))
        .await;
    outcome.map_err(|failure| {
        let is_refused = failure.is::<DieselError>();
        if is_refused && !connection.is_discarded() && !connection.is_out_of_time(start) {
            GroupError::Request(failure)
        } else {
            GroupError::Database(failure)
        }
    })
}

/// Sends the requests one by one while the database is reachable. Failed requests get their error.
async fn ask_alone<R: Request>(
    firsts: Vec<Waiting<R>>,
    connection: &mut Lent,
) -> Vec<(Waiting<R>, R::Answer)> {
    let mut answered = Vec::new();
    let mut firsts = firsts.into_iter();
    while let Some(first) = firsts.next() {
        let outcome = ask_together(std::slice::from_ref(&first), connection).await;
        match outcome.map(Vec::into_iter) {
            Ok(mut answers) => answered.extend(answers.next().map(|answer| (first, answer))),
            Err(GroupError::Request(failure)) => fail(vec![first], &failure),
            Err(GroupError::Database(failure)) => {
                fail(vec![first], &failure);
                fail(firsts.by_ref().collect(), &failure);
            }
        }
    }
    answered
}
