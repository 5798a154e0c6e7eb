//! PgBouncer in front of a private cluster.
#![expect(
    clippy::disallowed_methods,
    reason = "polls until the process accepts connections"
)]
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a PgBouncer that does not start fails its test"
)]

use super::Cluster;
use super::cluster::{as_postgres, free_port, new_folder, run};
use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Stops PgBouncer and removes its folder when the process that holds standard input exits.
const WATCH: &str = r#"exec 3<&0; "$@" & read -r _ <&3; kill "$!"; wait; rm -rf "$FOLDER""#;

/// How long a client keeps a server connection of PgBouncer.
#[derive(Clone, Copy, Debug)]
pub enum PoolMode {
    /// Until the client disconnects.
    Session,
    /// Until the transaction ends.
    Transaction,
}

/// A PgBouncer on a random loopback port, for every database of a cluster. It stops when dropped or when the process
/// exits.
#[derive(Debug)]
pub struct Bouncer {
    port: u16,
    watch: Child,
}

impl Bouncer {
    /// Returns the installed version, such as `(1, 18)`.
    #[must_use]
    pub fn version() -> (u32, u32) {
        let output = Command::new(program()).arg("--version").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let version = text.split_whitespace().nth(1).unwrap();
        let mut numbers = version.split('.').map(|number| number.parse().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    }

    /// Starts PgBouncer with additional `settings`, as lines of `pgbouncer.ini`.
    #[must_use]
    pub fn start(cluster: &Cluster, mode: PoolMode, settings: &str) -> Self {
        let folder = new_folder();
        let is_root = fs::metadata(&folder).unwrap().uid() == 0;
        let port = free_port();
        let mode = match mode {
            PoolMode::Session => "session",
            PoolMode::Transaction => "transaction",
        };
        let file = folder.join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n\
             max_client_conn = 1000\n{settings}\n",
            cluster.port(),
        );
        fs::write(&file, text).unwrap();
        if is_root {
            run(Command::new("chown").args(["-R", "postgres"]).arg(&folder));
        }
        let watch = as_postgres(is_root, Path::new("sh"))
            .args(["-c", WATCH, "sh"])
            .arg(program())
            .arg("-q")
            .arg(&file)
            .env("FOLDER", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let bouncer = Self { port, watch };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "PgBouncer did not start"
            );
            thread::sleep(Duration::from_millis(10));
        }
        bouncer
    }

    /// Returns the URL of a database of the cluster through PgBouncer.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

/// Returns the program in `PATH`, or else in Debian's folder, which is not in every user's `PATH`.
fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.exists())
        .unwrap_or_else(|| "/usr/sbin/pgbouncer".into())
}
