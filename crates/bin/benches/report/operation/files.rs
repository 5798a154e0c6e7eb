//! Time that `countersign apply` takes for many clients.

use crate::process::Site;
use crate::report::Report;
use countersign_store_contract::postgres::Cluster;
use std::time::Instant;

const CLIENTS: usize = 10_000;

pub(crate) fn apply(report: &mut Report) {
    let cluster = Cluster::start("", &[]);
    for (store, site) in [
        ("SQLite", Site::new("apply")),
        (
            "PostgreSQL",
            Site::on_postgres("apply-postgres", cluster.url()),
        ),
    ] {
        let file = site.folder.join("clients.yaml");
        let documents = (0..CLIENTS).map(|number| {
            format!(
                "---\nkind: client\nclient_id: service-{number}\nclient_name: Service {number}\n\
                 client_type: confidential\ngrant_types: [authorization_code, client_credentials]\n\
                 redirect_uris: ['https://service-{number}.example/callback']\nscope: openid service-{number}\n"
            )
        });
        std::fs::write(&file, documents.collect::<String>()).unwrap();
        let file = file.display().to_string();
        for (run, goal) in [("first run", "30 or less"), ("second run", "5 or less")] {
            let began = Instant::now();
            site.cli(&["apply", "-f", &file, "--managed-by", "bench"]);
            let seconds = began.elapsed().as_secs_f64();
            let what = format!("apply of {CLIENTS} clients, {store}, {run}");
            report.figure(&what, seconds, "s", goal);
        }
    }
}
