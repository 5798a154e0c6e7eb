//! TLS connections to the database.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if it cannot create a certificate"
)]

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_store_contract::postgres::Cluster;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio_postgres::NoTls;

const OPTIONS: Options = Options {
    pool_size: 1,
    acquire_timeout: Duration::from_secs(10),
    statement_timeout: Duration::from_secs(10),
};

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {said}");
}

/// Creates a folder with a CA, its certificate for `localhost`, and another CA.
fn certificates() -> PathBuf {
    let name = format!("countersign-certificates-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for ca in ["ca", "other"] {
        let make =
            format!("req -x509 {new_key} -keyout {ca}.key -out {ca}.crt -subj /CN={ca} -days 2");
        openssl(&folder, &make);
    }
    openssl(
        &folder,
        &format!("req {new_key} -keyout server.key -out server.csr -subj /CN=localhost"),
    );
    std::fs::write(folder.join("names"), "subjectAltName = DNS:localhost\n").unwrap();
    openssl(
        &folder,
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile names -days 2 -out server.crt",
    );
    folder
}

/// Returns the numbers of encrypted and unencrypted connections of the store.
async fn connections(cluster: &Cluster) -> (i64, i64) {
    let (client, connection) = tokio_postgres::connect(&cluster.url(), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let sql = "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl \
         JOIN pg_stat_activity USING (pid) WHERE application_name = 'countersign'";
    let row = client.query_one(sql, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn tls_verification_follows_sslmode() {
    let folder = certificates();
    let files = [folder.join("server.crt"), folder.join("server.key")];
    let settings = "ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'";
    let cluster = Cluster::start(settings, &[&files[0], &files[1]]);
    let by_number = cluster.url();
    let by_name = by_number.replace("127.0.0.1", "localhost");
    let ca = folder
        .join("ca.crt")
        .display()
        .to_string()
        .replace('/', "%2F");
    let other = folder.join("other.crt").display().to_string();
    let connect = async |url: String| PostgresStore::connect(&url, OPTIONS).await;

    for refused in [
        // The name is not in the certificate.
        format!("{by_number}?sslmode=verify-full&sslrootcert={ca}"),
        // Another CA issued the certificate.
        format!("{by_name}?sslmode=verify-full&sslrootcert={other}"),
    ] {
        assert!(connect(refused).await.is_err());
    }
    assert_eq!(connections(&cluster).await, (0, 0));

    let url = format!("{by_name}?sslmode=verify-full&sslrootcert={ca}");
    let verified = connect(url).await.unwrap();
    assert_eq!(connections(&cluster).await, (1, 0));
    let required = connect(format!("{by_number}?sslmode=require"))
        .await
        .unwrap();
    assert_eq!(connections(&cluster).await, (2, 0));
    let plain = connect(format!("{by_number}?sslmode=disable"))
        .await
        .unwrap();
    assert_eq!(connections(&cluster).await, (2, 1));
    drop((verified, required, plain));

    let without = Cluster::start("", &[]);
    for mode in [
        "require".to_owned(),
        format!("verify-full&sslrootcert={ca}"),
    ] {
        let url = without.url().replace("127.0.0.1", "localhost");
        assert!(connect(format!("{url}?sslmode={mode}")).await.is_err());
    }
    std::fs::remove_dir_all(folder).unwrap();
}
