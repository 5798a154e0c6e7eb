//! Slow, idle and excess connections to `serve`.

use crate::place::{Place, Running};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

const REQUEST: &str = "GET /health/live HTTP/1.1\r\nHost: id.example.org\r\n\r\n";

fn connect(server: &Running, patience: Duration) -> TcpStream {
    let address = server.url.strip_prefix("http://").unwrap();
    let connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(patience)).unwrap();
    connection
}

/// Sends a request and waits for the start of the response.
fn answered(mut connection: &TcpStream) -> bool {
    connection.write_all(REQUEST.as_bytes()).unwrap();
    begun(connection)
}

fn begun(mut connection: &TcpStream) -> bool {
    let mut answer = [0; 4096];
    match connection.read(&mut answer) {
        Ok(length) => answer[..length].starts_with(b"HTTP/1.1 200 "),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn connection_with_incomplete_request_is_closed_after_ten_seconds() {
    let place = Place::new();
    let server = Running::start(&mut place.command(&["serve"]));
    let patience = Duration::from_secs(20);
    let begun = Instant::now();
    let silent = connect(&server, patience);
    let mut slow = connect(&server, patience);
    slow.write_all(REQUEST.trim_end().as_bytes()).unwrap();
    let waits = [silent, slow].map(|mut connection| {
        thread::spawn(move || {
            let mut rest = Vec::new();
            let read = connection.read_to_end(&mut rest).unwrap();
            (read, begun.elapsed())
        })
    });
    for wait in waits {
        let (read, after) = wait.join().unwrap();
        assert_eq!(read, 0);
        assert!(after >= Duration::from_secs(9), "{after:?}");
    }
    assert!(answered(&connect(&server, patience)));
}

/// Quiet connections must not keep others out: the next one displaces the longest idle one.
#[test]
fn connection_over_limit_displaces_longest_idle_connection() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__CONNECTIONS", "2");
    let server = Running::start(&mut place.command(&["serve"]));
    let long = Duration::from_secs(20);
    let (mut one, two) = (connect(&server, long), connect(&server, long));
    assert!(answered(&one));
    thread::sleep(Duration::from_millis(50));
    assert!(answered(&two));
    let three = connect(&server, long);
    assert!(answered(&three));
    let mut rest = Vec::new();
    assert_eq!(one.read_to_end(&mut rest).unwrap(), 0, "closed");
    assert!(answered(&two));
    drop((two, three));
    assert_eq!(server.stop(), 0);
}

#[test]
fn excessive_headers_are_rejected() {
    let place = Place::new();
    let server = Running::start(&mut place.command(&["serve"]));
    let mut connection = connect(&server, Duration::from_secs(20));
    let field = format!("X-Long: {}\r\n", "x".repeat(8000));
    let request = REQUEST.replace("\r\n\r\n", &format!("\r\n{}\r\n", field.repeat(10)));
    // The server may close before it has read everything.
    let _ = connection.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 2"), "{answer:?}");
    assert!(answered(&connect(&server, Duration::from_secs(20))));
}
