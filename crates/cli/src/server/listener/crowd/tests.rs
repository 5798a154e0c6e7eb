use super::*;
use tokio::time::{sleep, timeout};

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn crowd(connections: usize, per_address: Option<usize>) -> Arc<Crowd> {
    Crowd::new(Most {
        connections,
        per_address,
    })
}

async fn is_closing(place: &Place) -> bool {
    timeout(Duration::from_millis(20), place.closing())
        .await
        .is_ok()
}

#[tokio::test(start_paused = true)]
async fn address_with_most_idle_connections_loses_its_longest_idle_one() {
    let crowd = crowd(4, None);
    let honest = crowd.admit(address(1), Turns::default()).unwrap();
    let mut greedy = Vec::new();
    for _ in 0..3 {
        sleep(Duration::from_secs(1)).await;
        greedy.push(crowd.admit(address(2), Turns::default()).unwrap());
    }
    sleep(GRACE).await;
    let next = crowd.admit(address(3), Turns::default());
    assert!(next.is_ok());
    assert!(!is_closing(&honest).await);
    assert!(is_closing(&greedy[0]).await);
    assert!(!is_closing(&greedy[1]).await);
}

#[tokio::test(start_paused = true)]
async fn address_over_its_limit_displaces_only_itself() {
    let crowd = crowd(9, Some(2));
    let other = crowd.admit(address(1), Turns::default()).unwrap();
    let first = crowd.admit(address(2), Turns::default()).unwrap();
    sleep(Duration::from_secs(1)).await;
    let second = crowd.admit(address(2), Turns::default()).unwrap();
    let third = crowd.admit(address(2), Turns::default());
    assert!(third.is_ok());
    assert!(is_closing(&first).await);
    assert!(!is_closing(&second).await && !is_closing(&other).await);
}

#[tokio::test]
async fn connection_with_request_in_progress_is_not_closed() {
    let crowd = crowd(1, Some(1));
    let turns = Turns::default();
    let busy = crowd.admit(address(1), turns.clone()).unwrap();
    turns.next();
    let same = crowd.admit(address(1), Turns::default());
    assert_eq!(same.err(), Some(Full::Address));
    let other = crowd.admit(address(2), Turns::default());
    assert_eq!(other.err(), Some(Full::Server));
    drop(busy);
    crowd.left().await;
    assert!(crowd.admit(address(2), Turns::default()).is_ok());
}

/// In a burst of connections, the requests of the first ones are still on the way.
#[tokio::test(start_paused = true)]
async fn new_connection_is_not_closed_at_once() {
    let crowd = crowd(1, None);
    let _first = crowd.admit(address(1), Turns::default()).unwrap();
    let early = crowd.admit(address(2), Turns::default());
    assert_eq!(early.err(), Some(Full::Server));
    sleep(GRACE).await;
    assert!(crowd.admit(address(2), Turns::default()).is_ok());
}

#[tokio::test(start_paused = true)]
async fn request_that_arrives_in_the_meantime_keeps_the_connection() {
    let crowd = crowd(1, None);
    let turns = Turns::default();
    let place = crowd.admit(address(1), turns.clone()).unwrap();
    sleep(GRACE).await;
    let _next = crowd.admit(address(2), Turns::default()).unwrap();
    turns.next();
    assert!(!is_closing(&place).await);
    let counted: usize = crowd.lock().values().map(Vec::len).sum();
    assert_eq!(counted, 2, "it is counted again");
}

/// Otherwise slow bodies from a few addresses could hold all places.
#[tokio::test(start_paused = true)]
async fn connection_that_waits_for_body_is_closed() {
    let crowd = crowd(1, None);
    let turns = Turns::default();
    let place = crowd.admit(address(1), turns.clone()).unwrap();
    turns.next();
    turns.await_body(true);
    sleep(GRACE).await;
    // The next byte of the body does not make the connection any less idle.
    turns.await_body(false);
    turns.await_body(true);
    let next = crowd.admit(address(2), Turns::default());
    assert!(next.is_ok());
    assert!(is_closing(&place).await);
}

#[tokio::test(start_paused = true)]
async fn body_that_arrives_in_the_meantime_keeps_the_connection() {
    let crowd = crowd(1, None);
    let turns = Turns::default();
    let place = crowd.admit(address(1), turns.clone()).unwrap();
    turns.next();
    turns.await_body(true);
    sleep(GRACE).await;
    let _next = crowd.admit(address(2), Turns::default()).unwrap();
    turns.await_body(false);
    assert!(!is_closing(&place).await);
}

#[test]
fn ipv6_network_is_one_address() {
    let parsed = |text: &str| network(text.parse().unwrap());
    assert_eq!(parsed("2001:db8::1"), parsed("2001:db8::ffff:2"));
    assert_ne!(parsed("2001:db8::1"), parsed("2001:db8:0:1::1"));
}

#[tokio::test(start_paused = true)]
async fn sweep_closes_only_connections_that_wait_for_request() {
    let crowd = crowd(9, None);
    let (idle, busy, uploading) = (Turns::default(), Turns::default(), Turns::default());
    let admit = |turns: &Turns| crowd.admit(address(1), turns.clone()).unwrap();
    let places = [admit(&idle), admit(&busy), admit(&uploading)];
    busy.next();
    uploading.next();
    uploading.await_body(true);
    let longest = Duration::from_secs(3);
    let _ = timeout(Duration::from_secs(2), crowd.sweep(longest)).await;
    assert!(!is_closing(&places[0]).await);
    let _ = timeout(Duration::from_secs(3), crowd.sweep(longest)).await;
    assert!(is_closing(&places[0]).await);
    assert!(!is_closing(&places[1]).await && !is_closing(&places[2]).await);
}
