//! Schema of one test.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a schema that cannot be created fails its test"
)]

use super::Cluster;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use tokio_postgres::{Client, NoTls};

/// Cluster that the tests of this process share, unless the environment names another one.
static SHARED: LazyLock<Place> =
    LazyLock::new(|| match std::env::var("COUNTERSIGN_TEST_POSTGRES_URL") {
        Ok(url) => Place::Given(url),
        Err(_) => Place::Private(Cluster::start("", &[])),
    });

enum Place {
    Given(String),
    Private(Cluster),
}

/// An empty schema. When dropped, it is removed if the cluster outlives the tests.
#[derive(Debug)]
pub struct Schema {
    name: String,
    /// URL of the cluster.
    url: String,
    is_to_be_removed: bool,
}

impl Schema {
    /// Creates a schema, and first the shared cluster if needed.
    pub async fn new() -> Self {
        let place = tokio::task::spawn_blocking(|| &*SHARED).await.unwrap();
        match place {
            Place::Given(url) => Self::at(url.clone(), true).await,
            Place::Private(cluster) => Self::at(cluster.url(), false).await,
        }
    }

    /// Creates a schema in the test's own cluster.
    pub async fn on(cluster: &Cluster) -> Self {
        Self::at(cluster.url(), false).await
    }

    async fn at(url: String, is_to_be_removed: bool) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let schema = Self {
            name: format!("test_{}_{number}", std::process::id()),
            url,
            is_to_be_removed,
        };
        let create = format!("CREATE SCHEMA {}", schema.name);
        connect(&schema.url)
            .await
            .batch_execute(&create)
            .await
            .unwrap();
        schema
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the URL of the cluster with this schema as the search path.
    #[must_use]
    pub fn url(&self) -> String {
        let Self { url, name, .. } = self;
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}options=-c%20search_path%3D{name}")
    }

    /// Opens a connection to this schema, for the test's own queries.
    pub async fn client(&self) -> Client {
        connect(&self.url()).await
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        if !self.is_to_be_removed {
            return;
        }
        let drop = format!("DROP SCHEMA {} CASCADE", self.name);
        let url = self.url.clone();
        let remove = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async { connect(&url).await.batch_execute(&drop).await.unwrap() });
        };
        // A drop must not block on the test's own runtime.
        let _ = thread::spawn(remove).join();
    }
}

pub(super) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
