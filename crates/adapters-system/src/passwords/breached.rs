//! Breached passwords, by a service with the range API of "Have I Been Pwned" (k-anonymity).
//!
//! The server sends only the first five of the 40 hexadecimal digits of a SHA-1 digest. The service responds with the rest of
//! all digests that begin with them, so it does not learn the password.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use countersign_domain::secret::Secret;
use countersign_ports::{
    BreachedPasswords, Outbound, OutboundContent, OutboundPurpose, OutboundRequest,
};
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::Arc;

/// Number of hexadecimal digits that the service learns.
const PREFIX: usize = 5;

/// Asks a service for ranges of digests.
pub struct BreachRanges {
    outbound: Arc<dyn Outbound>,
    url: String,
}

impl BreachRanges {
    /// Creates a client of the service at `url`, to which it appends the five digits.
    pub fn new(outbound: Arc<dyn Outbound>, url: &str) -> Self {
        Self {
            outbound,
            url: url.trim_end_matches('/').to_owned(),
        }
    }

    async fn found(&self, password: &str) -> Result<bool, String> {
        let hex = sha1(password);
        let (prefix, rest) = hex.split_at(PREFIX);
        let request = OutboundRequest {
            purpose: OutboundPurpose::BreachedPasswords,
            url: format!("{}/{prefix}", self.url),
            content: OutboundContent::None,
        };
        let response = self.outbound.send(request).await;
        let response = response.map_err(|error| error.to_string())?;
        if response.status != 200 {
            return Err(format!(
                "the response had the status code {}",
                response.status
            ));
        }
        let body = String::from_utf8_lossy(&response.body);
        Ok(body.lines().any(|line| is_breach(line, rest)))
    }
}

impl BreachedPasswords for BreachRanges {
    fn contain<'a>(
        &'a self,
        password: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(async {
            let found = self.found(password.expose_secret()).await;
            let result = match found {
                Ok(true) => "breached",
                Ok(false) => "unknown",
                Err(_) => "failed",
            };
            metrics::counter!("countersign_breach_checks_total", "result" => result).increment(1);
            found.unwrap_or_else(|cause| {
                tracing::warn!(
                    cause,
                    "cannot check a new password for breaches; it was accepted"
                );
                false
            })
        })
    }
}

/// Returns whether a line `REST:COUNT` is the digest. Lines of the padding have the count 0.
fn is_breach(line: &str, rest: &str) -> bool {
    line.trim().split_once(':').is_some_and(|(own, count)| {
        own.eq_ignore_ascii_case(rest) && count.trim().parse::<u64>().is_ok_and(|count| count > 0)
    })
}

/// Returns the SHA-1 digest of a text in uppercase hexadecimal digits. The API prescribes the algorithm.
fn sha1(text: &str) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02X}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::{HttpOutbound, OutboundSettings};
    use std::sync::Mutex;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// SHA-1 of `password`: 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
    const REST: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

    /// A service on loopback that gives one response. Returns its URL and the request.
    async fn service(response: String) -> (String, Arc<Mutex<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/range/", listener.local_addr().unwrap());
        let asked: Arc<Mutex<String>> = Arc::default();
        let kept = asked.clone();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 4096];
            let length = stream.read(&mut buffer).await.unwrap();
            *kept.lock().unwrap() = String::from_utf8_lossy(&buffer[..length]).into_owned();
            stream.write_all(response.as_bytes()).await.unwrap();
        });
        (url, asked)
    }

    fn ok(body: &str) -> String {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
    }

    fn client(url: &str) -> BreachRanges {
        let settings = OutboundSettings {
            private_networks: vec![OutboundPurpose::BreachedPasswords],
            ..OutboundSettings::default()
        };
        BreachRanges::new(Arc::new(HttpOutbound::new(settings).unwrap()), url)
    }

    async fn answer_to(response: String) -> bool {
        let (url, _) = service(response).await;
        client(&url).contain(&Secret::new("password")).await
    }

    #[tokio::test]
    async fn service_learns_only_five_digits_of_digest() {
        let (url, asked) = service(ok(&format!(
            "0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n{REST}:9545824"
        )))
        .await;
        assert!(client(&url).contain(&Secret::new("password")).await);
        let asked = asked.lock().unwrap().to_lowercase();
        assert!(asked.starts_with("get /range/5baa6 http/1.1"), "{asked}");
        assert!(asked.contains("add-padding: true"), "{asked}");
        assert!(!asked.contains(&REST.to_lowercase()[..6]) && !asked.contains("password"));
    }

    #[tokio::test]
    async fn absent_or_padded_digest_is_no_breach() {
        assert!(!answer_to(ok("0018A45C4D1DEF81644B54AB7F969B88D65:3")).await);
        assert!(!answer_to(ok(&format!("{REST}:0"))).await);
        assert!(answer_to(ok(&format!("{}:1", REST.to_lowercase()))).await);
    }

    #[tokio::test]
    async fn failing_service_refuses_no_password() {
        assert!(!answer_to("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n".into()).await);
        assert!(!answer_to(ok("<html>")).await);
        assert!(!answer_to("gibberish\r\n\r\n".into()).await);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/range", listener.local_addr().unwrap());
        drop(listener);
        assert!(!client(&url).contain(&Secret::new("password")).await);
    }
}
