//! Where a server sends the events of the audit log.

use reqwest::Url;
use std::path::PathBuf;

/// Where a server sends the events of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Standard output.
    Stdout,
    /// Syslog (RFC 5424).
    Syslog(SyslogAddress),
    /// Collector of OpenTelemetry: URL of its logs, over HTTP.
    Otlp(Url),
}

/// Address of a syslog receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SyslogAddress {
    /// Local socket.
    Socket(PathBuf),
    /// Host and port, over UDP (RFC 5426).
    Udp(String, u16),
    /// Host and port, over TCP (RFC 6587 section 3.4.1).
    Tcp(String, u16),
}

impl Destination {
    /// Parses a value of `audit.forward`, except `off`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "stdout" {
            return Some(Self::Stdout);
        }
        if let Some(otlp) = text.strip_prefix("otlp+") {
            let mut url = Url::parse(otlp).ok()?;
            let has_user = !url.username().is_empty() || url.password().is_some();
            if !matches!(url.scheme(), "http" | "https") || has_user || url.query().is_some() {
                return None;
            }
            if url.path() == "/" {
                url.set_path("/v1/logs");
            }
            return Some(Self::Otlp(url));
        }
        let url = Url::parse(text).ok()?;
        let address = match url.scheme() {
            "syslog" if url.host_str().is_none_or(str::is_empty) && url.path().len() > 1 => {
                SyslogAddress::Socket(url.path().into())
            }
            "syslog+udp" => {
                SyslogAddress::Udp(url.host_str()?.to_owned(), url.port().unwrap_or(514))
            }
            "syslog+tcp" => {
                SyslogAddress::Tcp(url.host_str()?.to_owned(), url.port().unwrap_or(601))
            }
            _ => return None,
        };
        Some(Self::Syslog(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destination_is_stdout_syslog_or_otlp() {
        let socket = SyslogAddress::Socket("/dev/log".into());
        let udp = SyslogAddress::Udp("logs.example".into(), 514);
        let tcp = SyslogAddress::Tcp("[::1]".into(), 1601);
        let url = |text| Url::parse(text).unwrap();
        for (text, expected) in [
            ("stdout", Destination::Stdout),
            ("syslog:///dev/log", Destination::Syslog(socket)),
            ("syslog+udp://logs.example", Destination::Syslog(udp)),
            ("syslog+tcp://[::1]:1601", Destination::Syslog(tcp)),
            (
                "otlp+http://127.0.0.1:4318",
                Destination::Otlp(url("http://127.0.0.1:4318/v1/logs")),
            ),
            (
                "otlp+https://otel.example/x",
                Destination::Otlp(url("https://otel.example/x")),
            ),
        ] {
            assert_eq!(Destination::parse(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "syslog",
            "syslog://",
            "syslog+udp://",
            "http://127.0.0.1:4318",
            "otlp+ftp://x",
            "otlp+https://user:password@otel.example",
        ] {
            assert_eq!(Destination::parse(text), None, "{text}");
        }
    }
}
