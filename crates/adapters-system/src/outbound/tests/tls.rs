//! Certificate authorities.

use super::server::{Server, read_request};
use super::*;
use std::path::Path;
use std::process::Command;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {said}");
}

/// Starts a TLS server for `app.example` on loopback. Returns its port and its certificate authority.
async fn server() -> (u16, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(
        folder,
        &format!("req -x509 {new_key} -keyout ca.key -out ca.crt -subj /CN=ca -days 2"),
    );
    openssl(
        folder,
        &format!("req {new_key} -keyout app.key -out app.csr -subj /CN=app"),
    );
    std::fs::write(folder.join("names"), "subjectAltName = DNS:app.example\n").unwrap();
    openssl(
        folder,
        "x509 -req -in app.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile names -days 2 -out app.crt",
    );
    let certificate = CertificateDer::from_pem_file(folder.join("app.crt")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("app.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that does not trust the certificate closes the connection.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            read_request(&mut stream).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";
            stream.write_all(answer).await.unwrap();
            stream.flush().await.unwrap();
        }
    });
    (port, std::fs::read(folder.join("ca.crt")).unwrap())
}

fn trusting(ca_certificates: Option<Vec<u8>>) -> Result<HttpOutbound, InvalidOutboundSettings> {
    let settings = OutboundSettings {
        ca_certificates,
        ..open_settings()
    };
    let answer: &[&str] = &["127.0.0.1"];
    HttpOutbound::with_names(settings, Names::of(&[answer; 2]))
}

#[tokio::test]
async fn configured_certificate_authority_is_trusted() {
    let (port, ca) = server().await;
    let url = format!("https://app.example:{port}/");
    let answer = get(&trusting(Some(ca.clone())).unwrap(), &url)
        .await
        .unwrap();
    assert_eq!(answer.body, b"OK");

    let outcome = get(&trusting(None).unwrap(), &url).await;
    assert!(matches!(outcome, Err(OutboundError::Failed(_))));
    let url = format!("https://other.example:{port}/");
    let outcome = get(&trusting(Some(ca)).unwrap(), &url).await;
    assert!(matches!(outcome, Err(OutboundError::Failed(_))));
}

#[tokio::test]
async fn inspection_reports_end_of_certificate_and_tls_errors() {
    let (port, ca) = server().await;
    let url = format!("https://app.example:{port}/");
    let inspected = trusting(Some(ca))
        .unwrap()
        .inspect(&url)
        .await
        .ok()
        .unwrap();
    assert_eq!((inspected.status, &*inspected.body), (200, &b"OK"[..]));
    assert!(inspected.is_private);
    let end = inspected.certificate_expires_at.unwrap().as_unix_seconds();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    assert!((86_400..=2 * 86_400).contains(&(end - now)), "{end}");

    let refused = trusting(None).unwrap().inspect(&url).await.err();
    let Some(NotInspected::Tls(reason)) = refused else {
        panic!("{refused:?}");
    };
    assert!(reason.contains("certificate"), "{reason}");
}

#[tokio::test]
async fn inspection_reports_date_and_follows_no_redirect() {
    let head = "302 Found\r\nLocation: /other\r\nDate: Sun, 15 Jun 2025 15:06:40 GMT";
    let server = Server::answer(head, "").await;
    let inspected = guarded().inspect(&server.url()).await.ok().unwrap();
    assert_eq!(inspected.status, 302);
    assert_eq!(
        inspected.date.as_deref(),
        Some("Sun, 15 Jun 2025 15:06:40 GMT")
    );
    assert!(inspected.is_private);
    assert_eq!(inspected.certificate_expires_at, None);
    assert_eq!(server.requests().len(), 1);
    let linked = guarded().inspect("http://169.254.169.254/").await;
    let refused = linked.err().unwrap().to_string();
    assert!(refused.contains("169.254.169.254"), "{refused}");
}

#[test]
fn invalid_certificate_authority_is_rejected() {
    for pem in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let outcome = trusting(Some(pem.into()));
        let error = outcome.err();
        assert_eq!(
            error,
            Some(InvalidOutboundSettings::CaCertificates),
            "{pem}"
        );
    }
}
