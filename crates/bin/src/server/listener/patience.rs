//! A stream that gives up on a client that neither asks nor reads.

use super::turns::Turns;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// A connection that fails once the client has left it waiting for too long: for the rest of a request
/// that it has begun to send, or for the first one; or to take the answer that it asked for.
pub(super) struct Patient {
    stream: TcpStream,
    longest: Duration,
    turns: Turns,
    /// The turn in which `begun` was set.
    turn: usize,
    /// Whether the client has begun to send in its turn. On a new connection it has.
    begun: bool,
    /// Runs while a read waits for the rest of what has begun.
    asking: Option<Pin<Box<Sleep>>>,
    /// Runs while a write waits.
    taking: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub(super) const fn new(stream: TcpStream, longest: Duration, turns: Turns) -> Self {
        Self {
            stream,
            longest,
            turns,
            turn: 0,
            begun: true,
            asking: None,
            taking: None,
        }
    }

    /// The outcome of a write, or a time-out if it has waited for too long.
    fn within_reason<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.taking = None;
            return written;
        }
        wait(&mut self.taking, self.longest, context)
    }
}

/// A time-out, once it has come; the clock starts with the first call.
fn wait<T>(
    clock: &mut Option<Pin<Box<Sleep>>>,
    longest: Duration,
    context: &mut Context<'_>,
) -> Poll<io::Result<T>> {
    let clock = clock.get_or_insert_with(|| Box::pin(sleep(longest)));
    ready!(clock.as_mut().poll(context));
    Poll::Ready(Err(ErrorKind::TimedOut.into()))
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let turn = self.turns.count();
        if turn != self.turn {
            self.turn = turn;
            self.begun = false;
            self.asking = None;
        }
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let is_the_clients = turn.is_multiple_of(2);
        if read.is_ready() {
            self.begun |= is_the_clients;
            return read;
        }
        if !(is_the_clients && self.begun) {
            return Poll::Pending;
        }
        let Self {
            asking, longest, ..
        } = &mut *self;
        wait(asking, *longest, context)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.within_reason(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.within_reason(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_reader_who_does_not_read_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _lazy = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = Patient::new(stream, Duration::from_millis(50), Turns::default());
        let flood = async {
            loop {
                if let Err(error) = stream.write_all(&[0; 8192]).await {
                    break error.kind();
                }
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), flood).await;
        assert_eq!(ended.unwrap(), ErrorKind::TimedOut);
    }
}
