//! Syslog messages (RFC 5424).

use crate::config::SyslogAddress;
use crate::date::date;
use crate::server::tasks::Failure;
use countersign_domain::audit::event::Event;
use countersign_server_admin::event_json;
use std::io::ErrorKind;
use std::process;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpStream, UdpSocket};

/// Facility `log audit`, and severities (RFC 5424 section 6.2.1).
const FACILITY: u8 = 13;
const WARNING: u8 = 4;
const NOTICE: u8 = 5;

/// Longest message that UDP (65,507 bytes) and local sockets carry.
const LONGEST_DATAGRAM: usize = 60_000;

/// Sends events to a syslog receiver.
pub(super) struct Syslog {
    address: SyslogAddress,
    /// Open connection, if the address is one of TCP.
    stream: Option<TcpStream>,
}

impl Syslog {
    pub(super) const fn new(address: SyslogAddress) -> Self {
        Self {
            address,
            stream: None,
        }
    }

    /// Sends events. After an error over TCP, the next call connects again.
    pub(super) async fn send(&mut self, events: &[Event]) -> Result<(), Failure> {
        match &self.address {
            SyslogAddress::Socket(path) => send_locally(path, events.iter().map(datagram)).await,
            SyslogAddress::Udp(host, port) => {
                let mut found = tokio::net::lookup_host((bare(host), *port)).await?;
                let address = found.next().ok_or("the host has no address")?;
                let any = if address.is_ipv4() {
                    "0.0.0.0:0"
                } else {
                    "[::]:0"
                };
                let socket = UdpSocket::bind(any).await?;
                for message in events.iter().map(datagram) {
                    socket.send_to(message.as_bytes(), address).await?;
                }
                Ok(())
            }
            SyslogAddress::Tcp(host, port) => {
                // Taken, so that a failed or canceled call leaves no half of a message on the connection.
                let mut stream = match self.stream.take() {
                    Some(stream) if is_open(&stream) => stream,
                    _ => TcpStream::connect((bare(host), *port)).await?,
                };
                let framed = events
                    .iter()
                    .map(message)
                    .map(|message| format!("{} {message}", message.len()));
                stream
                    .write_all(framed.collect::<String>().as_bytes())
                    .await?;
                self.stream = Some(stream);
                Ok(())
            }
        }
    }
}

/// Returns whether the receiver has not closed a connection.
fn is_open(stream: &TcpStream) -> bool {
    match stream.try_read(&mut [0; 16]) {
        Ok(read) => read > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

/// Returns a host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host)
}

#[cfg(unix)]
async fn send_locally(
    path: &std::path::Path,
    messages: impl Iterator<Item = String>,
) -> Result<(), Failure> {
    let socket = tokio::net::UnixDatagram::unbound()?;
    socket.connect(path)?;
    for message in messages {
        socket.send(message.as_bytes()).await?;
    }
    Ok(())
}

#[cfg(not(unix))]
async fn send_locally(_: &std::path::Path, _: impl Iterator<Item = String>) -> Result<(), Failure> {
    Err("this system has no local sockets".into())
}

/// Returns the message of an event without its changed fields if it is too long for a datagram.
fn datagram(event: &Event) -> String {
    let whole = message(event);
    if whole.len() <= LONGEST_DATAGRAM {
        return whole;
    }
    let id = event.id;
    tracing::warn!(node = %id.node, number = id.number, "an event is forwarded without its fields: too long for syslog");
    let without = Event {
        changes: Vec::new(),
        ..event.clone()
    };
    message(&without)
}

/// Returns the message of an event. Its `MSGID` is the action, and its text is the JSON of the admin API.
fn message(event: &Event) -> String {
    let severity = match event.context.refusal {
        None => NOTICE,
        Some(_) => WARNING,
    };
    let priority = FACILITY * 8 + severity;
    // RFC 5424 allows 32 visible characters.
    let visible = |letter: &char| letter.is_ascii_graphic();
    let action: String = event
        .action
        .as_str()
        .chars()
        .filter(visible)
        .take(32)
        .collect();
    let (at, process) = (date(event.at), process::id());
    let json = event_json(event);
    format!("<{priority}>1 {at} - countersign {process} {action} - {json}")
}
