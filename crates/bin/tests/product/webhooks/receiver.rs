//! Receiver of a webhook that can be down, refuse, or hang.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Interval at which a closed receiver looks whether it is open again.
const PERIOD: Duration = Duration::from_millis(5);

/// Message that the receiver accepted.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Value,
}

impl Message {
    pub(super) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(super) fn user(&self) -> &str {
        self.body["data"]["target"]["id"].as_str().unwrap()
    }
}

#[derive(Default)]
struct State {
    is_open: AtomicBool,
    hangs: AtomicBool,
    status: AtomicU16,
    accepted: Mutex<Vec<Message>>,
    is_over: AtomicBool,
}

/// Receiver on a port of this machine.
pub(super) struct Receiver {
    address: SocketAddr,
    state: Arc<State>,
}

impl Receiver {
    pub(super) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let state = Arc::new(State::default());
        state.is_open.store(true, Ordering::Relaxed);
        state.status.store(204, Ordering::Relaxed);
        let own = state.clone();
        thread::spawn(move || {
            while !own.is_over.load(Ordering::Relaxed) {
                if own.is_open.load(Ordering::Relaxed) {
                    serve(address, &own);
                }
                thread::sleep(PERIOD);
            }
        });
        Self { address, state }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook?key=hidden", self.address)
    }

    /// Refuses connections, or accepts them again.
    pub(super) fn set_open(&self, is_open: bool) {
        self.state.is_open.store(is_open, Ordering::Relaxed);
    }

    /// Sets the status of the next responses.
    pub(super) fn answer(&self, status: u16) {
        self.state.status.store(status, Ordering::Relaxed);
    }

    /// Accepts connections, but sends no responses.
    pub(super) fn hang(&self) {
        self.state.hangs.store(true, Ordering::Relaxed);
    }

    /// Returns the messages that it answered with success.
    pub(super) fn accepted(&self) -> Vec<Message> {
        self.state.accepted.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::Relaxed);
        self.set_open(false);
    }
}

fn serve(address: SocketAddr, state: &Arc<State>) {
    let listener = TcpListener::bind(address).unwrap();
    listener.set_nonblocking(true).unwrap();
    while state.is_open.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((stream, _)) => {
                let state = state.clone();
                thread::spawn(move || exchange(stream, &state));
            }
            Err(_) => thread::sleep(PERIOD),
        }
    }
}

fn exchange(mut stream: TcpStream, state: &State) {
    stream.set_nonblocking(false).unwrap();
    let Some(message) = read(&mut stream) else {
        return;
    };
    while state.hangs.load(Ordering::Relaxed) && !state.is_over.load(Ordering::Relaxed) {
        thread::sleep(PERIOD);
    }
    let status = state.status.load(Ordering::Relaxed);
    if status < 300 {
        state.accepted.lock().unwrap().push(message);
    }
    let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    // The server may have been killed.
    let _ = stream.write_all(answer.as_bytes());
}

fn read(stream: &mut TcpStream) -> Option<Message> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer).ok().filter(|length| *length > 0)?;
        request.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("POST /hook?key=hidden HTTP/1.1\r\n"));
        let headers = head.lines().filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: BTreeMap<_, _> = headers.collect();
        if body.len() == headers["content-length"].parse::<usize>().unwrap() {
            let body = serde_json::from_str(body).unwrap();
            return Some(Message { headers, body });
        }
    }
}
