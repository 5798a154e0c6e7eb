//! An installation as an operator sets it up: folder, master key, environment and commands.

use super::{CALLBACK, Database, EMAIL, ISSUER, PASSWORD, Registered, Server};
use countersign_adapters_jwt::{Codecs, MasterKeys};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Installation in a temporary folder, which is deleted on drop.
pub(crate) struct Installation {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Installation {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// Creates an installation with additional settings: variable names without the prefix, and values.
    pub(crate) fn with(settings: &[(&'static str, &str)]) -> Self {
        let owned = settings
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let own = Self {
            folder: tempfile::tempdir().unwrap(),
            settings: owned.collect(),
        };
        fs::write(own.master_key_file(), own.run(&["keys", "generate-master"])).unwrap();
        own
    }

    /// Creates an installation on a PostgreSQL database, with additional settings.
    pub(crate) fn on(database: &Database, settings: &[(&'static str, &'static str)]) -> Self {
        Self::at(database.url(), settings)
    }

    /// Creates an installation on the store at this URL, with additional settings.
    pub(crate) fn at(url: String, settings: &[(&'static str, &'static str)]) -> Self {
        let mut own = Self::with(settings);
        own.settings.push(("STORE__URL", url));
        own
    }

    /// Returns the URL of the SQLite store.
    pub(crate) fn store_url(&self) -> String {
        format!("sqlite://{}", self.store().display())
    }

    fn master_key_file(&self) -> PathBuf {
        self.folder.path().join("master.key")
    }

    /// Returns the path of the SQLite store.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    /// Returns codecs that seal codes as the server does.
    pub(crate) fn codecs(&self) -> Codecs {
        let text = fs::read_to_string(self.master_key_file()).unwrap();
        Codecs::new(&MasterKeys::parse(&text).unwrap())
    }

    /// Returns a command of this binary with only this environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(&this_version(), arguments)
    }

    /// Returns a command of any binary with only this environment.
    pub(crate) fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("COUNTERSIGN__LISTEN", "127.0.0.1:0")
            .env("COUNTERSIGN__ISSUER", ISSUER)
            // Tests send requests to the address of the server.
            .env("COUNTERSIGN__HOSTS", "*")
            .env("COUNTERSIGN__MASTER_KEY_FILE", self.master_key_file())
            .env("COUNTERSIGN__STORE__URL", self.store_url());
        for (name, value) in &self.settings {
            command.env(format!("COUNTERSIGN__{name}"), value);
        }
        command
    }

    /// Runs a command that must succeed and returns its output.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        succeeded(arguments, &output)
    }

    /// Runs a command that must succeed with `--json` and returns its output.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&printed).unwrap()
    }

    /// Runs a command like [`Self::json`], with the user's password on standard input.
    #[track_caller]
    pub(crate) fn json_with_password(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--password-stdin", "--json"]].concat();
        let mut child = self
            .command(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        writeln!(input, "{PASSWORD}").unwrap();
        drop(input);
        let printed = succeeded(&arguments, &child.wait_with_output().unwrap());
        serde_json::from_str(&printed).unwrap()
    }

    /// Registers a client for authorization codes and refresh tokens.
    #[track_caller]
    pub(crate) fn web_client(&self, more: &[&str]) -> Registered {
        let own = [
            "clients",
            "create",
            "--name=Web",
            "--grant-type=authorization_code,refresh_token",
            "--scope=openid read write",
            "--redirect-uri",
            CALLBACK,
        ];
        self.registered(&[&own, more].concat())
    }

    /// Registers a client for client credentials, with a fast signing algorithm.
    #[track_caller]
    pub(crate) fn machine(&self) -> Registered {
        self.registered(&[
            "clients",
            "create",
            "--name=Machine",
            "--grant-type=client_credentials",
            "--scope=read write",
            "--signing-alg=ES256",
        ])
    }

    /// Registers a client with these arguments.
    #[track_caller]
    pub(crate) fn registered(&self, arguments: &[&str]) -> Registered {
        let record = self.json(arguments);
        Registered {
            id: record["client_id"].as_str().unwrap().to_owned(),
            secret: record["client_secret"].as_str().map(str::to_owned),
        }
    }

    /// Creates the test user and returns the ID.
    #[track_caller]
    pub(crate) fn user(&self) -> String {
        let record = self.json_with_password(&["users", "create", "--email", EMAIL]);
        record["id"].as_str().unwrap().to_owned()
    }

    /// Starts a server and waits until it listens.
    pub(crate) fn start(&self) -> Server {
        Server::start(self.command(&["serve"]))
    }
}

#[track_caller]
fn succeeded(arguments: &[&str], output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Returns the path of the binary under test.
pub(crate) fn this_version() -> PathBuf {
    env!("CARGO_BIN_EXE_countersign").into()
}
