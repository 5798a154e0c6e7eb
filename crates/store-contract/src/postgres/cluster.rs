//! Private PostgreSQL cluster.
#![expect(
    clippy::disallowed_methods,
    reason = "polls until the processes have exited"
)]
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a cluster that cannot start fails its test"
)]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// Stops the cluster and removes its folder when the process that holds standard input exits for any reason.
const WATCH: &str = r#"read -r _; "$@" -m immediate stop; rm -rf "$FOLDER""#;

/// A cluster in a temporary folder, with a Unix socket and a random loopback port. It stops when dropped or when the
/// process exits.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    is_root: bool,
    watch: Child,
}

/// Shutdown mode of a cluster.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// Closes connections and flushes memory to disk first.
    Fast,
    /// Like a power failure.
    Immediate,
}

impl Cluster {
    /// Creates and starts a cluster with additional `settings`, as lines of `postgresql.conf`. Copies `files` to its
    /// data folder first, so that settings can use their names.
    #[must_use]
    pub fn start(settings: &str, files: &[&Path]) -> Self {
        let fill = |data: &Path, is_root: bool| {
            run(as_postgres(is_root, &programs().join("initdb"))
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"])
                .args(["--no-sync", "-D"])
                .arg(data));
            for file in files {
                let copy = data.join(file.file_name().unwrap());
                fs::copy(file, &copy).unwrap();
                if is_root {
                    run(Command::new("chown").arg("postgres").arg(&copy));
                }
                run(Command::new("chmod").arg("600").arg(&copy));
            }
        };
        Self::filled(fill, &format!("max_connections = 200\n{settings}"))
    }

    /// Creates and starts a standby of this cluster. It streams under the name `standby`.
    #[must_use]
    pub fn standby(&self) -> Self {
        let source = format!(
            "host=127.0.0.1 port={} user=postgres application_name=standby",
            self.port
        );
        let fill = |data: &Path, is_root: bool| {
            run(as_postgres(is_root, &programs().join("pg_basebackup"))
                .args(["-R", "-X", "stream", "-c", "fast", "--no-sync"])
                .args(["-d", &source, "-D"])
                .arg(data));
        };
        Self::filled(fill, "")
    }

    fn filled(fill: impl FnOnce(&Path, bool), settings: &str) -> Self {
        let programs = programs();
        let folder = new_folder();
        let is_root = fs::metadata(&folder).unwrap().uid() == 0;
        if is_root {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let data = folder.join("data");
        fill(&data, is_root);
        let configuration = data.join("postgresql.conf");
        let text = format!(
            "{}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\n{settings}\n",
            fs::read_to_string(&configuration).unwrap(),
            folder.display(),
        );
        fs::write(&configuration, text).unwrap();
        let watch = as_postgres(is_root, Path::new("sh"))
            .args(["-c", WATCH, "sh"])
            .arg(programs.join("pg_ctl"))
            .arg("-D")
            .arg(&data)
            .env("FOLDER", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C should stop only the tests; this process cleans up after them.
            .process_group(0)
            .spawn()
            .unwrap();
        let mut cluster = Self {
            folder,
            programs,
            port: 0,
            is_root,
            watch,
        };
        // Another process may take the port in between.
        for _ in 0..10 {
            cluster.port = free_port();
            if cluster.try_resume() {
                return cluster;
            }
        }
        panic!("PostgreSQL did not start: {}", cluster.log());
    }

    /// Returns the TCP URL of whichever of this cluster and `other` is the primary.
    pub(super) fn url_of_the_primary(&self, other: &Self) -> String {
        format!(
            "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/postgres?target_session_attrs=read-write",
            self.port, other.port
        )
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Returns the path of a program of this PostgreSQL installation, such as `pgbench`.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// Returns the TCP URL for the user `postgres`, who needs no password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Returns the URL of the Unix socket.
    #[must_use]
    pub fn socket_url(&self) -> String {
        let folder = self.folder.display();
        format!(
            "postgres:///postgres?host={folder}&port={}&user=postgres",
            self.port
        )
    }

    /// Requires a password of every later connection over TCP.
    pub fn require_passwords(&self) {
        let file = self.folder.join("data/pg_hba.conf");
        fs::write(&file, "host all all 127.0.0.1/32 scram-sha-256\n").unwrap();
        run(self.control().arg("reload"));
    }

    /// Stops the cluster. [`Cluster::resume`] starts it again.
    pub fn stop(&self, how: Stop) {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        run(self.control().args(["-m", mode, "stop"]));
    }

    /// Kills every process of the cluster, like a machine failure.
    pub fn kill(&self) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let postmaster = file.lines().next().unwrap();
        let children = format!("/proc/{postmaster}/task/{postmaster}/children");
        let children = fs::read_to_string(children).unwrap_or_default();
        let processes: Vec<&str> = [postmaster]
            .into_iter()
            .chain(children.split_whitespace())
            .collect();
        // Some processes may have exited already.
        let _ = Command::new("kill").arg("-9").args(&processes).output();
        let is_there = |process: &&str| Path::new("/proc").join(process).exists();
        while processes.iter().any(is_there) {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Promotes a standby to primary.
    pub fn promote(&self) {
        run(self.control().args(["-w", "-t", "60", "promote"]));
    }

    /// Restarts the cluster on the same port.
    pub fn resume(&self) {
        assert!(
            self.try_resume(),
            "PostgreSQL did not start: {}",
            self.log()
        );
    }

    fn try_resume(&self) -> bool {
        let output = self
            .control()
            .arg("-l")
            .arg(self.folder.join("log"))
            .arg("-o")
            .arg(format!("-p {}", self.port))
            .args(["-w", "-t", "60", "start"])
            // The server must not keep the pipes of this process open.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        output.unwrap().success()
    }

    fn control(&self) -> Command {
        let mut command = as_postgres(self.is_root, &self.programs.join("pg_ctl"));
        command.arg("-D").arg(self.folder.join("data"));
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

/// Returns the program folder of the newest Debian installation, or else the one in `PATH`.
fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = installed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(version);
    if let Some(newest) = newest {
        return newest.join("bin");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").exists())
        .expect("PostgreSQL is not installed, and COUNTERSIGN_TEST_POSTGRES_URL is not set")
}

pub(super) fn new_folder() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("countersign-postgres-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    // An earlier process with the same ID may have left it.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    folder
}

pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// PostgreSQL refuses to run as root.
pub(super) fn as_postgres(is_root: bool, program: &Path) -> Command {
    let mut command;
    if is_root {
        command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
            .arg(program);
    } else {
        command = Command::new(program);
    }
    // PostgreSQL cannot start in a folder that its user cannot enter.
    command.current_dir("/").env_remove("PGDATA");
    command
}

pub(super) fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
