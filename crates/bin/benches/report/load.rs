//! Load generator: persistent connections on one thread. It never sleeps, except for reads on PostgreSQL. If it did,
//! each response of the server would have to wake it, and the cost of a request would depend on how often that happens.
//!
//! Each connection sends its next request after the last response (closed loop) or on a schedule (open loop).

use crate::report::Speed;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Source of the requests of one connection. Each request may depend on the previous response.
pub(crate) trait Requests: Send + 'static {
    /// Returns the next request as bytes, or `None` to end the connection.
    fn next(&mut self, last_answer: &[u8]) -> Option<Arc<[u8]>>;
}

/// Result of a load.
pub(crate) struct Outcome {
    pub(crate) per_second: f64,
    pub(crate) answered: u64,
    pub(crate) refused: u64,
    latencies: Vec<Duration>,
}

impl Outcome {
    pub(crate) fn speed(&self) -> Speed {
        Speed {
            per_second: self.per_second,
            p50: self.milliseconds(0.5),
            p99: self.milliseconds(0.99),
        }
    }

    /// Returns the latency percentile for the fraction `part`, in milliseconds.
    pub(crate) fn milliseconds(&self, part: f64) -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index into the list"
        )]
        let index = ((self.latencies.len() as f64 * part) as usize)
            .min(self.latencies.len().saturating_sub(1));
        self.latencies
            .get(index)
            .map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }
}

/// Request rate.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// As fast as the server responds.
    Closed,
    /// The same, but the load generator sleeps while it waits, as `pgbench` does. If it did not, it would keep
    /// PostgreSQL off its core.
    ClosedSleeping,
    /// Total requests per second. Latency is measured from the scheduled time of a request.
    Open(f64),
}

/// Sends requests over one connection per source, until `longest` has passed, `most` requests are sent or all sources
/// end.
pub(crate) fn send(
    address: &str,
    sources: Vec<Box<dyn Requests>>,
    pace: Pace,
    longest: Duration,
    most: u64,
) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let connections = sources.len();
        let began = Instant::now();
        let sent = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        // While a task yields, the runtime polls its sockets instead of sleeping.
        let polling = async move {
            if matches!(pace, Pace::ClosedSleeping) {
                return;
            }
            loop {
                tokio::task::yield_now().await;
            }
        };
        let polling = tokio::spawn(polling);
        for (number, source) in sources.into_iter().enumerate() {
            let interval = match pace {
                Pace::Closed | Pace::ClosedSleeping => None,
                Pace::Open(rate) => Some(Duration::from_secs_f64(connections as f64 / rate)),
            };
            let offset = interval.map_or(Duration::ZERO, |interval| {
                interval.mul_f64(number as f64 / connections as f64)
            });
            let schedule = Schedule {
                first: began + offset,
                interval,
                until: began + longest,
                most,
            };
            tasks.spawn(converse(address.to_owned(), source, schedule, sent.clone()));
        }
        let mut all = Outcome {
            per_second: 0.0,
            answered: 0,
            refused: 0,
            latencies: Vec::new(),
        };
        while let Some(done) = tasks.join_next().await {
            let (refused, latencies) = done.unwrap();
            all.refused += refused;
            all.answered += latencies.len() as u64;
            all.latencies.extend(latencies);
        }
        polling.abort();
        all.latencies.sort_unstable();
        all.per_second = all.answered as f64 / began.elapsed().as_secs_f64();
        all
    })
}

struct Schedule {
    first: Instant,
    interval: Option<Duration>,
    until: Instant,
    most: u64,
}

async fn converse(
    address: String,
    mut source: Box<dyn Requests>,
    schedule: Schedule,
    sent: Arc<AtomicU64>,
) -> (u64, Vec<Duration>) {
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut refused, mut latencies) = (0, Vec::new());
    let mut buffer = Vec::with_capacity(8192);
    let mut due = schedule.first;
    loop {
        if let Some(interval) = schedule.interval {
            tokio::time::sleep_until(due.into()).await;
            due += interval;
        }
        let began = schedule
            .interval
            .map_or_else(Instant::now, |interval| due.checked_sub(interval).unwrap());
        if began >= schedule.until || sent.fetch_add(1, Ordering::Relaxed) >= schedule.most {
            break;
        }
        let Some(request) = source.next(&buffer) else {
            break;
        };
        stream.write_all(&request).await.unwrap();
        buffer.clear();
        answer(&mut stream, &mut buffer).await;
        latencies.push(began.elapsed());
        refused += u64::from(!is_served(&buffer));
    }
    (refused, latencies)
}

/// Sends one request over a new connection and returns the complete response.
pub(crate) fn ask(address: &str, request: &[u8]) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut buffer = Vec::new();
        answer(&mut stream, &mut buffer).await;
        assert!(is_served(&buffer), "{}", String::from_utf8_lossy(&buffer));
        buffer
    })
}

/// Returns the body of a response.
pub(crate) fn body(answer: &[u8]) -> &[u8] {
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    &answer[head.unwrap() + 4..]
}

/// Returns whether the response is a success or a redirect.
fn is_served(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 200") || answer.starts_with(b"HTTP/1.1 303")
}

/// Reads one response.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    loop {
        assert_ne!(
            stream.read_buf(buffer).await.unwrap(),
            0,
            "the server closed the connection"
        );
        let Some(head) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            continue;
        };
        let end = head + 4 + content_length(&buffer[..head]);
        while buffer.len() < end {
            assert_ne!(
                stream.read_buf(buffer).await.unwrap(),
                0,
                "the server closed the connection"
            );
        }
        return;
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap();
    let line = head
        .lines()
        .find(|line| line.len() > 15 && line[..15].eq_ignore_ascii_case("content-length:"));
    line.unwrap()[15..].trim().parse().unwrap()
}
