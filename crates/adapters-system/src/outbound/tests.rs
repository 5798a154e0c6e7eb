mod answers;
mod proxies;
mod server;
mod tls;

use super::resolver::GuardedNames;
use super::*;
use reqwest::dns::{Addrs, Name, Resolving};
use server::{Server, Unused, read_request};
use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use tokio::io::AsyncWriteExt as _;

/// Resolver that returns these answers in order.
struct Names(Mutex<VecDeque<Vec<IpAddr>>>);

impl Names {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(parse).collect())))
    }
}

impl Resolve for Names {
    fn resolve(&self, _: Name) -> Resolving {
        let answer = self.0.lock().unwrap().pop_front();
        let answer = answer.ok_or_else(|| io::Error::other("no answer is left"));
        let with_port = |address| SocketAddr::new(address, 0);
        Box::pin(async move { Ok(Box::new(answer?.into_iter().map(with_port)) as Addrs) })
    }
}

/// HTTP client that may reach only public networks.
fn guarded() -> HttpOutbound {
    HttpOutbound::new(OutboundSettings::default()).unwrap()
}

/// Settings that also allow private networks.
fn open_settings() -> OutboundSettings {
    OutboundSettings {
        private_networks: OutboundPurpose::ALL.to_vec(),
        ..OutboundSettings::default()
    }
}

fn open() -> HttpOutbound {
    HttpOutbound::new(open_settings()).unwrap()
}

fn request(url: &str) -> OutboundRequest {
    OutboundRequest {
        purpose: OutboundPurpose::BackChannelLogout,
        url: url.to_owned(),
        content: OutboundContent::None,
    }
}

async fn get(outbound: &HttpOutbound, url: &str) -> Result<OutboundResponse, OutboundError> {
    outbound.send(request(url)).await
}

#[track_caller]
fn assert_refused(outcome: Result<OutboundResponse, OutboundError>, url: &str) {
    let error = outcome.map(|answer| answer.status).expect_err(url);
    assert!(
        matches!(error, OutboundError::PrivateNetwork { .. }),
        "{url}: {error:?}"
    );
}

#[tokio::test]
async fn loopback_is_blocked_without_connecting() {
    let unused = Unused::listen();
    let outbound = guarded();
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "localhost",
        "LOCALHOST.",
        "app.localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ] {
        let url = format!("http://{host}:{}/", unused.port());
        assert_refused(get(&outbound, &url).await, &url);
    }
    assert!(!unused.was_contacted());
}

#[tokio::test]
async fn blocked_request_error_names_only_host_and_purpose() {
    let url = "http://10.0.0.1:8080/secret?token=secret";
    let error = get(&guarded(), url).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "10.0.0.1 is in a private or special network; `outbound.private_networks` does not allow it for back_channel_logout"
    );
    assert!(!format!("{error:?}").contains("secret"));
}

#[tokio::test]
async fn link_local_is_blocked_for_every_purpose() {
    for url in ["http://169.254.169.254/latest/", "http://[fe80::1]/"] {
        assert_refused(get(&open(), url).await, url);
    }
}

#[tokio::test]
async fn loopback_is_reachable_when_allowed_for_purpose() {
    let server = Server::answer("200 OK", "hello").await;
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{}/path?query#fragment", server.port());
        let answer = get(&open(), &url).await.unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (200, &b"hello"[..])
        );
    }
    let head = server.requests().remove(0).to_lowercase();
    assert!(head.starts_with("get /path?query http/1.1\r\n"), "{head}");
    let agent = format!("user-agent: countersign/{}\r\n", env!("CARGO_PKG_VERSION"));
    assert!(head.contains(&agent), "{head}");
}

#[tokio::test]
async fn name_that_resolves_to_loopback_is_blocked() {
    let unused = Unused::listen();
    let names = Names::of(&[&["127.0.0.1"], &["::ffff:127.0.0.1", "::1"]]);
    let outbound = HttpOutbound::with_names(OutboundSettings::default(), names).unwrap();
    let url = format!("http://app.example:{}/", unused.port());
    assert_refused(get(&outbound, &url).await, &url);
    assert_refused(get(&outbound, &url).await, &url);
    assert!(!unused.was_contacted());
}

#[tokio::test]
async fn each_request_resolves_its_host_exactly_once() {
    let server = Server::each(async |mut stream| {
        // Accepts more requests on the same connection.
        loop {
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            if read_request(&mut stream).await.is_empty() {
                return;
            }
        }
    })
    .await;
    let names = Names::of(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let outbound = HttpOutbound::with_names(open_settings(), names).unwrap();
    let url = format!("http://app.example:{}/", server.port());
    assert_eq!(get(&outbound, &url).await.unwrap().status, 200);
    // DNS rebinding is detected, because no connection is reused.
    assert_refused(get(&outbound, &url).await, &url);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn only_allowed_addresses_of_a_name_are_used() {
    let of = |reach| GuardedNames {
        names: Names::of(&[&["127.0.0.1", "1.1.1.1", "fe80::1", "10.0.0.1"]]),
        reach,
    };
    for (reach, expected) in [
        (Reach::Public, &["1.1.1.1"][..]),
        (Reach::Private, &["127.0.0.1", "1.1.1.1", "10.0.0.1"]),
    ] {
        let found = of(reach).resolve("app.example".parse().unwrap()).await;
        let found = found.unwrap().map(|address| address.ip().to_string());
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn invalid_url_is_rejected() {
    for url in [
        "",
        "/path",
        "//app.example/",
        "http://",
        "ftp://app.example/",
        "file:///etc/passwd",
        "urn:example",
        "https://user@app.example/",
        "https://user:password@app.example/",
        "https://:password@app.example/",
        "http://1.1.1.1:99999/",
    ] {
        let error = get(&open(), url).await.map(|answer| answer.status);
        assert!(matches!(error, Err(OutboundError::Url)), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn error_does_not_show_path() {
    let url = format!("http://127.0.0.1:{}/secret", Unused::free_port());
    let error = get(&open(), &url).await.err().unwrap();
    assert!(matches!(error, OutboundError::Failed(_)), "{error:?}");
    let mut cause: Option<&dyn Error> = Some(&error);
    while let Some(error) = cause {
        let texts = format!("{error} {error:?}");
        assert!(!texts.contains("secret"), "{texts}");
        cause = error.source();
    }
}
