//! Stream with timeouts for clients that do not send a request or do not read a response.
//!
//! Written here because `tokio-io-timeout` restarts its timer at every byte. A client could keep a connection open with
//! one byte at a time.

use super::turns::Turns;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// Connection that times out if the client is too slow.
///
/// The timeout applies to the first request, to the rest of a request that has begun, and to reading a response.
pub(super) struct Patient {
    stream: TcpStream,
    longest: Duration,
    turns: Turns,
    /// Turn in which `begun` was set.
    turn: usize,
    /// Whether the client has started sending in its turn. True on a new connection.
    begun: bool,
    /// Timer that runs while a read waits for the rest of a request.
    asking: Option<Pin<Box<Sleep>>>,
    /// Timer that runs while a write waits.
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

    /// Returns the result of a write, or an error after the timeout.
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

/// Returns an error after the timeout. The first call starts the timer.
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
        let is_the_clients = self.turns.is_clients();
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
    async fn write_to_stalled_reader_times_out() {
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
