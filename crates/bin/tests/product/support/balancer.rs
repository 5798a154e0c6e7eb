//! HAProxy in front of servers, configured as in `docs/operations.md`.

use super::Http;
use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const SETTINGS: &str = "\
defaults
    mode tcp
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    timeout check 1s
    retries 3
    option redispatch 1
";
const NODES: &str = "\
backend nodes
    balance roundrobin
    option httpchk GET /health/ready
    default-server check inter 250ms fall 2 rise 1
";

/// Load balancer process, killed on drop.
pub(crate) struct Balancer {
    child: Child,
    pub(crate) address: SocketAddr,
    page: Http,
    _folder: TempDir,
}

impl Balancer {
    /// Starts the load balancer on an unused port.
    pub(crate) fn start(own: IpAddr, servers: &[SocketAddr]) -> Self {
        Self::with(own, servers, "")
    }

    /// Starts a load balancer that names the client of each connection with the PROXY protocol.
    pub(crate) fn naming_clients(own: IpAddr, servers: &[SocketAddr]) -> Self {
        Self::with(own, servers, " send-proxy-v2")
    }

    fn with(own: IpAddr, servers: &[SocketAddr], options: &str) -> Self {
        let (address, page) = (free(own), free(own));
        let mut text = format!(
            "{SETTINGS}frontend tokens\n    bind {address}\n    default_backend nodes\n\
             frontend page\n    mode http\n    bind {page}\n    stats enable\n    stats uri /\n{NODES}"
        );
        for (number, server) in servers.iter().enumerate() {
            writeln!(text, "    server node{number} {server}{options}").unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        fs::write(&file, text).unwrap();
        // Debian installs HAProxy in a folder that is not in every user's `PATH`.
        let of_debian = Path::new("/usr/sbin/haproxy");
        let program = if of_debian.exists() {
            of_debian
        } else {
            Path::new("haproxy")
        };
        let child = Command::new(program)
            .args(["-db", "-q", "-f"])
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            child,
            address,
            page: Http::to(page),
            _folder: folder,
        }
    }

    /// Returns whether the load balancer is running and sends connections to this server.
    pub(crate) async fn uses(&self, number: usize) -> bool {
        let Ok(page) = self.page.client.get(self.page.url("/;csv")).send().await else {
            return false;
        };
        let page = page.text().await.unwrap();
        let name = format!("nodes,node{number},");
        let line = page.lines().find(|line| line.starts_with(&name));
        line.is_some_and(|line| line.contains(",UP,"))
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        // Both fail only if the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free(own: IpAddr) -> SocketAddr {
    let listener = TcpListener::bind((own, 0)).unwrap();
    listener.local_addr().unwrap()
}
