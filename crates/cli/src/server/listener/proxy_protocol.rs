//! PROXY protocol, versions 1 and 2: a proxy names the client before the first request of a connection.

use ppp::{HeaderResult, PartialResult as _, v1, v2};
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Maximum length of a header in bytes. Version 1 has at most 107; version 2 may have extensions.
const LONGEST: usize = 1024;

/// Delay between two looks at an incomplete header, which is rare: proxies send it in one packet.
const PAUSE: Duration = Duration::from_millis(5);

/// Reads the header of a connection and returns the address of its client. Returns `None` if the proxy itself opened
/// the connection, such as for a health check. Does not time out.
pub(super) async fn client_of(stream: &mut TcpStream) -> io::Result<Option<IpAddr>> {
    let mut seen = [0; LONGEST];
    loop {
        let length = stream.peek(&mut seen).await?;
        let seen = seen.get(..length).unwrap_or_default();
        if seen.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let header = HeaderResult::parse(seen);
        if header.is_incomplete() && length < LONGEST {
            sleep(PAUSE).await;
            continue;
        }
        let (length, client) = match header {
            HeaderResult::V1(Ok(header)) => (header.header.len(), of_version_1(&header.addresses)),
            HeaderResult::V2(Ok(header)) => (header.len(), of_version_2(&header)),
            _ => return Err(ErrorKind::InvalidData.into()),
        };
        let mut read = vec![0; length];
        stream.read_exact(&mut read).await?;
        return Ok(client);
    }
}

const fn of_version_1(addresses: &v1::Addresses) -> Option<IpAddr> {
    match addresses {
        v1::Addresses::Tcp4(addresses) => Some(IpAddr::V4(addresses.source_address)),
        v1::Addresses::Tcp6(addresses) => Some(IpAddr::V6(addresses.source_address)),
        v1::Addresses::Unknown => None,
    }
}

fn of_version_2(header: &v2::Header<'_>) -> Option<IpAddr> {
    if header.command == v2::Command::Local {
        return None;
    }
    match header.addresses {
        v2::Addresses::IPv4(addresses) => Some(IpAddr::V4(addresses.source_address)),
        v2::Addresses::IPv6(addresses) => Some(IpAddr::V6(addresses.source_address)),
        v2::Addresses::Unspecified | v2::Addresses::Unix(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    /// Sends these packets, then `rest`. Returns the client address and what is left to read.
    async fn received(packets: &[&[u8]]) -> io::Result<(Option<String>, String)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut proxy = TcpStream::connect(listener.local_addr()?).await?;
        proxy.set_nodelay(true)?;
        let (mut stream, _) = listener.accept().await?;
        let proxied = async {
            for packet in packets {
                proxy.write_all(packet).await?;
                sleep(PAUSE * 2).await;
            }
            proxy.shutdown().await
        };
        let (client, sent) = tokio::join!(client_of(&mut stream), proxied);
        sent?;
        let mut left = String::new();
        stream.read_to_string(&mut left).await?;
        Ok((client?.map(|address| address.to_string()), left))
    }

    #[tokio::test]
    async fn both_versions_name_the_client_and_leave_the_request() {
        let ipv4 =
            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\x0a\0\0\x01\x12\x67\0\x50GET /";
        let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0GET /";
        for (packets, expected) in [
            (
                &[&b"PROXY TCP4 192.0.2.7 10.0.0.1 4711 80\r\nGET /"[..]][..],
                Some("192.0.2.7"),
            ),
            (
                &[&b"PROXY TCP4 192.0.2.7 10."[..], b"0.0.1 4711 80\r\nGET /"],
                Some("192.0.2.7"),
            ),
            (
                &[&b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\nGET /"[..]],
                Some("2001:db8::7"),
            ),
            (&[&b"PROXY UNKNOWN\r\nGET /"[..]], None),
            (&[&ipv4[..]], Some("192.0.2.7")),
            (&[&ipv4[..7], &ipv4[7..]], Some("192.0.2.7")),
            (&[&local[..]], None),
        ] {
            let (client, left) = received(packets).await.unwrap();
            assert_eq!(
                (client.as_deref(), &*left),
                (expected, "GET /"),
                "{packets:?}"
            );
        }
    }

    #[tokio::test]
    async fn connection_without_header_is_rejected() {
        for packet in [
            &b"GET / HTTP/1.1\r\nHost: id.example.org\r\n\r\n"[..],
            b"PROXY TCP4 nowhere 10.0.0.1 1 2\r\n",
            b"",
        ] {
            assert!(received(&[packet]).await.is_err(), "{packet:?}");
        }
    }
}
