//! Rig for the adapter alone, on the server's grants.

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
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Database of the server under test.
pub(crate) struct Rig {
    url: String,
    psql: PathBuf,
}

impl Rig {
    pub(crate) fn new(cluster: &Cluster) -> Self {
        Self {
            url: cluster.url(),
            psql: cluster.program("psql"),
        }
    }

    /// Inserts the first `GRANTS` grants, all for this client.
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
        let own = Self::new(cluster);
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

pub(super) fn speed(per_second: f64, mut latencies: Vec<Duration>) -> Speed {
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

pub(super) fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}
