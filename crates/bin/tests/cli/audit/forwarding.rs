//! Forwarding of the audit log by a server.

use super::super::place::{Place, Running};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::Stdio;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(20);

fn create_user(place: &Place, name: &str) {
    let email = format!("{name}@example.org");
    place.json(&["users", "create", "--email", &email]);
}

/// Starts a server that forwards to this destination, and creates the user `after`. Returns the event of that user.
fn forwarded(place: &mut Place, destination: &str) -> (Running, Value) {
    create_user(place, "before");
    place.set("COUNTERSIGN__AUDIT__FORWARD", destination);
    let server = Running::start(place.command(&["serve"]).stdout(Stdio::piped()));
    // The server notes its position within a second.
    thread::sleep(Duration::from_secs(2));
    create_user(place, "after");
    let event = place.json(&["audit", "list", "--limit=1"])[0].clone();
    (server, event)
}

/// Returns the JSON of a message of RFC 5424.
#[track_caller]
fn text(message: &str) -> Value {
    let (head, json) = message.split_at(message.find('{').unwrap());
    let parts: Vec<_> = head.split(' ').collect();
    assert_eq!(parts[0], "<109>1", "facility log audit, severity notice");
    assert_eq!(parts[2..4], ["-", "countersign"]);
    assert_eq!(parts[5..7], ["user.created", "-"]);
    serde_json::from_str(json).unwrap()
}

#[test]
fn server_prints_events_of_commands_to_standard_output() {
    let mut place = Place::new();
    let (mut server, event) = forwarded(&mut place, "stdout");
    let lines = BufReader::new(server.stdout()).lines();
    let (sender, printed) = mpsc::channel();
    thread::spawn(move || lines.for_each(|line| sender.send(line.unwrap()).unwrap()));
    let line = printed.recv_timeout(LONG).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), event);
    assert_eq!(server.stop(), 0);
    assert_eq!(printed.try_iter().count(), 0);
}

#[test]
fn events_are_forwarded_to_syslog_over_udp() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let mut place = Place::new();
    let address = format!("syslog+udp://{}", socket.local_addr().unwrap());
    let (server, event) = forwarded(&mut place, &address);
    let mut buffer = [0; 8192];
    let length = socket.recv(&mut buffer).unwrap();
    assert_eq!(text(std::str::from_utf8(&buffer[..length]).unwrap()), event);
    assert_eq!(server.stop(), 0);
}

#[test]
fn last_events_are_forwarded_to_syslog_over_tcp_when_server_stops() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("syslog+tcp://{}", listener.local_addr().unwrap());
    let received = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).unwrap();
        all
    });
    let mut place = Place::new();
    let (server, event) = forwarded(&mut place, &address);
    create_user(&place, "last");
    assert_eq!(server.stop(), 0);
    let received = received.join().unwrap();
    let mut rest = received.as_str();
    let mut messages = Vec::new();
    while let Some((length, after)) = rest.split_once(' ') {
        let (message, after) = after.split_at(length.parse().unwrap());
        messages.push(text(message));
        rest = after;
    }
    let last = place.json(&["audit", "list", "--limit=1"])[0].clone();
    assert_eq!(messages, [event, last]);
}

#[cfg(unix)]
#[test]
fn events_are_forwarded_to_local_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let mut place = Place::new();
    let (server, event) = forwarded(&mut place, &format!("syslog://{}", path.display()));
    let mut buffer = [0; 8192];
    let length = socket.recv(&mut buffer).unwrap();
    assert_eq!(text(std::str::from_utf8(&buffer[..length]).unwrap()), event);
    assert_eq!(server.stop(), 0);
}

/// Answers requests with these statuses. Returns the bodies.
fn collector(statuses: [u16; 2]) -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("otlp+http://{}", listener.local_addr().unwrap());
    let (sender, bodies) = mpsc::channel();
    thread::spawn(move || {
        for status in statuses {
            let (stream, _) = listener.accept().unwrap();
            let _ = sender.send(answer(stream, status));
        }
    });
    (url, bodies)
}

fn answer(mut stream: TcpStream, status: u16) -> Value {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).unwrap();
    assert!(line.starts_with("POST /v1/logs "), "{line}");
    while !line.trim().is_empty() {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}");
    stream.write_all(head.as_bytes()).unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn events_are_sent_to_collector_until_it_accepts_them() {
    let (url, bodies) = collector([503, 200]);
    let mut place = Place::new();
    let (server, event) = forwarded(&mut place, &url);
    let first = bodies.recv_timeout(LONG).unwrap();
    assert_eq!(bodies.recv_timeout(LONG).unwrap(), first);
    let resource = &first["resourceLogs"][0];
    let service = json!({"key": "service.name", "value": {"stringValue": "countersign"}});
    assert_eq!(resource["resource"]["attributes"], json!([service]));
    let records = resource["scopeLogs"][0]["logRecords"].as_array().unwrap();
    let [record] = &records[..] else {
        panic!("{records:?}");
    };
    assert_eq!(record["eventName"], "user.created");
    assert_eq!(record["severityNumber"], 9);
    let at = record["timeUnixNano"].as_str().unwrap();
    assert_eq!(at, format!("{}000000000", event["at"]));
    let body = record["body"]["stringValue"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), event);
    assert_eq!(server.stop(), 0);
}

#[test]
fn event_that_collector_cannot_accept_does_not_hold_up_others() {
    let (url, bodies) = collector([413, 200]);
    let mut place = Place::new();
    let (server, _) = forwarded(&mut place, &url);
    bodies.recv_timeout(LONG).unwrap();
    create_user(&place, "next");
    let next = bodies.recv_timeout(LONG).unwrap().to_string();
    assert!(next.contains("next@example.org"), "{next}");
    assert_eq!(server.stop(), 0);
}

#[test]
fn unknown_destination_is_refused() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__AUDIT__FORWARD", "kafka://logs");
    let (code, message) = place.fails(&["config", "check"]);
    assert_eq!(code, 2);
    assert!(message.contains("syslog+udp://host:514"), "{message}");
}
