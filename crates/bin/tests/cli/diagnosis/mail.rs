//! `countersign mail test`.

use crate::place::Place;
use std::fs;
use std::net::TcpListener;

const TEST: &[&str] = &["mail", "test", "jane@example.org"];

/// Returns a place with this mail server.
pub(super) fn with_mail(url: &str) -> Place {
    let mut place = Place::new();
    place.set("COUNTERSIGN__MAIL__URL", url);
    place.set("COUNTERSIGN__MAIL__FROM", "id@example.org");
    place
}

#[test]
fn test_mail_is_sent_with_the_name_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut place = with_mail(&format!("file://{}", folder.path().display()));
    place.set("COUNTERSIGN__PAGES__NAME", "Notes");
    let run = place.run(TEST);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout.contains("jane@example.org was accepted"),
        "{run:?}"
    );
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1);
    let file = files[0].as_ref().unwrap().path();
    assert!(run.stdout.contains(file.to_str().unwrap()), "{run:?}");
    let text = fs::read_to_string(file).unwrap();
    for part in [
        "To: jane@example.org",
        "Test message from Notes",
        "of Notes",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn failed_test_mail_names_the_reason_and_the_setting() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let place = with_mail(&format!("smtp://127.0.0.1:{port}?tls=none"));
    let (code, message) = place.fails(TEST);
    assert_eq!(code, 1, "{message}");
    assert!(message.contains("refused"), "{message}");
    assert!(message.contains("`mail.url`"), "{message}");

    let (code, message) = Place::new().fails(TEST);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("`mail.url` is not set"), "{message}");
    let invalid = place.fails(&["mail", "test", "jane"]);
    assert_eq!(invalid.0, 2, "{invalid:?}");
}
