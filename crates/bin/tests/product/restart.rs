//! Restarts, and several servers on one SQLite file.

use crate::support::{Installation, Mint, Registered, assert_signed};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use tokio::task::{JoinSet, spawn_blocking};

#[tokio::test]
async fn codes_tokens_and_keys_survive_restart() {
    let installation = Installation::new();
    installation.user();
    let client = installation.web_client(&[]);

    let server = installation.start();
    let code = server.http.log_in(&client).await;
    let used = server.http.log_in(&client).await;
    let begun = server.http.authorize(&client).await.ok();
    let tokens = server.http.redeem(&client, &used).await.ok();
    let keys = server.http.get("/oauth2/jwks.json").await.ok();
    server.stop();

    let server = installation.start();
    let keys_now = server.http.get("/oauth2/jwks.json").await.ok();
    assert_eq!(keys_now.json(), keys.json());
    assert_signed(&tokens.text("access_token"), &keys_now);
    server.http.redeem(&client, &code).await.ok();
    server.http.confirm(&begun).await.ok();
    let refresh_token = tokens.text("refresh_token");
    server.http.refresh(&client, &refresh_token).await.ok();
    let again = server.http.redeem(&client, &used).await;
    assert_eq!(again.refusal(), (400, "invalid_grant".to_owned()));
}

#[test]
fn sigterm_lets_request_in_progress_finish() {
    let installation = Installation::new();
    let Registered { id, secret } = installation.machine();
    let server = installation.start();
    let secret = secret.unwrap();
    let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let (sent_before, sent_after) = body.split_at(20);

    let mut connection = TcpStream::connect(server.http.address).unwrap();
    // After `100 Continue`, the server has read the head and waits for the body.
    let head = "POST /oauth2/token HTTP/1.1\r\nHost: id.example.org\r\nExpect: 100-continue\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n";
    let length = body.len();
    write!(connection, "{head}Content-Length: {length}\r\n\r\n").unwrap();
    let mut answer = BufReader::new(connection.try_clone().unwrap());
    let mut line = String::new();
    answer.read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    answer.read_line(&mut line).unwrap();

    connection.write_all(sent_before.as_bytes()).unwrap();
    server.terminate();
    server.logged("stopping");
    connection.write_all(sent_after.as_bytes()).unwrap();
    let mut rest = String::new();
    answer.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("HTTP/1.1 200 OK\r\n"), "{rest}");
    assert!(rest.contains("\"access_token\""), "{rest}");
    assert!(rest.contains("\r\nconnection: close\r\n"), "{rest}");
    let status = server.ended();
    assert_eq!(status.code(), Some(0), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_and_commands_share_sqlite_file() {
    let installation = Arc::new(Installation::new());
    // The store file does not exist yet.
    let start = || {
        let installation = installation.clone();
        spawn_blocking(move || installation.start())
    };
    let (one, other) = (start(), start());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    let servers = [&one, &other].map(|server| server.http.clone());
    let keys = servers[0].get("/oauth2/jwks.json").await.ok().json();
    assert_eq!(servers[1].get("/oauth2/jwks.json").await.ok().json(), keys);

    let client = installation.web_client(&["--signing-alg=ES256"]);
    let mint = Mint::new(&installation, &client);
    let chains: JoinSet<()> = (0..4)
        .map(|_| {
            let (servers, client, code) = (servers.clone(), client.clone(), mint.code().1);
            async move {
                let mut tokens = servers[0].redeem(&client, &code).await.ok();
                for turn in 1..40 {
                    let refresh_token = tokens.text("refresh_token");
                    let server = &servers[turn % 2];
                    tokens = server.refresh(&client, &refresh_token).await.ok();
                }
                // Each server sees the writes of the other.
                let replay = servers[1].redeem(&client, &code).await;
                assert_eq!(replay.status, 400);
                let refresh_token = tokens.text("refresh_token");
                let revoked = servers[0].refresh(&client, &refresh_token).await;
                assert_eq!(revoked.status, 400);
            }
        })
        .collect();
    let commands = spawn_blocking(move || {
        for _ in 0..10 {
            let machine = installation.machine();
            installation.run(&["clients", "disable", &machine.id]);
            installation.run(&["clients", "delete", &machine.id]);
        }
    });
    chains.join_all().await;
    commands.await.unwrap();
    one.stop();
    other.stop();
}
