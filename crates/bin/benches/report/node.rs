//! Comparison with node-oidc-provider, which needs Node.js with npm and access to the registry of npm.

use crate::clients::Client;
use crate::process::{Site, node};
use crate::report::Report;
use crate::rounds::{CONNECTIONS, at_half, compare, cost};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn client_credentials(report: &mut Report) {
    let folder = installed();
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let site = Site::new(&format!("node-{algorithm}"));
        let client = Client::machine(&site, algorithm);
        let server = site.serve();
        let other = node(&folder, algorithm, (&client.id, &client.secret));
        compare(
            report,
            &format!("client_credentials, {algorithm}, against node-oidc-provider in memory"),
            1.0,
            || cost(&server, client.credentials(CONNECTIONS)),
            vec![Box::new(|| {
                cost(&other, client.credentials(CONNECTIONS)).microseconds
            })],
            |most| at_half(&server.address, client.credentials(CONNECTIONS), most),
        );
    }
}

/// Installs node-oidc-provider below the target folder and returns its folder.
fn installed() -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/node");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench/node");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "package-lock.json", "server.mjs"] {
        std::fs::copy(sources.join(file), folder.join(file)).unwrap();
    }
    let installed = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--silent"])
        .current_dir(&folder)
        .status();
    assert!(installed.expect("npm").success());
    folder
}
