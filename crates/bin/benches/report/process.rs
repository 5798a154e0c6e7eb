//! Processes of the server under test and of the baselines, on the server's core.

use crate::machine::SERVER_CORE;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Returns the server under test: the one of this build, or the one that `COUNTERSIGN_BIN` names, to compare two
/// builds.
pub(crate) fn binary() -> PathBuf {
    let built = env!("CARGO_BIN_EXE_countersign");
    std::env::var_os("COUNTERSIGN_BIN").map_or_else(|| built.into(), PathBuf::from)
}

/// Server process, killed on drop.
pub(crate) struct Serving {
    pub(crate) address: String,
    child: Child,
}

impl Serving {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Folder with a store and a master key, on the disk of the target folder.
pub(crate) struct Site {
    pub(crate) folder: PathBuf,
    address: String,
    /// URL of a PostgreSQL database, used instead of the file in the folder.
    postgres: Option<String>,
}

impl Site {
    /// Creates a site with an empty SQLite store.
    pub(crate) fn new(name: &str) -> Self {
        Self::with_store(name, None)
    }

    /// Creates a site on an empty PostgreSQL database.
    pub(crate) fn on_postgres(name: &str, url: String) -> Self {
        Self::with_store(name, Some(url))
    }

    fn with_store(name: &str, postgres: Option<String>) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("bench")
            .join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        std::fs::create_dir_all(&folder).unwrap();
        let site = Self {
            folder,
            address: free_address(),
            postgres,
        };
        let mut key = std::fs::OpenOptions::new();
        let key = key
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(site.master_key());
        key.unwrap()
            .write_all(site.cli(&["keys", "generate-master"]).as_bytes())
            .unwrap();
        site.cli(&["migrate"]);
        site
    }

    pub(crate) fn master_key(&self) -> PathBuf {
        self.folder.join("master.key")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("countersign.db")
    }

    /// Runs a command of the binary and returns its output.
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let output = self
            .configured(Command::new(binary()))
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the server.
    pub(crate) fn serve(&self) -> Serving {
        let mut command = self.configured(pinned(binary()));
        command.arg("serve");
        started(command, self.address.clone())
    }

    fn configured(&self, mut command: Command) -> Command {
        let file = || format!("sqlite://{}", self.database().display());
        let store = self.postgres.clone().unwrap_or_else(file);
        command
            .env("COUNTERSIGN__LISTEN", &self.address)
            .env("COUNTERSIGN__ISSUER", format!("http://{}", self.address))
            // The load sends the address without the port.
            .env("COUNTERSIGN__HOSTS", "127.0.0.1")
            .env("COUNTERSIGN__STORE__URL", store)
            .env("COUNTERSIGN__MASTER_KEY_FILE", self.master_key())
            .env("COUNTERSIGN__LOG__LEVEL", "warn");
        command
    }
}

/// Starts the baseline for the token endpoint.
pub(crate) fn bare_signer(algorithm: &str) -> Serving {
    let address = free_address();
    let mut command = pinned(own_program());
    command.args(["bare-signer", algorithm, &address]);
    started(command, address)
}

/// Starts node-oidc-provider with one client.
pub(crate) fn node(folder: &Path, algorithm: &str, (id, secret): (&str, &str)) -> Serving {
    let address = free_address();
    let (_, port) = address.rsplit_once(':').unwrap();
    let mut command = pinned("node");
    command
        .arg(folder.join("server.mjs"))
        .args([port, algorithm, id, secret])
        .stderr(Stdio::null());
    started(command, address)
}

/// Starts the baseline for endpoints that read a token, with responses of this length.
pub(crate) fn bare_reader(work: &str, length: usize) -> Serving {
    let address = free_address();
    let mut command = pinned(own_program());
    command.args(["bare-reader", work, &length.to_string(), &address]);
    started(command, address)
}

/// Runs the baseline for the store and returns the CPU time of an operation in microseconds.
pub(crate) fn bare_store(database: &Path, operation: &str, waiting: usize) -> f64 {
    let mut command = pinned(own_program());
    let output = command
        .arg("bare-store")
        .arg(database)
        .args([operation, &waiting.to_string()])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

/// Fills a store with grants for a client.
pub(crate) fn bare_fill(database: &Path, client: &str) {
    let filled = Command::new(own_program())
        .arg("bare-fill")
        .arg(database)
        .arg(client)
        .status()
        .unwrap();
    assert!(filled.success());
}

fn own_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

fn pinned(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", SERVER_CORE]).arg(program);
    command
}

fn started(mut command: Command, address: String) -> Serving {
    let child = command.stdout(Stdio::null()).spawn().unwrap();
    let serving = Serving { address, child };
    let deadline = Instant::now() + Duration::from_secs(10);
    while !answers(&serving.address) {
        assert!(
            Instant::now() < deadline,
            "no response from {}",
            serving.address
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    serving
}

fn answers(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let request =
        format!("GET /health/live HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let mut answer = [0; 8];
    stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.read_exact(&mut answer))
        .is_ok()
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}
