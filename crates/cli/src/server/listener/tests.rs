use super::*;
use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use std::future::pending;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

const ONE: Options = Options {
    connections: 1,
    connections_per_address: 1,
    proxies: 0,
    proxy_header: ProxyHeader::XForwardedFor,
};
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: id.example.org\r\n\r\n";

/// Connects to a server whose response time exceeds the header timeout.
async fn connected() -> TcpStream {
    let limits = Limits {
        slow: Duration::from_millis(300),
        idle: Duration::from_millis(1500),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = async || sleep(Duration::from_millis(600)).await;
    let router = Router::new().route("/", get(answer));
    tokio::spawn(serve_within(limits, listener, router, ONE, pending()));
    TcpStream::connect(address).await.unwrap()
}

async fn answered(connection: &mut TcpStream) {
    connection.write_all(REQUEST).await.unwrap();
    let mut answer = [0; 1024];
    let length = connection.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 "));
}

/// Waits until the server closes the connection, and returns how long that took.
async fn closed(connection: &mut TcpStream) -> Duration {
    let begun = Instant::now();
    let mut rest = [0; 1024];
    let read = connection.read(&mut rest);
    let read = timeout(Duration::from_secs(20), read).await;
    // A reset closes the connection too.
    assert_eq!(read.unwrap().unwrap_or(0), 0);
    begun.elapsed()
}

#[tokio::test]
async fn idle_timeout_is_longer_than_header_timeout() {
    let mut connection = connected().await;
    answered(&mut connection).await;
    sleep(Duration::from_millis(700)).await;
    answered(&mut connection).await;
    let (head, _) = REQUEST.split_at(20);
    connection.write_all(head).await.unwrap();
    assert!(closed(&mut connection).await < Duration::from_millis(1200));
}

#[tokio::test]
async fn header_timeout_does_not_restart_at_each_byte() {
    let mut connection = connected().await;
    let begun = Instant::now();
    for byte in REQUEST {
        let pause = Duration::from_millis(100);
        let mut rest = [0; 1];
        let _ = connection.write_all(&[*byte]).await;
        if let Ok(read) = timeout(pause, connection.read(&mut rest)).await {
            // A reset closes the connection too.
            assert_eq!(read.unwrap_or(0), 0);
            break;
        }
    }
    assert!(begun.elapsed() < Duration::from_millis(1200));
}

#[tokio::test]
async fn idle_connection_is_closed() {
    let mut connection = connected().await;
    answered(&mut connection).await;
    let after = closed(&mut connection).await;
    assert!(after >= Duration::from_millis(1200), "{after:?}");
}

#[tokio::test]
async fn unused_connection_is_closed_after_header_timeout() {
    let after = closed(&mut connected().await).await;
    assert!(after < Duration::from_millis(1200), "{after:?}");
}

/// Otherwise the client could hide the event of a change.
#[tokio::test]
async fn change_is_completed_after_client_has_gone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (begun, mut has_begun) = mpsc::channel(1);
    let (done, mut is_done) = mpsc::channel(1);
    let change = async move || {
        begun.send(()).await.unwrap();
        sleep(Duration::from_millis(300)).await;
        done.send(()).await.unwrap();
    };
    let router = Router::new().route("/", post(change));
    tokio::spawn(serve(listener, router, ONE, pending()));
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = b"POST / HTTP/1.1\r\nHost: id.example.org\r\nContent-Length: 0\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let long = Duration::from_secs(20);
    timeout(long, has_begun.recv()).await.unwrap().unwrap();
    drop(connection);
    timeout(long, is_done.recv()).await.unwrap().unwrap();
}

/// Serves one connection at a time, from any number of addresses.
#[tokio::test]
async fn slow_bodies_make_room_for_honest_client() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/", get(async || ()))
        .route("/token", post(async |_: Bytes| ()));
    let few = Options {
        connections: 2,
        connections_per_address: 8,
        ..ONE
    };
    tokio::spawn(serve(listener, router, few, pending()));
    let mut slow = Vec::new();
    for _ in 0..2 {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let head = b"POST /token HTTP/1.1\r\nHost: id.example.org\r\nContent-Length: 9\r\n\r\nab";
        connection.write_all(head).await.unwrap();
        slow.push(connection);
    }
    sleep(GRACE * 2).await;
    let mut honest = TcpStream::connect(address).await.unwrap();
    let served = timeout(Duration::from_secs(2), answered(&mut honest));
    served.await.unwrap();
    assert!(closed(&mut slow[0]).await < Duration::from_secs(2));
    // The other one completes its request.
    slow[1].write_all(b"cdefghi").await.unwrap();
    let mut answer = [0; 1024];
    let length = slow[1].read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 "));
}
