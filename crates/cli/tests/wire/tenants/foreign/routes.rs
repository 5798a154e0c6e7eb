//! All endpoints of the server, found by its sources.

use super::home::Home;
use crate::harness::Server;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use countersign_domain::tenant::place::TenantPlace;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Crates with the paths of endpoints.
const ROUTERS: [&str; 4] = ["server-http", "server-pages", "server-admin", "application"];

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Collects the paths in string literals of all sources below a folder.
fn literals(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            literals(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let quoted = text.split('"').skip(1);
            let is_path = |text: &&str| {
                text.starts_with('/')
                    && !text.starts_with(TenantPlace::PREFIX)
                    && text
                        .chars()
                        .all(|part| part.is_ascii_alphanumeric() || "/{}_.-".contains(part))
            };
            found.extend(quoted.filter(is_path).map(str::to_owned));
        }
    }
}

/// Returns the path of a route with `x` for each parameter.
pub(super) fn filled(route: &str) -> String {
    let parts = route
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Sends a request without artefacts.
async fn status(server: &Server, home: &Home, method: Method, path: &str) -> StatusCode {
    let request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", home.place.root))
        .header(header::HOST, home.place.host);
    server
        .send(request.body(Body::empty()).unwrap())
        .await
        .status
}

/// Returns the methods and paths of all endpoints. Every route is a string literal in the sources, alone or below the
/// root of the admin API. The server answers an unknown method with 405 only if it knows the path.
pub(super) async fn all(server: &Server, home: &Home) -> Vec<(Method, String)> {
    let mut found = BTreeSet::new();
    for name in ROUTERS {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{name}/src"));
        literals(&sources, &mut found);
    }
    let below = found.iter().map(|path| format!("/admin/v1{path}"));
    let below: Vec<String> = below.collect();
    found.extend(below);
    let mut endpoints = Vec::new();
    for path in found {
        let address = filled(&path);
        let unknown = status(server, home, Method::TRACE, &address).await;
        if unknown != StatusCode::METHOD_NOT_ALLOWED {
            continue;
        }
        for method in METHODS {
            let status = status(server, home, method.clone(), &address).await;
            if status != StatusCode::METHOD_NOT_ALLOWED {
                endpoints.push((method, path.clone()));
            }
        }
    }
    endpoints
}
