//! Rigs for `pgbench` and for the adapter alone, on the server's grants.

use crate::clients::Client;
use crate::grants::{GRANTS, id, scattered};
use crate::report::Speed;
use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_adapters_system::SystemClock;
use countersign_codec::encode_stored;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Clock as _, GrantRepository as _, Race};
use countersign_store_contract::postgres::Cluster;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Statement of the adapter for one grant. The ID is computed as in [`id`].
const SCRIPT: &str = "\\set number random(0, :grants - 1)
UPDATE grants SET generation = grants.generation + 1, rotated_at = :now, expires_at = :now + 2592000 \
WHERE id = (lpad(to_hex(:number::bigint), 16, '0') || '7f7f7f7f7f7f7f7f')::uuid \
AND tenant = 1 AND generation <= 4294967295 AND revoked_at IS NULL AND expires_at > :now;
";

/// Table with the first `GRANTS` grants, and `pgbench` for it.
pub(crate) struct Rig {
    url: String,
    program: PathBuf,
    psql: PathBuf,
    folder: PathBuf,
}

impl Rig {
    /// Inserts the grants, all for this client.
    pub(crate) fn fill(cluster: &Cluster, client: &Client) -> Self {
        let authorization = base16ct::lower::encode_string(&encode_stored(
            &client.authorization(SystemClock.now()),
        ));
        let now = SystemClock.now().as_unix_seconds();
        let (owner, subject) = (&client.id, &client.subject);
        let insert = format!(
            "INSERT INTO grants (id, generation, rotated_at, expires_at, revoked_at, tenant, \
             client_id, subject, \"authorization\") \
             SELECT (lpad(to_hex(number), 16, '0') || '7f7f7f7f7f7f7f7f')::uuid, 0, {now}, \
             {now} + 2592000, NULL, 1, '{owner}', '{subject}', '\\x{authorization}' \
             FROM generate_series(0, {GRANTS} - 1) AS number"
        );
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench/postgres");
        std::fs::write(folder.join("rotation.sql"), SCRIPT).unwrap();
        let own = Self {
            url: cluster.url(),
            program: cluster.program("pgbench"),
            psql: cluster.program("psql"),
            folder,
        };
        for statement in [&insert, "VACUUM ANALYZE grants", "CHECKPOINT"] {
            own.tell(statement);
        }
        own
    }

    /// Runs a statement.
    pub(crate) fn tell(&self, statement: &str) -> String {
        let mut psql = Command::new(&self.psql);
        succeed(psql.args(["-qAtc", statement]).arg(&self.url))
    }

    /// Runs a statement that returns a number.
    pub(crate) fn ask(&self, statement: &str) -> f64 {
        self.tell(statement).trim().parse().unwrap()
    }

    pub(crate) fn pgbench(&self, clients: usize, longest: Duration) -> Speed {
        let log = self.folder.join("pgbench");
        self.remove_logs();
        let output = succeed(
            Command::new(&self.program)
                .args(["-n", "-M", "prepared", "-j", "2", "-f"])
                .arg(self.folder.join("rotation.sql"))
                .args(["-c", &clients.to_string()])
                .args(["-T", &longest.as_secs().to_string()])
                .args(["-D", &format!("grants={GRANTS}")])
                .args([
                    "-D",
                    &format!("now={}", SystemClock.now().as_unix_seconds()),
                ])
                .args(["-l", "--sampling-rate=0.1", "--log-prefix"])
                .arg(log)
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

/// Measures callers that rotate grants through the adapter alone, in scattered order.
pub(crate) fn adapter(url: &str, callers: usize, generation: u32, longest: Duration) -> Speed {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let options = Options {
        pool_size: 8,
        acquire_timeout: Duration::from_secs(5),
        statement_timeout: Duration::from_secs(5),
    };
    runtime.block_on(async {
        let store = PostgresStore::connect(url, options).await.unwrap();
        let began = Instant::now();
        let mut all = JoinSet::new();
        for caller in 0..callers {
            let (store, until) = (store.clone(), began + longest);
            all.spawn(async move {
                let mut latencies = Vec::new();
                for generation in generation.. {
                    for number in (caller as u64..GRANTS).step_by(callers) {
                        let asked = Instant::now();
                        if asked >= until {
                            return latencies;
                        }
                        rotate(&store, scattered(number), generation).await;
                        latencies.push(asked.elapsed());
                    }
                }
                latencies
            });
        }
        let latencies = all.join_all().await.concat();
        let per_second = latencies.len() as f64 / began.elapsed().as_secs_f64();
        speed(per_second, latencies)
    })
}

async fn rotate(store: &PostgresStore, number: u64, presented: u32) {
    let now = SystemClock.now();
    let rotation = Rotation {
        grant: GrantId::from_bytes(id(number)),
        presented,
        now,
        expires_at: now.plus(Duration::from_secs(2_592_000)),
    };
    assert_eq!(
        store.rotate(TenantId::SINGLE, &rotation).await.unwrap(),
        Race::Won
    );
}

fn speed(per_second: f64, mut latencies: Vec<Duration>) -> Speed {
    latencies.sort_unstable();
    let milliseconds = |percent: usize| {
        latencies[(latencies.len() * percent / 100).min(latencies.len() - 1)].as_secs_f64() * 1000.0
    };
    Speed {
        per_second,
        p50: milliseconds(50),
        p99: milliseconds(99),
    }
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}
