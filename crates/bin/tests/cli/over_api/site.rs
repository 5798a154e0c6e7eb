//! Development server with an owner, and commands that run at it.

use super::browser::Browser;
use crate::place::{Place, Run, Running, fed};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Development server, and a folder for logins. Its demo user is an owner.
pub(crate) struct Site {
    pub(crate) place: Place,
    /// Issuer.
    pub(crate) url: String,
    /// Data of the development server.
    pub(crate) facts: Value,
    _server: Running,
}

impl Site {
    pub(crate) fn new() -> Self {
        let place = Place::new();
        let arguments = ["dev", "--listen", "127.0.0.1:0"];
        let server = Running::start(place.command(&arguments).stdout(Stdio::null()));
        let file = place.path().join(".countersign/dev.json");
        let facts: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let url = server.url.replace("127.0.0.1", "localhost");
        Self {
            place,
            url,
            facts,
            _server: server,
        }
    }

    /// Returns a command without the environment of the test folder, except for the folder of the logins.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.command(arguments);
        let set: Vec<_> = command
            .get_envs()
            .map(|(name, _)| name.to_owned())
            .collect();
        for name in set {
            command.env_remove(name);
        }
        command.env("XDG_CONFIG_HOME", self.place.path());
        command
    }

    /// Runs a command on the store.
    pub(crate) fn here(&self, arguments: &[&str]) -> Run {
        let config = ["--config", ".countersign/countersign.toml"];
        let mut command = self.command(&[arguments, &config].concat());
        command.output().unwrap().into()
    }

    /// Runs a command at the server.
    pub(crate) fn there(&self, arguments: &[&str]) -> Run {
        let server = ["--server", &self.url];
        let mut command = self.command(&[arguments, &server].concat());
        command.output().unwrap().into()
    }

    /// Runs a command at the server that must succeed, and returns its JSON output.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let run = self.there(&[arguments, &["-o", "json"]].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// Returns the `Authorization` header of the signed-in operator.
    pub(crate) fn bearer(&self) -> String {
        let file = self.place.path().join("countersign/logins.json");
        let kept: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let token = kept[&self.url]["access_token"].as_str().unwrap();
        format!("Bearer {token}")
    }

    /// Signs in with `countersign login`.
    pub(crate) async fn log_in(&self) {
        let mut login = self.command(&["login", &self.url]);
        let mut login = login.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(login.stdout.take().unwrap()).lines();
        let mut lines = lines.by_ref().map(Result::unwrap);
        let address = lines.find(|line| line.trim().starts_with("http")).unwrap();
        let user = &self.facts["user"];
        let fields = [
            ("email", user["email"].as_str().unwrap()),
            ("password", user["password"].as_str().unwrap()),
        ];
        let mut browser = Browser::new();
        let page = browser.go(address.trim()).await;
        let page = browser.submit(&page, &fields).await;
        let end = browser.submit(&page, &[("decision", "agree")]).await;
        assert!(end.text.contains("You are signed in"), "{}", end.text);
        assert!(lines.any(|line| line.starts_with("Signed in at")));
        assert!(login.wait().unwrap().success());
    }
}

/// Client with admin roles, for programs.
pub(crate) struct Program<'a> {
    site: &'a Site,
}

const SECRET: &str = "a secret of at least 32 characters";

impl Site {
    /// Registers the client `ci` with this scope, and grants it a role with these options.
    pub(crate) fn program(&self, scope: &str, grant: &[&str]) -> Program<'_> {
        let resource = format!("{}/admin/v1", self.url);
        let create = [
            "clients",
            "create",
            "--client-id",
            "ci",
            "--client-secret-stdin",
            "--name",
            "CI",
            "--grant-type",
            "client_credentials",
            "--scope",
            scope,
            "--resource",
            &resource,
            "--config",
            ".countersign/countersign.toml",
        ];
        let created = fed(&mut self.command(&create), SECRET);
        assert_eq!(created.code, 0, "{created:?}");
        let grant = [&["admins", "grant", "client:ci"], grant].concat();
        assert_eq!(self.here(&grant).code, 0);
        Program { site: self }
    }
}

impl Program<'_> {
    /// Runs a command at the server.
    pub(crate) fn there(&self, arguments: &[&str]) -> Run {
        self.there_through(None, arguments)
    }

    /// Runs a command at the server, through this HTTP proxy.
    pub(crate) fn there_through(&self, proxy: Option<&str>, arguments: &[&str]) -> Run {
        let arguments = [arguments, &["--server", &self.site.url]].concat();
        let mut command = self.site.command(&arguments);
        command.envs(proxy.map(|url| ("http_proxy", url)));
        command.env("COUNTERSIGN_CLIENT_ID", "ci");
        command.env("COUNTERSIGN_CLIENT_SECRET", SECRET);
        command.output().unwrap().into()
    }

    /// Runs a command at the server that must succeed, and returns its JSON output.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let run = self.there(&[arguments, &["--json"]].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }
}
