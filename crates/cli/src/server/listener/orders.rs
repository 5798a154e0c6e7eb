//! Orders to a connection: to close, because its place is needed or it was idle for too long, or to finish, because the
//! server stops.

use super::crowd::Place;
use hyper_util::server::graceful::GracefulConnection;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use tokio::sync::watch;

/// Serves a connection until it ends or is told to close. A connection that is told to finish ends after the request in
/// progress.
///
/// A connection is polled twice for each request, but hardly ever told anything. So it listens for orders once: the waker
/// of a task stays the same. After that, two flags say whether there is an order.
pub(super) async fn serve_until_told(
    connection: impl GracefulConnection,
    place: &Place,
    told_to_finish: watch::Receiver<()>,
) {
    let mut connection = pin!(connection);
    let mut closing = pin!(place.closing());
    let mut receiver = told_to_finish.clone();
    let mut finishing = pin!(async move { receiver.changed().await });
    let (mut listens, mut finishes) = (false, false);
    poll_fn(|context| {
        if !listens {
            listens = true;
            // An order that came before is seen below.
            let _ = finishing.as_mut().poll(context);
            if closing.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
        }
        if !finishes && told_to_finish.has_changed().unwrap_or(true) {
            finishes = true;
            connection.as_mut().graceful_shutdown();
        }
        // Errors of one connection, such as a disconnect or a timeout, do not concern the server. A request that has
        // arrived wins over closing.
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        if place.is_told() && closing.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        Poll::Pending
    })
    .await;
}
