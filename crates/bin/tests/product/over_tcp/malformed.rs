//! Malformed requests over real connections: oversized, slow and truncated bodies, and bytes that are not HTTP.
//!
//! The server keeps serving other connections.

use crate::support::{Installation, Registered, Server, TOKEN};
use axum::http::Method;
use axum::http::header::{ALLOW, CACHE_CONTROL};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

const JSON: &str = "/v1/oauth2/token";
/// Read timeout, longer than the server's timeout for a body.
const PATIENCE: Duration = Duration::from_secs(30);

struct Started {
    machine: Registered,
    server: Server,
    /// Keeps the folder alive.
    _installation: Installation,
}

impl Started {
    fn new() -> Self {
        let installation = Installation::new();
        Self {
            machine: installation.machine(),
            server: installation.start(),
            _installation: installation,
        }
    }

    fn connection(&self) -> TcpStream {
        let connection = TcpStream::connect(self.server.http.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection.set_write_timeout(Some(PATIENCE)).unwrap();
        connection
    }

    /// Opens a connection and sends the head of a request with this content length.
    fn announcing(&self, path: &str, length: usize) -> TcpStream {
        let mut connection = self.connection();
        write!(
            connection,
            "POST {path} HTTP/1.1\r\nHost: id.example.org\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
        )
        .unwrap();
        connection
    }

    async fn serves(&self) {
        let begun = Instant::now();
        let answer = self.server.http.client_credentials(&self.machine).await;
        answer.ok();
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

fn answer_on(mut connection: TcpStream) -> String {
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

fn assert_invalid_request(answer: &str) {
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
    assert!(answer.contains("\"error\":\"invalid_request\""), "{answer}");
}

#[tokio::test]
async fn oversized_body_gets_response_without_reset() {
    let started = Started::new();
    for path in [TOKEN, JSON] {
        for length in [64 * 1024 + 1, 200 * 1024, 1024 * 1024] {
            let mut connection = started.announcing(path, length);
            let body = "x".repeat(length);
            connection.write_all(body.as_bytes()).unwrap();
            let answer = answer_on(connection);
            assert_invalid_request(&answer);
            assert!(answer.contains("larger than 64 KiB"), "{answer}");
        }
    }
    started.serves().await;
}

#[tokio::test]
async fn slow_bodies_time_out_without_blocking_others() {
    let started = Started::new();
    let slow: Vec<_> = (0..64)
        .map(|_| {
            let mut connection = started.announcing(TOKEN, 100);
            connection.write_all(b"grant_type=client").unwrap();
            connection
        })
        .collect();
    for _ in 0..5 {
        started.serves().await;
    }
    for connection in slow {
        let answer = answer_on(connection);
        assert_invalid_request(&answer);
        assert!(answer.contains("did not arrive in time"), "{answer}");
    }
    started.serves().await;
}

#[tokio::test]
async fn truncated_body_does_not_affect_server() {
    let started = Started::new();
    for path in [TOKEN, JSON] {
        // Half-closed: the client can still read.
        let mut connection = started.announcing(path, 100);
        connection.write_all(b"grant_type=client").unwrap();
        connection.shutdown(Shutdown::Write).unwrap();
        let mut ignored = Vec::new();
        let _ = connection.read_to_end(&mut ignored);
        // Closed after the head, after half of it, and without sending anything.
        drop(started.announcing(path, 100));
        started.connection().write_all(b"POST /oauth2").unwrap();
        drop(started.connection());
        started.serves().await;
    }
}

#[tokio::test]
async fn non_http_bytes_do_not_affect_other_connections() {
    let started = Started::new();
    let no_end = vec![b'a'; 1024 * 1024];
    let garbage: [&[u8]; 6] = [
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        // Start of a TLS handshake.
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\xff\xff\xff\r\n\r\n",
        // Preface of HTTP/2.
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /oauth2/token HTTP/9.9\r\n\r\n",
        b"POST /oauth2/token HTTP/1.1\r\nContent-Length: minus one\r\n\r\n",
        &no_end,
    ];
    for bytes in garbage {
        let mut connection = started.connection();
        // The server may close the connection before it has read everything.
        let _ = connection.write_all(bytes);
        let _ = connection.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
        started.serves().await;
    }
}

/// RFC 9112 section 3.2.
#[tokio::test]
async fn request_without_single_host_gets_400() {
    let started = Started::new();
    let asked = |version: &str, hosts: &str| {
        let mut connection = started.connection();
        let request = format!("GET /health/live {version}\r\n{hosts}Connection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).unwrap();
        answer_on(connection)
    };
    for hosts in [
        "",
        "Host: id.example.org\r\nHost: id.example.org\r\n",
        "Host: id.example.org/x\r\n",
    ] {
        let answer = asked("HTTP/1.1", hosts);
        assert_invalid_request(&answer);
        assert!(answer.contains("exactly one valid Host header"), "{answer}");
        assert!(answer.contains("request-id: "), "{answer}");
    }
    assert!(asked("HTTP/1.1", "Host: id.example.org\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
    // Health checks of load balancers may use HTTP/1.0.
    assert!(asked("HTTP/1.0", "").starts_with("HTTP/1.0 200 OK\r\n"));
}

#[tokio::test]
async fn token_endpoints_allow_only_post() {
    let started = Started::new();
    let http = &started.server.http;
    for path in [TOKEN, JSON] {
        let answer = http.get(path).await;
        assert_eq!(answer.refusal(), (405, "invalid_request".to_owned()));
        assert_eq!(answer.header(ALLOW), Some("POST"));
        assert_eq!(answer.header(CACHE_CONTROL), Some("no-store"));
        for method in [Method::PUT, Method::DELETE, Method::HEAD] {
            let request = http.client.request(method, http.url(path));
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 405);
            assert_eq!(answer.headers()[ALLOW], "POST");
        }
    }
    started.serves().await;
}
