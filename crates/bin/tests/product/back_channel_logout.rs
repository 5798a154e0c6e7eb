//! Commands that end sessions, and their logout notifications to clients.

use crate::support::{
    Http, Installation, Registered, Visitor, assert_signed, authorization_of, parameter,
};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Back-channel logout endpoint of a client, and the logout tokens it receives.
struct Notified {
    address: String,
    tokens: Receiver<String>,
}

impl Notified {
    fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/logout", listener.local_addr().unwrap());
        let (sender, tokens) = channel();
        thread::spawn(move || {
            for mut connection in listener.incoming().map_while(Result::ok) {
                let mut request = Vec::new();
                let mut buffer = [0; 4096];
                while !request.windows(13).any(|part| part == b"logout_token=") {
                    let length = connection.read(&mut buffer).unwrap();
                    request.extend_from_slice(&buffer[..length]);
                }
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                connection.write_all(answer).unwrap();
                let request = String::from_utf8(request).unwrap();
                let (_, token) = request.split_once("logout_token=").unwrap();
                // The test may have ended.
                let _ = sender.send(token.to_owned());
            }
        });
        Self { address, tokens }
    }
}

/// Signs in with a new browser and redeems the code.
async fn sign_in(http: &Http, client: &Registered) {
    let mut visitor = Visitor::of(http);
    let page = visitor.go(&authorization_of(client)).await.page();
    let answer = visitor.log_in_again(&page).await.elsewhere();
    let code = parameter(&answer, "code");
    http.redeem(client, &code).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disabling_user_or_setting_password_notifies_clients() {
    let settings = [("OUTBOUND__PRIVATE_NETWORKS", "back_channel_logout")];
    let installation = Installation::with(&settings);
    let user = installation.user();
    let notified = Notified::listen();
    let uri = notified.address.as_str();
    let client = installation.web_client(&["--first-party", "--backchannel-logout-uri", uri]);
    let server = installation.start();
    let keys = server.http.get("/oauth2/jwks.json").await.ok();
    let disable = || installation.json(&["users", "disable", &user]);
    let set_password = || installation.json_with_password(&["users", "set-password", &user]);
    let commands: [&dyn Fn() -> Value; 2] = [&disable, &set_password];
    for command in commands {
        sign_in(&server.http, &client).await;
        let record = command();
        assert_eq!(record["logout_notifications"], 1, "{record}");
        assert_eq!(record["revoked_grants"], 1, "{record}");
        // The command has waited for the delivery.
        let token = notified.tokens.recv_timeout(Duration::from_secs(1));
        assert_signed(&token.unwrap(), &keys);
        installation.run(&["users", "enable", &user]);
    }
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_in_private_network_is_not_notified_unless_allowed() {
    let installation = Installation::new();
    let user = installation.user();
    let notified = Notified::listen();
    let uri = notified.address.as_str();
    let client = installation.web_client(&["--first-party", "--backchannel-logout-uri", uri]);
    let server = installation.start();
    sign_in(&server.http, &client).await;
    let command = ["users", "disable", &user];
    let output = installation.command(&command).output().unwrap();
    assert!(output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("outbound.private_networks"), "{log}");
    assert!(notified.tokens.try_recv().is_err());
    server.stop();
}
