//! The client address behind a load balancer that forwards TCP.

use crate::support::{Balancer, Http, Installation, own_address, within};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
/// Failed sign-ins per address and window.
const MOST: usize = 100;

/// Returns the status of a failed sign-in from `address`.
async fn failed_sign_in(balancer: &Balancer, client: &str, address: IpAddr, number: usize) -> u16 {
    let from = reqwest::Client::builder().local_address(address);
    let body = json!({
        "email": format!("user-{number}@example.com"),
        "password": "wrong",
        "client_id": client,
        "redirect_uri": crate::support::CALLBACK,
        "scope": "read",
        "code_challenge": crate::support::CHALLENGE,
        "code_challenge_method": "S256",
    });
    let http = Http::by(from, balancer.address);
    let answer = http.post_json("/v1/oauth2/authorize", &body).await;
    answer.status
}

/// Otherwise all users would share the rate limit of the load balancer.
#[tokio::test]
async fn rate_limit_applies_to_client_named_by_proxy_protocol() {
    let settings = [("PROXIES", "1"), ("PROXY_HEADER", "proxy-protocol")];
    let installation = Installation::with(&settings);
    let client = installation.web_client(&[]);
    let server = installation.start();
    let balancer = Balancer::naming_clients(own_address(), &[server.http.address]);
    within(PATIENCE, "in use", async || balancer.uses(0).await).await;
    let [one, other] = [7, 8].map(|last| IpAddr::V4(Ipv4Addr::new(127, 0, 5, last)));
    // Twice the limit, because a window may end in between.
    let mut limited = false;
    for number in 0..=2 * MOST {
        limited = failed_sign_in(&balancer, &client.id, one, number).await == 429;
        if limited {
            break;
        }
    }
    assert!(limited);
    assert_eq!(failed_sign_in(&balancer, &client.id, other, 0).await, 401);
}
