//! Requests through a proxy.

use super::*;
use countersign_domain::secret::Secret;

fn by(proxy: &str) -> Result<HttpOutbound, InvalidOutboundSettings> {
    let settings = OutboundSettings {
        proxy: Some(Secret::new(proxy)),
        ..OutboundSettings::default()
    };
    HttpOutbound::with_names(settings, Names::of(&[&["127.0.0.1"]]))
}

#[tokio::test]
async fn proxy_may_be_in_private_network() {
    let proxy = Server::answer("200 OK", "by proxy").await;
    let outbound = by(&format!(
        "http://jane:s%3Acret@proxy.example:{}",
        proxy.port()
    ))
    .unwrap();
    let answer = get(&outbound, "http://app.example/path").await.unwrap();
    assert_eq!(answer.body, b"by proxy");
    let request = proxy.requests().remove(0);
    let lower = request.to_lowercase();
    assert!(lower.starts_with("get http://app.example/path http/1.1\r\n"));
    // jane:s:cret
    assert!(request.contains("Basic amFuZTpzOmNyZXQ="), "{request}");
}

#[tokio::test]
async fn https_request_uses_connect_tunnel() {
    let proxy = Server::answer("403 Forbidden", "").await;
    let outbound = by(&format!("http://proxy.example:{}", proxy.port())).unwrap();
    let outcome = get(&outbound, "https://app.example/secret").await;
    assert!(matches!(outcome, Err(OutboundError::Failed(_))));
    let request = proxy.requests().remove(0);
    assert!(request.starts_with("CONNECT app.example:443 HTTP/1.1\r\n"));
    assert!(!request.contains("secret"));
}

#[tokio::test]
async fn private_address_never_reaches_proxy() {
    let proxy = Unused::listen();
    let outbound = by(&format!("http://127.0.0.1:{}", proxy.port())).unwrap();
    for url in [
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "http://[::1]/",
        "http://localhost/",
        "http://app.localhost./",
        "http://169.254.169.254/",
    ] {
        assert_refused(get(&outbound, url).await, url);
    }
    assert!(!proxy.was_contacted());
}

#[test]
fn invalid_proxy_url_is_rejected() {
    for url in [
        "",
        "proxy.example:3128",
        "socks5://proxy.example",
        "http://",
        "http://proxy.example/path",
        "http://proxy.example/?query",
        "http://proxy.example/#fragment",
    ] {
        assert_eq!(by(url).err(), Some(InvalidOutboundSettings::Proxy), "{url}");
    }
    assert!(by("https://proxy.example:3128").is_ok());
}
