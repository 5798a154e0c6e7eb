use super::entry::State;
use super::*;
use countersign_ports::{OutboundError, OutboundRequest, OutboundResponse};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{Instant, advance, sleep};

const A: &str = r#"{"keys":[{"kid":"a"}]}"#;
const B: &str = r#"{"keys":[{"kid":"b"}]}"#;

/// HTTP client that gives these answers in order, each after one second.
#[derive(Default)]
struct Answers {
    answers: Mutex<VecDeque<(u16, Vec<u8>)>>,
    requests: AtomicUsize,
}

impl Answers {
    fn push(&self, status: u16, body: &str) {
        let answer = (status, body.as_bytes().to_vec());
        self.answers.lock().unwrap().push_back(answer);
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Outbound for Answers {
    fn send<'a>(
        &'a self,
        request: OutboundRequest,
    ) -> Pin<Box<dyn Future<Output = Result<OutboundResponse, OutboundError>> + Send + 'a>> {
        assert_eq!(request.purpose, OutboundPurpose::JwksUri);
        Box::pin(async {
            self.requests.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_secs(1)).await;
            let answer = self.answers.lock().unwrap().pop_front();
            let (status, body) = answer.ok_or(OutboundError::Timeout)?;
            Ok(OutboundResponse { status, body })
        })
    }
}

fn cache(answers: &[&str]) -> (CachedKeySets, Arc<Answers>) {
    let outbound = Arc::new(Answers::default());
    for answer in answers {
        outbound.push(200, answer);
    }
    (CachedKeySets::new(outbound.clone()), outbound)
}

async fn find_in(
    tenant: TenantId,
    sets: &CachedKeySets,
    outdated: Option<&Arc<Jwks>>,
) -> Result<Arc<Jwks>, NoKeySet> {
    let uri = RedirectUri::parse("https://app.example/jwks.json").unwrap();
    sets.find(tenant, &uri, outdated).await
}

async fn find(sets: &CachedKeySets, outdated: Option<&Arc<Jwks>>) -> Result<Arc<Jwks>, NoKeySet> {
    find_in(TenantId::SINGLE, sets, outdated).await
}

#[tokio::test(start_paused = true)]
async fn concurrent_requests_share_one_fetch() {
    let (sets, outbound) = cache(&[A]);
    let all = (0..50).map(|_| {
        let sets = sets.clone();
        tokio::spawn(async move { find(&sets, None).await.unwrap().as_str().to_owned() })
    });
    for found in all.collect::<Vec<_>>() {
        assert_eq!(found.await.unwrap(), A);
    }
    assert_eq!(outbound.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn recent_set_is_used_without_request() {
    let (sets, outbound) = cache(&[A]);
    find(&sets, None).await.unwrap();
    advance(State::<Jwks>::FRESH.saturating_sub(Duration::from_secs(1))).await;
    assert_eq!(find(&sets, None).await.unwrap().as_str(), A);
    assert_eq!(outbound.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn removed_key_is_not_used_after_five_minutes() {
    let (sets, outbound) = cache(&[A, B]);
    find(&sets, None).await.unwrap();
    advance(State::<Jwks>::FRESH).await;
    assert_eq!(find(&sets, None).await.unwrap().as_str(), B);
    assert_eq!(outbound.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn requests_do_not_wait_for_url_that_failed_a_moment_ago() {
    let (sets, outbound) = cache(&[A]);
    find(&sets, None).await.unwrap();
    advance(State::<Jwks>::FRESH).await;
    assert_eq!(find(&sets, None).await.unwrap().as_str(), A);
    let asked_at = Instant::now();
    assert_eq!(find(&sets, None).await.unwrap().as_str(), A);
    assert_eq!(Instant::now(), asked_at);
    assert_eq!(outbound.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn outdated_set_is_fetched_again_at_most_once_per_pause() {
    let (sets, outbound) = cache(&[A, B]);
    let first = find(&sets, None).await.unwrap();
    for _ in 0..100 {
        let same = find(&sets, Some(&first)).await.unwrap();
        assert!(Arc::ptr_eq(&same, &first));
    }
    assert_eq!(outbound.requests(), 1, "too early");
    advance(State::<Jwks>::PAUSE).await;
    let second = find(&sets, Some(&first)).await.unwrap();
    assert_eq!(second.as_str(), B);
    assert_eq!(find(&sets, Some(&first)).await.unwrap().as_str(), B);
    assert_eq!(outbound.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn old_set_survives_outage_of_its_url_for_a_limited_time() {
    let (sets, _) = cache(&[A]);
    let first = find(&sets, None).await.unwrap();
    advance(State::<Jwks>::KEPT.saturating_sub(Duration::from_secs(60))).await;
    assert_eq!(find(&sets, None).await.unwrap().as_str(), A);
    sleep(Duration::from_secs(2)).await;
    advance(State::<Jwks>::PAUSE).await;
    assert!(Arc::ptr_eq(
        &find(&sets, Some(&first)).await.unwrap(),
        &first
    ));
    advance(Duration::from_secs(60)).await;
    assert!(find(&sets, None).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn failing_url_is_asked_with_increasing_delays() {
    let (sets, outbound) = cache(&[]);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(3600) {
        assert!(find(&sets, None).await.is_err());
        advance(Duration::from_secs(1)).await;
    }
    // After 0, 10, 20, 40, 80 and 160 seconds; from then on every 300 seconds.
    assert!(
        (15..=18).contains(&outbound.requests()),
        "{}",
        outbound.requests()
    );
    outbound.push(200, A);
    advance(State::<Jwks>::LONGEST_PAUSE).await;
    assert_eq!(find(&sets, None).await.unwrap().as_str(), A);
}

#[tokio::test(start_paused = true)]
async fn invalid_response_does_not_replace_set() {
    let (sets, outbound) = cache(&[A]);
    let first = find(&sets, None).await.unwrap();
    let long = format!(r#"{{"keys":[],"pad":"{}"}}"#, "x".repeat(Jwks::MAX_LENGTH));
    for (status, body) in [
        (200, "<html>"),
        (200, r#"{"keys":{}}"#),
        (200, &long),
        (404, B),
    ] {
        advance(State::<Jwks>::LONGEST_PAUSE).await;
        outbound.push(status, body);
        let found = find(&sets, Some(&first)).await.unwrap();
        assert!(Arc::ptr_eq(&found, &first), "{status} {body}");
    }
    assert_eq!(outbound.requests(), 5);
}

#[tokio::test(start_paused = true)]
async fn tenants_do_not_share_sets() {
    let (sets, outbound) = cache(&[A, B]);
    assert_eq!(find(&sets, None).await.unwrap().as_str(), A);
    let other = TenantId::from_number(7).unwrap();
    let found = find_in(other, &sets, None).await.unwrap();
    assert_eq!(found.as_str(), B);
    assert_eq!(outbound.requests(), 2);
}
