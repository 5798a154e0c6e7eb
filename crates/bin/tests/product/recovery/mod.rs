//! Backup and restore with the commands of `docs/operations.md`.

use crate::support::{Answer, Installation, Registered, Server};
use countersign_store_contract::postgres::Cluster;
use std::process::Command;

/// Returns the commands below a heading of the page.
fn documented(heading: &str) -> String {
    let page = include_str!("../../../../../docs/operations.md");
    let (_, section) = page.split_once(&format!("\n### {heading}\n")).unwrap();
    let section = section.split("\n#").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with("    "));
    lines.collect::<Vec<_>>().join("\n")
}

/// Runs commands in a shell, with these replacements. The caller stops and starts the server.
fn run(commands: &str, replaced: &[(&str, &str)]) {
    let mut script = "systemctl() { :; }\n".to_owned() + commands;
    for (from, to) in replaced {
        assert!(script.contains(from), "{from}: {script}");
        script = script.replace(from, to);
    }
    let output = Command::new("bash")
        .args(["-euc", &script])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {told}");
}

/// State of an installation at the time of a backup.
struct Before {
    server: Server,
    web: Registered,
    machine: Registered,
    tokens: Answer,
    /// Code that is redeemed after the backup.
    code: String,
    keys: Answer,
}

impl Before {
    async fn new(installation: &Installation) -> Self {
        installation.user();
        let web = installation.web_client(&[]);
        let machine = installation.machine();
        let server = installation.start();
        let code = server.http.log_in(&web).await;
        let tokens = server.http.redeem(&web, &code).await.ok();
        let code = server.http.log_in(&web).await;
        let keys = server.http.get("/oauth2/jwks.json").await.ok();
        Self {
            server,
            web,
            machine,
            tokens,
            code,
            keys,
        }
    }

    /// Makes changes after the backup, restores it, and checks what the page says.
    async fn change_and_restore(self, installation: &Installation, restore: impl FnOnce()) {
        let (web, http) = (&self.web, &self.server.http);
        let first = self.tokens.text("refresh_token");
        let rotated = http.refresh(web, &first).await.ok();
        let lost = http.redeem(web, &self.code).await.ok();
        installation.run(&["clients", "disable", &self.machine.id]);
        installation.run(&["keys", "rotate"]);
        self.server.stop();
        restore();

        let server = installation.start();
        let http = &server.http;
        let keys = http.get("/oauth2/jwks.json").await.ok();
        assert_eq!(keys.json(), self.keys.json());
        let active = async |tokens: &Answer| {
            let token = tokens.text("access_token");
            http.introspect(web, &token).await.ok().json()["active"].clone()
        };
        assert_eq!(active(&self.tokens).await, true);
        assert_eq!(active(&lost).await, false);
        let refresh_token = rotated.text("refresh_token");
        http.refresh(web, &refresh_token).await.ok();
        let refused = http.refresh(web, &lost.text("refresh_token")).await;
        assert_eq!(refused.refusal(), (400, "invalid_grant".to_owned()));
        http.redeem(web, &self.code).await.ok();
        http.client_credentials(&self.machine).await.ok();
        server.stop();
        let verified = installation.json(&["audit", "verify"]);
        assert_eq!(verified["findings"], serde_json::json!([]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_restore_behaves_as_documented() {
    let installation = Installation::new();
    let folder = tempfile::tempdir().unwrap();
    let replaced = [
        ("/var/lib/countersign/countersign.db", installation.store()),
        ("/backup", folder.path().to_owned()),
    ];
    let replaced = replaced
        .each_ref()
        .map(|(from, to)| (*from, to.to_str().unwrap()));
    let before = Before::new(&installation).await;
    run(&documented("SQLite backup"), &replaced);
    let restore = || run(&documented("SQLite restore"), &replaced);
    before.change_and_restore(&installation, restore).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_restore_behaves_as_documented() {
    let cluster = Cluster::start("", &[]);
    let installation = Installation::at(cluster.url(), &[]);
    let folder = tempfile::tempdir().unwrap();
    let url = cluster.url();
    let replaced = [
        ("postgres://countersign@db.example.org/countersign", &*url),
        ("/backup", folder.path().to_str().unwrap()),
    ];
    let before = Before::new(&installation).await;
    run(&documented("PostgreSQL backup"), &replaced);
    let restore = || run(&documented("PostgreSQL restore"), &replaced);
    before.change_and_restore(&installation, restore).await;
}
