//! Statements for one grant, which `pgbench` runs with `-M prepared`.

use super::rigs::{speed, succeed};
use crate::grants::GRANTS;
use crate::report::Speed;
use countersign_adapters_system::SystemClock;
use countersign_ports::Clock as _;
use countersign_store_contract::postgres::Cluster;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Selects a random grant. The ID is computed as in [`id`](crate::grants::id).
macro_rules! one_grant {
    () => {
        "grants.id = (lpad(to_hex(:number::bigint), 16, '0') || '7f7f7f7f7f7f7f7f')::uuid AND grants.tenant = 1"
    };
}

/// Update of the adapter for one rotation.
pub(super) const ROTATION: &str = concat!(
    "UPDATE grants SET generation = grants.generation + 1, rotated_at = :now, expires_at = :now + 2592000 WHERE ",
    one_grant!(),
    " AND generation <= 4294967295 AND revoked_at IS NULL AND expires_at > :now"
);

/// Select of the adapter for one introspection. The tables have exactly the columns that the adapter reads.
pub(super) const GRANT: &str = concat!("SELECT * FROM grants WHERE ", one_grant!());

/// Select of the adapter for one userinfo request.
pub(super) const GRANT_WITH_USER: &str = concat!(
    "SELECT grants.*, users.*, user_id, credentials.tenant, password_hash, sealed_totp_secret \
     FROM grants LEFT JOIN users ON users.tenant = grants.tenant AND users.id = \
     CASE WHEN subject ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN subject::uuid END \
     LEFT JOIN credentials ON credentials.user_id = users.id AND credentials.tenant = users.tenant WHERE ",
    one_grant!()
);

/// `pgbench` for one cluster.
pub(super) struct Pgbench {
    program: PathBuf,
    url: String,
    folder: PathBuf,
}

impl Pgbench {
    pub(super) fn new(cluster: &Cluster, folder: &Path) -> Self {
        Self {
            program: cluster.program("pgbench"),
            url: cluster.url(),
            folder: folder.to_owned(),
        }
    }

    /// Runs a statement on random grants.
    pub(super) fn run(&self, statement: &str, clients: usize, longest: Duration) -> Speed {
        let script = self.folder.join("script.sql");
        let lines = format!("\\set number random(0, :grants - 1)\n{statement};\n");
        std::fs::write(&script, lines).unwrap();
        self.remove_logs();
        let now = SystemClock.now().as_unix_seconds();
        let output = succeed(
            Command::new(&self.program)
                .args(["-n", "-M", "prepared", "-j", "2", "-f"])
                .arg(script)
                .args(["-c", &clients.to_string()])
                .args(["-T", &longest.as_secs().to_string()])
                .args(["-D", &format!("grants={GRANTS}")])
                .args(["-D", &format!("now={now}")])
                .args(["-l", "--sampling-rate=0.1", "--log-prefix"])
                .arg(self.folder.join("pgbench"))
                .arg(&self.url),
        );
        let line = output.lines().find_map(|line| line.strip_prefix("tps = "));
        let figure = line.unwrap().split_whitespace().next();
        speed(figure.unwrap().parse().unwrap(), self.latencies())
    }

    /// Reads the logs, one per thread. The third word of each line is the latency in microseconds.
    fn latencies(&self) -> Vec<Duration> {
        let mut latencies = Vec::new();
        for log in self.logs() {
            let text = std::fs::read_to_string(log).unwrap();
            let words = text.lines().map(|line| line.split_whitespace().nth(2));
            latencies
                .extend(words.map(|word| Duration::from_micros(word.unwrap().parse().unwrap())));
        }
        latencies
    }

    fn remove_logs(&self) {
        for log in self.logs() {
            std::fs::remove_file(log).unwrap();
        }
    }

    fn logs(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.folder).unwrap();
        let is_log = |path: &PathBuf| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("pgbench.")
        };
        files
            .map(|file| file.unwrap().path())
            .filter(is_log)
            .collect()
    }
}
