//! Test folder with a store and a master key, and the binary running in it.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use tempfile::TempDir;

/// Result of a command.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Folder, and the environment that points to it.
pub(crate) struct Place {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let mut place = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        };
        let path = |name: &str| place.folder.path().join(name).display().to_string();
        let (store, master_key) = (path("store.db"), path("master.key"));
        std::fs::write(&master_key, anywhere(&["keys", "generate-master"]).stdout).unwrap();
        close(Path::new(&master_key));
        place.set("COUNTERSIGN__STORE__URL", &format!("sqlite://{store}"));
        place.set("COUNTERSIGN__MASTER_KEY_FILE", &master_key);
        place.set("COUNTERSIGN__ISSUER", "http://127.0.0.1:8080");
        // The port of a server differs from that of the issuer.
        place.set("COUNTERSIGN__HOSTS", "*");
        place.set("COUNTERSIGN__LISTEN", "127.0.0.1:0");
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Replaces the master key with another one.
    pub(crate) fn replace_master_key(&self) {
        let other = anywhere(&["keys", "generate-master"]).stdout;
        std::fs::write(self.path().join("master.key"), other).unwrap();
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.into(), value.into()));
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.environment.retain(|(own, _)| own != name);
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = countersign(arguments);
        command
            .envs(self.environment.iter().cloned())
            .current_dir(self.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        fed(&mut self.command(arguments), input)
    }

    /// Runs a command that must succeed with `--json`, and returns its output.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// Returns exit code and standard error of a command that prints nothing to standard output.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let run = self.run(arguments);
        assert_eq!(run.stdout, "", "{arguments:?}");
        (run.code, run.stderr)
    }
}

/// Restricts a file to its owner.
fn close(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Runs a command with this standard input.
pub(crate) fn fed(command: &mut Command, input: &str) -> Run {
    let piped = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut to = child.stdin.take().unwrap();
    to.write_all(input.as_bytes()).unwrap();
    drop(to);
    child.wait_with_output().unwrap().into()
}

/// Runs a command without a configured environment.
pub(crate) fn anywhere(arguments: &[&str]) -> Run {
    countersign(arguments).output().unwrap().into()
}

fn countersign(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("COUNTERSIGN") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Running server, killed on drop.
pub(crate) struct Running {
    child: Child,
    log: BufReader<ChildStderr>,
    /// Log output until the server listened.
    pub(crate) seen: String,
    /// URL of the server.
    pub(crate) url: String,
}

impl Running {
    /// Starts a command and waits until it logs that it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (seen, url) = (String::new(), String::new());
        let mut running = Self {
            child,
            log,
            seen,
            url,
        };
        while running.url.is_empty() {
            let start = running.seen.len();
            let read = running.log.read_line(&mut running.seen).unwrap();
            assert_ne!(read, 0, "the process ended: {}", running.seen);
            if let Some((_, rest)) = running.seen[start..].split_once("listening on ") {
                let is_address = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
                let end = rest.find(|c| !is_address(c)).unwrap_or(rest.len());
                running.url = format!("http://{}", &rest[..end]);
            }
        }
        running
    }

    pub(crate) fn stdout(&mut self) -> std::process::ChildStdout {
        self.child.stdout.take().unwrap()
    }

    /// Stops the server with SIGTERM and returns its exit code.
    pub(crate) fn stop(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        let mut rest = String::new();
        while self.log.read_line(&mut rest).unwrap() > 0 {}
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
