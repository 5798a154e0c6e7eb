use super::smtp_server::SmtpServer;
use super::*;
use base64ct::{Base64, Encoding as _};
use countersign_domain::user::Email;
use countersign_ports::Letter;
use std::fs;

const FROM: &str = "Example <no-reply@example.org>";
const QUICK: Limits = Limits {
    pauses: &[Duration::from_millis(1), Duration::from_millis(2)],
    ..LIMITS
};
const LONG: Duration = Duration::from_secs(60);

fn message() -> Message {
    Message {
        recipient: Email::parse("ada@example.com").unwrap(),
        letter: letter(),
        is_withheld: false,
    }
}

fn letter() -> Letter {
    Letter {
        from: None,
        subject: "Ihr Code für die Anmeldung".into(),
        text: "Your code is 123456.\n".into(),
        html: "<p>Your code is <b>123456</b>.</p>\n".into(),
    }
}

/// Sends a message and waits until it is delivered or dropped.
async fn deliver(url: &str, message: Message) {
    let mailer = SystemMailer::within(QUICK, url, FROM).unwrap();
    mailer.send(message);
    mailer.close(LONG).await;
}

#[track_caller]
fn assert_line(lines: &[String], line: &str) {
    assert!(
        lines.iter().any(|other| other == line),
        "{line}: {lines:#?}"
    );
}

#[tokio::test]
async fn message_reaches_mail_server() {
    let (server, port) = SmtpServer::start(&[]).await;
    deliver(&format!("smtp://127.0.0.1:{port}?tls=none"), message()).await;
    let lines = server.lines();
    assert_line(&lines, "EHLO example.org");
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("MAIL FROM:<no-reply@example.org>"))
    );
    assert_line(&lines, "RCPT TO:<ada@example.com>");
    assert_line(&lines, "From: Example <no-reply@example.org>");
    assert_line(&lines, "To: ada@example.com");
    assert_line(&lines, "Auto-Submitted: auto-generated");
    // The last part is the one that the sender prefers (RFC 2046 section 5.1.4).
    let types = lines
        .iter()
        .filter(|line| line.starts_with("Content-Type: "));
    let types: Vec<_> = types
        .map(|line| line["Content-Type: ".len()..].split(';').next())
        .collect();
    assert_eq!(
        types,
        ["multipart/alternative", "text/plain", "text/html"].map(Some),
    );
    assert_line(&lines, "Your code is 123456.");
    assert_line(&lines, "<p>Your code is <b>123456</b>.</p>");
    assert_eq!(server.count("Subject: Ihr Code"), 1);
    assert_eq!(server.count("Date: "), 1);
    assert_eq!(server.count("AUTH"), 0);
}

#[tokio::test]
async fn user_and_password_are_sent() {
    let (server, port) = SmtpServer::start(&[]).await;
    deliver(
        &format!("smtp://mail%40id:p%3Aw@127.0.0.1:{port}?tls=none"),
        message(),
    )
    .await;
    let proof = Base64::encode_string(b"\0mail@id\0p:w");
    assert_line(&server.lines(), &format!("AUTH PLAIN {proof}"));
    assert_line(&server.lines(), "Your code is 123456.");
}

/// A man-in-the-middle could remove STARTTLS from the reply to EHLO.
#[tokio::test]
async fn nothing_is_sent_to_server_without_tls() {
    let (server, port) = SmtpServer::start(&[]).await;
    deliver(&format!("smtp://user:password@127.0.0.1:{port}"), message()).await;
    assert_eq!(server.count("EHLO"), 3);
    assert_eq!(
        server.count("AUTH") + server.count("MAIL") + server.count("RCPT"),
        0
    );
}

#[tokio::test]
async fn deferred_message_is_retried_with_same_id() {
    let (server, port) = SmtpServer::start(&["451 Later", "421 Later"]).await;
    deliver(&format!("smtp://127.0.0.1:{port}?tls=none"), message()).await;
    let lines = server.lines();
    let ids = lines.iter().filter(|line| line.starts_with("Message-ID: "));
    let mut ids: Vec<_> = ids.collect();
    assert_eq!(ids.len(), 3);
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn rejected_message_is_not_retried() {
    let (server, port) = SmtpServer::start(&["550 No such user"]).await;
    deliver(&format!("smtp://127.0.0.1:{port}?tls=none"), message()).await;
    assert_eq!(server.count("Message-ID: "), 1);
}

#[tokio::test]
async fn line_break_in_subject_adds_no_header() {
    let (server, port) = SmtpServer::start(&[]).await;
    let subject = "Hello\r\nBcc: eve@example.com".into();
    let letter = Letter {
        subject,
        ..letter()
    };
    let two_lines = Message {
        letter,
        ..message()
    };
    deliver(&format!("smtp://127.0.0.1:{port}?tls=none"), two_lines).await;
    assert_eq!(server.count("Bcc"), 0);
    assert_eq!(server.count("RCPT"), 1);
}

#[tokio::test]
async fn line_with_single_dot_does_not_end_message() {
    let (server, port) = SmtpServer::start(&[]).await;
    let text = "before\r\n.\r\nMAIL FROM:<eve@example.com>\r\n".into();
    let letter = Letter { text, ..letter() };
    let dotted = Message {
        letter,
        ..message()
    };
    deliver(&format!("smtp://127.0.0.1:{port}?tls=none"), dotted).await;
    assert_line(&server.lines(), "..");
    assert_eq!(server.count("Message-ID: "), 1);
}

#[tokio::test]
async fn withheld_message_is_not_delivered() {
    let (server, port) = SmtpServer::start(&[]).await;
    let withheld = Message {
        is_withheld: true,
        ..message()
    };
    deliver(&format!("smtp://127.0.0.1:{port}?tls=none"), withheld).await;
    assert_eq!(server.lines(), [""; 0]);
}

#[tokio::test]
async fn file_url_writes_mail_to_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail");
    let url = url::Url::from_directory_path(&path).unwrap();
    let mailer = SystemMailer::new(url.as_str(), FROM).unwrap();
    mailer.send(message());
    mailer.send(message());
    mailer.close(LONG).await;
    let files: Vec<_> = fs::read_dir(&path).unwrap().collect();
    assert_eq!(files.len(), 2);
    for file in files {
        let file = file.unwrap().path();
        assert_eq!(file.extension().unwrap(), "eml");
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains("To: ada@example.com\r\n"), "{text}");
        assert!(text.contains("Your code is 123456."), "{text}");
    }
}

#[tokio::test]
async fn invalid_settings_are_rejected_without_showing_secrets() {
    for (url, reason) in [
        ("", "it must be"),
        ("mail.example.org", "it must be"),
        ("https://mail.example.org", "it must be"),
        ("smtp://", "it must be"),
        ("smtp:mail.example.org", "it must be"),
        ("smtp://mail.example.org/path", "it must be"),
        ("smtp://mail.example.org?tls=opportunistic", "it must be"),
        ("smtp://mail.example.org?tls=none&x=y", "it must be"),
        ("smtps://mail.example.org?tls=none", "it must be"),
        ("file://elsewhere/folder", "it must be"),
        ("smtps://user@mail.example.org", "without a password"),
        ("smtps://:secret@mail.example.org", "without a password"),
        (
            "smtp://user:secret@mail.example.org?tls=none",
            "without TLS",
        ),
        ("smtp://user:secret@192.0.2.1?tls=none", "without TLS"),
        ("smtp://[::1]?tls=none", "it must be"),
    ] {
        let error = SystemMailer::new(url, FROM).err().expect(url).to_string();
        assert!(
            error.contains(reason) && !error.contains("secret"),
            "{url}: {error}"
        );
    }
    for from in ["", "example.org", "a@example.org, b@example.org"] {
        let error = SystemMailer::new("smtps://mail.example.org", from).err();
        assert!(matches!(error, Some(InvalidMailSettings::From)), "{from}");
    }
}

#[tokio::test]
async fn check_logs_in_and_sends_nothing() {
    let (server, port) = SmtpServer::start(&[]).await;
    let url = format!("smtp://user:password@127.0.0.1:{port}?tls=none");
    let mailer = SystemMailer::new(&url, FROM).unwrap();
    mailer.check().await.unwrap();
    assert_eq!(server.count("AUTH"), 1);
    assert_eq!(server.count("MAIL") + server.count("DATA"), 0);

    // Without STARTTLS, there is no login.
    let url = format!("smtp://user:password@127.0.0.1:{port}");
    let refused = SystemMailer::new(&url, FROM).unwrap().check().await;
    assert!(refused.unwrap_err().to_string().contains("STARTTLS"));
    assert!(SystemMailer::none().check().await.is_err());
}

#[tokio::test]
async fn message_sent_now_reports_the_reply() {
    let (server, port) = SmtpServer::start(&["250 Queued as 7", "451 Later"]).await;
    let url = format!("smtp://127.0.0.1:{port}?tls=none");
    let mailer = SystemMailer::new(&url, FROM).unwrap();
    let reply = mailer.send_now(&message()).await.unwrap();
    assert_eq!(reply, "250 Queued as 7");
    let refused = mailer.send_now(&message()).await.unwrap_err();
    assert!(refused.to_string().contains("Later"), "{refused}");
    assert_eq!(server.count("Message-ID: "), 2);
}

#[tokio::test]
async fn password_without_tls_is_allowed_to_loopback() {
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("smtp://user:secret@{host}:2525?tls=none");
        assert!(SystemMailer::new(&url, FROM).is_ok(), "{url}");
    }
}
