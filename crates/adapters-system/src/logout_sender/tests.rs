use super::*;
use crate::outbound::{HttpOutbound, OutboundSettings};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const LIMITS: Limits = Limits {
    pauses: &[Duration::from_millis(1), Duration::from_millis(2)],
    ..super::LIMITS
};
const LONG: Duration = Duration::from_secs(60);

/// HTTP client that may reach loopback.
fn outbound() -> Arc<dyn Outbound> {
    let settings = OutboundSettings {
        private_networks: vec![OutboundPurpose::BackChannelLogout],
        timeout: Duration::from_millis(500),
        max_response_bytes: 100,
        ..OutboundSettings::default()
    };
    Arc::new(HttpOutbound::new(settings).unwrap())
}

fn sender() -> HttpLogoutSender {
    HttpLogoutSender::within(LIMITS, outbound())
}

async fn undelivered(post: &Post, uri: &str) -> Undelivered {
    let parcel = (RedirectUri::parse(uri).unwrap(), "a.b.c".into());
    post.deliver(&parcel).await.unwrap_err()
}

/// Starts a client that gives these answers in order and records the requests. It does not respond for an empty answer.
async fn client(answers: &'static [&'static str]) -> (RedirectUri, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/logout?tenant=1", listener.local_addr().unwrap());
    let requests = Arc::<Mutex<Vec<_>>>::default();
    let seen = requests.clone();
    tokio::spawn(async move {
        let mut silent = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read(&mut stream).await;
            seen.lock().unwrap().push(request);
            if answer.is_empty() {
                silent.push(stream);
                continue;
            }
            let answer =
                format!("HTTP/1.1 {answer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (RedirectUri::parse(&uri).unwrap(), requests)
}

async fn read(stream: &mut TcpStream) -> String {
    let mut request = String::new();
    let mut buffer = [0; 4096];
    while !request.ends_with("logout_token=a.b.c") {
        let length = stream.read(&mut buffer).await.unwrap();
        assert_ne!(length, 0, "{request}");
        request.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    request
}

/// Returns the number of requests to a client that gives these answers.
async fn requests(answers: &'static [&'static str]) -> usize {
    let (uri, requests) = client(answers).await;
    let sender = sender();
    sender.send(&uri, "a.b.c".into());
    sender.close(LONG).await;
    requests.lock().unwrap().len()
}

#[tokio::test]
async fn token_is_posted_as_form() {
    let (uri, requests) = client(&["200 OK"]).await;
    let sender = sender();
    sender.send(&uri, "a.b.c".into());
    sender.close(LONG).await;
    let requests = requests.lock().unwrap();
    let request = requests.first().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("POST /logout?tenant=1 HTTP/1.1\r\n"),
        "{head}"
    );
    let is_form =
        |line: &str| line.eq_ignore_ascii_case("content-type: application/x-www-form-urlencoded");
    assert!(head.lines().any(is_form), "{head}");
    assert_eq!(body, "logout_token=a.b.c");
}

#[tokio::test]
async fn accepted_token_is_not_sent_again() {
    assert_eq!(requests(&["200 OK", "200 OK"]).await, 1);
    assert_eq!(requests(&["204 No Content", "200 OK"]).await, 1);
}

#[tokio::test]
async fn server_error_is_retried_a_limited_number_of_times() {
    assert_eq!(
        requests(&["503 Service Unavailable", "200 OK", "200 OK"]).await,
        2
    );
    assert_eq!(requests(&["500 Internal Server Error"; 9]).await, 3);
}

#[tokio::test]
async fn rejected_token_is_not_retried() {
    assert_eq!(requests(&["400 Bad Request", "200 OK"]).await, 1);
    assert_eq!(requests(&["404 Not Found", "200 OK"]).await, 1);
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let (elsewhere, strayed) = client(&["200 OK"]).await;
    let redirect = format!("307 Temporary Redirect\r\nLocation: {}", elsewhere.as_str());
    let answers = Vec::leak(vec![&*String::leak(redirect), "200 OK"]);
    assert_eq!(requests(answers).await, 1);
    assert_eq!(strayed.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn unanswered_request_times_out_and_is_retried() {
    assert_eq!(requests(&["", "200 OK"]).await, 2);
}

#[tokio::test]
async fn unreachable_client_is_retried() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/secret", listener.local_addr().unwrap());
    drop(listener);
    let post = Post(outbound());
    let undelivered = undelivered(&post, &uri).await;
    assert!(undelivered.may_retry);
    assert!(undelivered.why.contains("refused"), "{}", undelivered.why);
    let parcel = (RedirectUri::parse(&uri).unwrap(), "a.b.c".into());
    for text in [undelivered.why, post.label(&parcel)] {
        assert!(
            !text.contains("a.b.c") && !text.contains("secret"),
            "{text}"
        );
    }
    assert_eq!(post.label(&parcel), "logout token for 127.0.0.1");
}

#[tokio::test]
async fn client_in_private_network_is_not_retried() {
    let post = Post(Arc::new(
        HttpOutbound::new(OutboundSettings::default()).unwrap(),
    ));
    let undelivered = undelivered(&post, "https://10.1.2.3/secret").await;
    assert!(!undelivered.may_retry);
    assert_eq!(
        undelivered.why,
        "10.1.2.3 is in a private or special network; `outbound.private_networks` does not allow it for back_channel_logout"
    );
}

#[tokio::test]
async fn oversized_response_is_not_retried() {
    let long = format!("200 OK\r\nContent-Length: 101\r\n\r\n{}", "x".repeat(101));
    let answers = Vec::leak(vec![&*String::leak(long), "200 OK"]);
    assert_eq!(requests(answers).await, 1);
}
