//! A schema for one test.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a schema that cannot be made fails its test"
)]

use super::Cluster;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use tokio_postgres::{Client, NoTls};

/// The cluster that the tests of this process share, unless they are given one.
static SHARED: LazyLock<Place> =
    LazyLock::new(|| match std::env::var("COUNTERSIGN_TEST_POSTGRES_URL") {
        Ok(url) => Place::Given(url),
        Err(_) => Place::Private(Cluster::start("", &[])),
    });

enum Place {
    Given(String),
    Private(Cluster),
}

/// An empty schema. Dropping it removes it from a cluster that outlives the tests.
#[derive(Debug)]
pub struct Schema {
    name: String,
    /// Of the cluster.
    url: String,
    is_to_be_removed: bool,
}

impl Schema {
    /// Makes a schema, and the cluster first if there is none.
    pub async fn new() -> Self {
        let place = tokio::task::spawn_blocking(|| &*SHARED).await.unwrap();
        match place {
            Place::Given(url) => Self::at(url.clone(), true).await,
            Place::Private(cluster) => Self::at(cluster.url(), false).await,
        }
    }

    /// Makes a schema in a cluster of the test's own.
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

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address of the cluster, with this schema as the place of all that is not named in full.
    #[must_use]
    pub fn url(&self) -> String {
        let Self { url, name, .. } = self;
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}options=-c%20search_path%3D{name}")
    }

    /// A connection for the eyes of the test, in this schema.
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
        // The test's own runtime may not be waited in.
        let _ = thread::spawn(remove).join();
    }
}

pub(super) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
