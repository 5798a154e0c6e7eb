//! `countersign explain`.

use crate::place::{Place, Running};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// Sends a token request of an unknown client, and returns its request ID.
pub(crate) fn refused(server: &Running) -> String {
    let token = format!("{}/oauth2/token", server.url);
    let fields = [
        "-d",
        "grant_type=client_credentials",
        "-d",
        "client_id=unknown",
    ];
    let answer = Command::new("curl")
        .args(["-sS", "-D", "-", "-o", "/dev/null"])
        .args(fields)
        .arg(token)
        .output()
        .unwrap();
    let head = String::from_utf8(answer.stdout).unwrap();
    let id = head
        .lines()
        .find_map(|line| line.strip_prefix("request-id: "));
    id.unwrap_or_else(|| panic!("{head}")).trim().to_owned()
}

#[test]
fn refused_request_is_explained_on_command_line() {
    let place = Place::new();
    let server = Running::start(&mut place.command(&["serve"]));
    let id = refused(&server);
    let mut run = place.run(&["explain", &id]);
    for _ in 0..50 {
        if run.code == 0 {
            break;
        }
        assert_eq!(run.code, 3, "{run:?}");
        sleep(Duration::from_millis(100));
        run = place.run(&["explain", &id]);
    }
    for words in [
        "client_unknown",
        "passed  credentials_readable",
        "failed  client_known",
        "client_credentials",
        "countersign clients list",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let explained = place.json(&["explain", &id.to_uppercase()]);
    assert_eq!(explained["evidence"], "unknown");
    let (code, message) = place.fails(&["explain", "1234"]);
    assert_eq!(code, 3);
    assert!(message.contains("not a request ID"), "{message}");
}
