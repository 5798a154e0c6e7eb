//! `countersign dev`: its files, output and pages.

use crate::place::{Place, Running};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

/// Starts a server. Returns it with its banner.
fn start(place: &Place, more: &[&str]) -> (Running, String) {
    let arguments = [&["dev", "--listen", "127.0.0.1:0"], more].concat();
    let mut running = Running::start(place.command(&arguments).stdout(Stdio::piped()));
    let mut lines = BufReader::new(running.stdout()).lines().map(Result::unwrap);
    let mut banner = String::new();
    // The banner ends with an empty line after the third group.
    for line in lines.by_ref() {
        let is_end = line.is_empty() && banner.contains("\n# 3. ");
        banner.push_str(&line);
        banner.push('\n');
        if is_end {
            break;
        }
    }
    (running, banner)
}

fn facts(place: &Place) -> Value {
    let text = fs::read_to_string(place.path().join(".countersign/dev.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Runs the printed commands in bash, all three groups at once.
fn paste(banner: &str) -> Vec<Value> {
    let commands = &banner[banner.find("# 1. ").unwrap()..];
    let output = Command::new("bash")
        .args(["-euc", commands])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect()
}

#[test]
fn printed_commands_get_tokens_with_all_three_grants() {
    let place = Place::new();
    let (server, banner) = start(&place, &[]);
    assert!(banner.contains("http://localhost:"), "{banner}");
    let answers = paste(&banner);
    assert_eq!(answers.len(), 5, "{answers:#?}");
    for answer in &answers {
        assert_eq!(answer["token_type"], "Bearer", "{answer}");
        assert!(answer["access_token"].is_string(), "{answer}");
    }
    for answer in &answers[2..] {
        assert!(answer["refresh_token"].is_string(), "{answer}");
    }
    assert_eq!(server.stop(), 0);
}

#[test]
fn second_run_reuses_data() {
    let place = Place::new();
    let (server, _) = start(&place, &[]);
    let made = facts(&place);
    server.stop();
    let (_server, banner) = start(&place, &[]);
    assert_eq!(facts(&place), made);
    assert!(banner.contains(made["machine"]["client_secret"].as_str().unwrap()));
    assert_eq!(paste(&banner).len(), 5);
}

#[test]
fn deleted_dev_json_is_recreated_and_matches_store() {
    let place = Place::new();
    let (server, _) = start(&place, &[]);
    server.stop();
    let file = place.path().join(".countersign/dev.json");
    fs::remove_file(&file).unwrap();
    let (server, banner) = start(&place, &[]);
    assert_eq!(paste(&banner).len(), 5);
    server.stop();
    fs::write(&file, "{}").unwrap();
    let (code, message) = place.fails(&["dev", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1);
    assert!(message.contains("remove it"), "{message}");
}

#[test]
fn other_commands_can_use_dev_configuration() {
    let place = Place::new();
    let (_server, banner) = start(&place, &["--data", "data"]);
    assert!(banner.contains("data/countersign.toml"), "{banner}");
    let mut beside = Command::new(env!("CARGO_BIN_EXE_countersign"));
    beside.args(["clients", "list", "--config", "data/countersign.toml"]);
    let output = beside.current_dir(place.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for client in ["demo-web", "demo-app", "demo-machine"] {
        assert!(text.contains(client), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn secret_files_are_accessible_by_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let (_server, _) = start(&place, &[]);
    let mode = |name: &str| {
        let path = place.path().join(".countersign").join(name);
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(""), 0o700);
    for file in ["master.key", "dev.json", "countersign.db"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}

#[test]
fn ephemeral_server_removes_its_folder() {
    let place = Place::new();
    let (server, banner) = start(&place, &["--ephemeral"]);
    let folder = banner.split_once("--config '").unwrap().1;
    let folder = Path::new(folder.split_once("/countersign.toml").unwrap().0).to_owned();
    assert!(folder.is_dir());
    assert_eq!(server.stop(), 0);
    assert!(!folder.exists());
    assert!(!place.path().join(".countersign").exists());
}

#[tokio::test]
async fn start_page_matches_banner_and_has_no_script() {
    let place = Place::new();
    let (server, banner) = start(&place, &[]);
    let answer = reqwest::get(format!("{}/", server.url)).await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("content-security-policy").starts_with("default-src 'none'"));
    let page = answer.text().await.unwrap();
    let plain = page
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&");
    for group in banner.split("\n# ").skip(1) {
        let (_, commands) = group.split_once('\n').unwrap();
        assert!(plain.contains(commands.trim()), "{commands}");
    }
    assert!(!page.contains("<script"));
}

#[tokio::test]
async fn start_page_is_served_to_loopback_hosts_only() {
    let place = Place::new();
    let (server, _) = start(&place, &[]);
    let made = facts(&place);
    let secret = made["machine"]["client_secret"].as_str().unwrap();
    let page = async |host: &str| {
        let request = reqwest::Client::new().get(format!("{}/", server.url));
        let answer = request.header("host", host).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    for own in [
        "localhost",
        "LOCALHOST:8080",
        "127.0.0.1:8080",
        "127.1.2.3",
        "[::1]",
        "[::1]:8080",
    ] {
        let (status, text) = page(own).await;
        assert_eq!(status, 200, "{own}");
        assert!(text.contains(secret), "{own}");
    }
    for other in [
        "rebound.example",
        "localhost.example:8080",
        "127.0.0.1.example",
        "192.0.2.1",
        "[2001:db8::1]:8080",
    ] {
        let (status, text) = page(other).await;
        assert_eq!(status, 403, "{other}");
        assert!(text.contains("localhost"), "{text}");
        assert!(!text.contains(secret), "{other}");
    }
    let (status, text) = page("localhost@rebound.example").await;
    assert_eq!(status, 400);
    assert!(!text.contains(secret), "{text}");
}

#[test]
fn dev_on_used_address_fails_and_suggests_listen_option() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, message) = place.fails(&["dev", "--listen", &address]);
    assert_eq!(code, 1);
    assert!(
        message.contains(&address) && message.contains("--listen"),
        "{message}"
    );
    assert!(!place.path().join(".countersign").exists());
}

#[test]
fn second_server_in_the_same_folder_is_refused() {
    let place = Place::new();
    let (server, _) = start(&place, &[]);
    let other = ["dev", "--listen", "127.0.0.1:0"];
    let (code, message) = place.fails(&other);
    assert_eq!(code, 1);
    assert!(message.contains("Another `countersign dev`"), "{message}");
    assert!(message.contains("--data"), "{message}");
    let (elsewhere, _) = start(&place, &["--data", "other"]);
    assert_eq!(elsewhere.stop(), 0);
    assert_eq!(server.stop(), 0);
    let (again, _) = start(&place, &[]);
    assert_eq!(again.stop(), 0);
}

#[test]
fn dev_rejects_external_address() {
    let (code, message) = Place::new().fails(&["dev", "--listen", "192.0.2.1:80"]);
    assert_eq!(code, 2);
    assert!(message.contains("this machine"), "{message}");
}

#[cfg(unix)]
#[test]
fn link_in_data_folder_is_not_followed() {
    let place = Place::new();
    let (folder, victim) = (place.path().join("data"), place.path().join("victim"));
    fs::create_dir(&folder).unwrap();
    fs::write(&victim, "keep").unwrap();
    for name in ["lock", "countersign.toml"] {
        std::os::unix::fs::symlink(&victim, folder.join(name)).unwrap();
        let dev = ["dev", "--data", "data", "--listen", "127.0.0.1:0"];
        let (code, message) = place.fails(&dev);
        assert_eq!(code, 1, "{message}");
        assert!(message.contains(&format!("{name} is a link")), "{message}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "keep");
        fs::remove_file(folder.join(name)).unwrap();
    }
}
