//! The systemd unit as shipped: the keys rotate by the steps of `deploy/README.md`. Without systemd, the test reads the
//! unit and passes the key file on as systemd does.

use crate::support::{EMAIL, PASSWORD, Registered, Server, this_version};
use serde_json::Value;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const UNIT: &str = include_str!("../../../../../deploy/countersign.service");
const CONFIGURATION: &str = include_str!("../../../../../deploy/countersign.toml");
const README: &str = include_str!("../../../../../deploy/README.md");

/// Installation of the unit below a temporary folder.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for folder in [
            "etc/countersign",
            "var/lib/countersign",
            "credentials",
            "bin",
        ] {
            fs::create_dir_all(machine.path(folder)).unwrap();
        }
        let program = machine.path("bin/countersign");
        std::os::unix::fs::symlink(this_version(), program).unwrap();
        let configuration = machine.moved(CONFIGURATION);
        fs::write(
            machine.path("etc/countersign/countersign.toml"),
            configuration,
        )
        .unwrap();
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Moves the absolute paths of a file to the folder.
    fn moved(&self, text: &str) -> String {
        let root = self.0.path().display();
        text.replace("/etc/countersign", &format!("{root}/etc/countersign"))
            .replace(
                "/var/lib/countersign",
                &format!("{root}/var/lib/countersign"),
            )
    }

    /// Returns the values of a directive of the unit.
    fn directives(name: &str) -> Vec<&'static str> {
        let lines = UNIT.lines();
        lines
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .collect()
    }

    /// Starts the server as the unit does.
    fn start(&self) -> Server {
        for credential in Self::directives("LoadCredential") {
            let (name, source) = credential.split_once(':').unwrap();
            let target = self.path("credentials").join(name);
            // The credential of an earlier start is read-only.
            let _ = fs::remove_file(&target);
            fs::copy(self.moved(source), &target).unwrap();
            fs::set_permissions(&target, Permissions::from_mode(0o400)).unwrap();
        }
        let start = self.moved(Self::directives("ExecStart")[0]);
        let mut words = start.split(' ');
        let program = Path::new(words.next().unwrap()).file_name().unwrap();
        assert_eq!(program, "countersign");
        let mut command = Command::new(this_version());
        command
            .args(words)
            .env_clear()
            .env("COUNTERSIGN__LISTEN", "127.0.0.1:0")
            // Tests send requests to the address of the server.
            .env("COUNTERSIGN__HOSTS", "*");
        let credentials = self.path("credentials").display().to_string();
        for variable in Self::directives("Environment") {
            let (name, value) = variable.split_once('=').unwrap();
            command.env(name, value.replace("%d", &credentials));
        }
        Server::start(command)
    }

    /// Runs a line of the README as root does.
    fn shell(&self, line: &str) -> String {
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        let output = Command::new("bash")
            .args(["-euc", &self.moved(line)])
            .env_clear()
            .env("PATH", path)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs lines of the README, with the server in the place of systemd. Returns the server and all output.
    fn follow(&self, lines: &str, mut server: Server) -> (Server, String) {
        let mut told = String::new();
        for line in lines.lines() {
            if line == "systemctl restart countersign" {
                server.stop();
                server = self.start();
            } else {
                told.push_str(&self.shell(line));
            }
        }
        (server, told)
    }

    fn json(&self, arguments: &str) -> Value {
        let config = "--config /etc/countersign/countersign.toml --json";
        let told = self.shell(&format!("countersign {arguments} {config}"));
        serde_json::from_str(&told).unwrap()
    }

    fn user(&self) {
        let mut command = Command::new(this_version());
        command
            .args([
                "users",
                "create",
                "--email",
                EMAIL,
                "--password-stdin",
                "--config",
            ])
            .arg(self.path("etc/countersign/countersign.toml"))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(child.wait().unwrap().success());
    }
}

/// Returns the blocks of commands below a heading of the README.
fn blocks(heading: &str) -> Vec<&'static str> {
    let (_, section) = README.split_once(&format!("## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_rotate_by_steps_of_deploy_readme() {
    let machine = Machine::new();
    let (_, generate) = README.split_once("```sh\n").unwrap();
    machine.shell(generate.split("```").next().unwrap());
    machine.user();
    let create = "clients create --name Web --grant-type authorization_code,refresh_token \
        --scope 'openid read' --redirect-uri https://app.example/callback";
    let record = machine.json(create);
    let text = |name: &str| record[name].as_str().unwrap().to_owned();
    let web = Registered {
        id: text("client_id"),
        secret: Some(text("client_secret")),
    };
    let server = machine.start();
    let tokens = async |server: &Server| {
        let code = server.http.log_in(&web).await;
        server
            .http
            .redeem(&web, &code)
            .await
            .ok()
            .text("refresh_token")
    };
    let (used, unused) = (tokens(&server).await, tokens(&server).await);

    let [replace, remove] = blocks("Rotate the master key")[..] else {
        panic!("{README}");
    };
    let (server, told) = machine.follow(replace, server);
    assert!(
        told.contains("No stored value needs a previous key."),
        "{told}"
    );
    let resealed = server
        .http
        .refresh(&web, &used)
        .await
        .ok()
        .text("refresh_token");
    let (server, _) = machine.follow(remove, server);
    server.http.refresh(&web, &resealed).await.ok();
    // `keys check-master` says how long such a token needs the old key.
    let refused = server.http.refresh(&web, &unused).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".to_owned()));

    let keys = async |server: &Server| {
        let set = server.http.get("/oauth2/jwks.json").await.ok().json();
        set["keys"].as_array().unwrap().len()
    };
    assert_eq!(keys(&server).await, 1);
    let [rotate] = blocks("Rotate the signing keys")[..] else {
        panic!("{README}");
    };
    let (server, _) = machine.follow(rotate, server);
    crate::support::within(std::time::Duration::from_secs(5), "new key", async || {
        keys(&server).await == 2
    })
    .await;
    server.stop();
}

#[test]
fn shipped_configuration_and_unit_are_valid() {
    let machine = Machine::new();
    let (_, generate) = README.split_once("```sh\n").unwrap();
    machine.shell(generate.split("```").next().unwrap());
    let check = "countersign config check --config /etc/countersign/countersign.toml";
    assert!(machine.shell(check).contains("valid"));
    // The user of the unit may not write to /etc.
    assert!(UNIT.contains("StateDirectory=countersign"));
    let unit = UNIT.replace(
        "/usr/local/bin/countersign",
        this_version().to_str().unwrap(),
    );
    let file = machine.path("countersign.service");
    fs::write(&file, unit).unwrap();
    // Not every machine has systemd.
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&file)
        .output();
    if let Ok(verified) = verified {
        let told = String::from_utf8_lossy(&verified.stderr);
        assert!(verified.status.success(), "{told}");
        assert!(!told.contains("countersign.service"), "{told}");
    }
}
