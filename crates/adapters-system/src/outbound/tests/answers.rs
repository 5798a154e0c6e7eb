//! Response limits, and features that are off: redirects, decompression, and cookies.

use super::*;
use tokio::time::sleep;

const LIMIT: usize = 1000;

fn with(timeout: Duration) -> HttpOutbound {
    let settings = OutboundSettings {
        timeout,
        max_response_bytes: LIMIT,
        ..open_settings()
    };
    HttpOutbound::new(settings).unwrap()
}

fn patient() -> HttpOutbound {
    with(Duration::from_secs(60))
}

fn hasty() -> HttpOutbound {
    with(Duration::from_millis(200))
}

#[tokio::test]
async fn form_is_posted_and_encoded() {
    let server = Server::answer("204 No Content", "").await;
    let form = vec![("logout_token", "a.b+c&d".to_owned())];
    let request = OutboundRequest {
        content: OutboundContent::Form(form),
        ..request(&server.url())
    };
    assert_eq!(patient().send(request).await.unwrap().status, 204);
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST / HTTP/1.1\r\n"), "{head}");
    assert_eq!(body, "logout_token=a.b%2Bc%26d");
}

#[tokio::test]
async fn json_is_posted_with_headers_and_response_body_is_not_read() {
    let server = Server::answer("200 OK", &"x".repeat(LIMIT + 1)).await;
    let request = OutboundRequest {
        content: OutboundContent::Json {
            headers: vec![("webhook-id", "a:1".to_owned())],
            body: br#"{"a":1}"#.to_vec(),
        },
        ..request(&server.url())
    };
    let answer = patient().send(request).await.unwrap();
    assert_eq!((answer.status, answer.body), (200, Vec::new()));
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post / http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nwebhook-id: a:1"), "{head}");
    assert!(
        head.contains("\r\ncontent-type: application/json"),
        "{head}"
    );
    assert_eq!(body, r#"{"a":1}"#);
}

#[tokio::test]
async fn redirect_is_returned_and_not_followed() {
    let target = Unused::listen();
    for status in ["301 Moved", "302 Found", "303 See Other", "307 T", "308 P"] {
        let location = format!("http://127.0.0.1:{}/", target.port());
        let server = Server::answer(&format!("{status}\r\nLocation: {location}"), "").await;
        let answer = get(&patient(), &server.url()).await.unwrap();
        assert!(status.starts_with(&answer.status.to_string()));
        assert_eq!(server.requests().len(), 1);
    }
    assert!(!target.was_contacted());
}

#[tokio::test]
async fn body_at_limit_is_returned() {
    let server = Server::answer("200 OK", &"x".repeat(LIMIT)).await;
    let answer = get(&patient(), &server.url()).await.unwrap();
    assert_eq!(answer.body.len(), LIMIT);
}

#[tokio::test]
async fn body_over_limit_is_rejected() {
    let server = Server::answer("200 OK", &"x".repeat(LIMIT + 1)).await;
    let outcome = get(&patient(), &server.url()).await;
    assert!(matches!(outcome, Err(OutboundError::TooLarge(LIMIT))));
}

#[tokio::test]
async fn endless_body_is_cut_off() {
    let server = Server::each(async |mut stream| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        // Loops until the client closes the connection.
        while stream.write_all(b"5\r\nhello\r\n").await.is_ok() {}
    })
    .await;
    for _ in 0..2 {
        let outcome = get(&patient(), &server.url()).await;
        assert!(matches!(outcome, Err(OutboundError::TooLarge(LIMIT))));
    }
}

#[tokio::test]
async fn missing_response_times_out() {
    let server = Server::each(async |stream| {
        sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let outcome = get(&hasty(), &server.url()).await;
    assert!(matches!(outcome, Err(OutboundError::Timeout)));
}

#[tokio::test]
async fn slow_body_times_out() {
    let server = Server::each(async |mut stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let outcome = get(&hasty(), &server.url()).await;
    assert!(matches!(outcome, Err(OutboundError::Timeout)));
}

#[tokio::test]
async fn compressed_body_is_returned_unchanged() {
    let server = Server::answer("200 OK\r\nContent-Encoding: gzip", "not gzip").await;
    let answer = get(&patient(), &server.url()).await.unwrap();
    assert_eq!(answer.body, b"not gzip");
    let request = server.requests().remove(0).to_lowercase();
    assert!(!request.contains("accept-encoding"), "{request}");
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server = Server::answer("200 OK\r\nSet-Cookie: a=b", "").await;
    let outbound = patient();
    for _ in 0..2 {
        get(&outbound, &server.url()).await.unwrap();
    }
    let request = server.requests().remove(1).to_lowercase();
    assert!(!request.contains("cookie"), "{request}");
}
