//! Delivery by one of several servers on PostgreSQL.

use super::{OFTEN, create, has_all, recorded, settings, user};
use crate::support::{Database, Installation};
use crate::webhooks::receiver::Receiver;
use std::time::{Duration, Instant};

/// Time within which another server takes over from one that was killed.
const TAKEOVER: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_servers_delivers_and_other_takes_over() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &settings(OFTEN));
    let receiver = Receiver::listen();
    create(&installation, "crm", &receiver);
    let first = installation.start();
    user(&installation, "first");
    has_all(&receiver, &recorded(&installation)).await;
    let second = installation.start();
    for name in ["second", "third", "fourth"] {
        user(&installation, name);
    }
    has_all(&receiver, &recorded(&installation)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(receiver.accepted().len(), 8, "each event once");
    let begun = Instant::now();
    first.kill();
    user(&installation, "fifth");
    has_all(&receiver, &recorded(&installation)).await;
    assert!(begun.elapsed() < TAKEOVER, "{:?}", begun.elapsed());
    let third = installation.start();
    let begun = Instant::now();
    second.stop();
    user(&installation, "sixth");
    has_all(&receiver, &recorded(&installation)).await;
    assert!(begun.elapsed() < TAKEOVER, "{:?}", begun.elapsed());
    third.stop();
}
