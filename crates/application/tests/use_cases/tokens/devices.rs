//! Devices (RFC 8628): writes, lost races, rate limits and the pace of polls.

use crate::composition::{browser, devices, issuer, issuer_with};
use crate::fakes::{evidence, request};
use crate::stores::without_attempts;
use crate::tokens::device_book::DeviceBook;
use crate::world::tenant;
use countersign_application::{DeviceRequested, Devices, Failure, GrantRequest, TokenResponse};
use countersign_domain::client::{Client, GrantType};
use countersign_domain::grant::device_code::UserCode;
use countersign_domain::refusal::Refusal;
use countersign_ports::{Ephemeral, EphemeralKey, EphemeralKind, Race, Redeemed};
use countersign_store_contract::{MockStore, fixtures};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

fn client() -> Client {
    Client {
        grant_types: vec![GrantType::DEVICE_CODE, GrantType::REFRESH_TOKEN],
        ..fixtures::client("app")
    }
}

/// Returns a read-only store with a client for devices.
fn with_client() -> MockStore {
    let mut store = MockStore::new();
    store
        .expect_find_client()
        .returning(|_, _| Box::pin(async { Ok(Some(client())) }));
    store
        .expect_find_definition()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    store
}

fn asked() -> DeviceRequested {
    DeviceRequested {
        evidence: evidence("app"),
        scope: Some("openid read".into()),
        resources: Vec::new(),
        address: Some(ADDRESS),
    }
}

/// Returns a store that inserts the row of a request, and has no other.
fn with_insert() -> MockStore {
    let mut store = with_client();
    without_attempts(&mut store, None);
    store
        .expect_get()
        .returning(|_, _, _| Box::pin(async { Ok(None) }));
    store
        .expect_insert()
        .times(1)
        .withf(|_, key, _, _| key.kind == EphemeralKind::DeviceRequest)
        .returning(|_, _, _, _| Box::pin(async { Ok(Race::Won) }));
    store
}

/// Asks for codes. Returns them, and the sealed row.
async fn begun(book: &Arc<DeviceBook>) -> (String, UserCode, Vec<u8>) {
    let devices = devices(&Arc::new(with_insert()), book);
    let begun = devices.authorize(tenant(), &asked()).await.unwrap();
    (begun.device_code, begun.user_code, book.last_request())
}

/// Returns a store whose only row is this one. Each call of `get` is one read.
fn with_row(row: Vec<u8>, reads: usize) -> MockStore {
    let mut store = with_client();
    store.expect_get().times(reads).returning(move |_, _, _| {
        let row = Ephemeral::new(&row);
        Box::pin(async { Ok(Some(row)) })
    });
    store
}

fn poll(device_code: &str) -> GrantRequest {
    GrantRequest::DeviceCode {
        device_code: device_code.into(),
    }
}

fn refusal<T>(answer: Result<T, Failure>) -> Refusal {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("not refused"),
    }
}

async fn approved(book: &Arc<DeviceBook>, code: &UserCode, row: Vec<u8>) -> Vec<u8> {
    let mut store = with_row(row, 1);
    store
        .expect_replace()
        .times(1)
        .withf(|_, _, version, _, _| *version == 1)
        .returning(|_, _, _, _, _| Box::pin(async { Ok(Race::Won) }));
    let browser = browser(&[fixtures::session(7)]);
    let live = browser.live.first().unwrap();
    let devices = devices(&Arc::new(store), book);
    devices.approve(tenant(), code, live).await.unwrap();
    book.last_request()
}

#[tokio::test]
async fn device_request_writes_one_row() {
    let book = Arc::default();
    let (device_code, user_code, _) = begun(&book).await;
    assert!(!device_code.is_empty());
    assert_eq!(user_code.shown().len(), 9);
}

#[tokio::test]
async fn taken_user_code_is_drawn_again() {
    let book = Arc::new(DeviceBook::default());
    let (_, _, row) = begun(&book).await;
    let mut store = with_client();
    without_attempts(&mut store, None);
    let mut taken = Some(Ephemeral::new(&row));
    let drawn: Arc<Mutex<Option<[u8; 16]>>> = Arc::default();
    let first = drawn.clone();
    store.expect_get().returning(move |_, key, _| {
        first.lock().unwrap().get_or_insert(key.id);
        let taken = taken.take();
        Box::pin(async { Ok(taken) })
    });
    // The insertion loses a race against another node, too.
    let mut races = [Race::Lost, Race::Won].into_iter();
    let is_another = move |key: &EphemeralKey| *drawn.lock().unwrap() != Some(key.id);
    let insert = store.expect_insert().times(2);
    let insert = insert.withf(move |_, key, _, _| is_another(key));
    insert.returning(move |_, _, _, _| {
        let race = races.next().unwrap();
        Box::pin(async move { Ok(race) })
    });
    let devices = devices(&Arc::new(store), &book);
    devices.authorize(tenant(), &asked()).await.unwrap();
}

#[tokio::test]
async fn refused_device_request_writes_nothing() {
    let devices = devices(&Arc::new(with_client()), &Arc::default());
    let asked = DeviceRequested {
        scope: Some("admin".into()),
        ..asked()
    };
    let refused = refusal(devices.authorize(tenant(), &asked).await);
    assert_eq!(refused.name(), "scope_not_registered");
}

#[tokio::test]
async fn poll_of_pending_request_is_one_read_and_no_write() {
    let book = Arc::default();
    let (device_code, _, row) = begun(&book).await;
    let issuer = issuer_with(with_row(row, 1), &book);
    let answer = issuer.issue(tenant(), &request(poll(&device_code))).await;
    assert_eq!(refusal(answer), Refusal::AuthorizationPending);
}

#[tokio::test]
async fn early_poll_of_pending_request_is_slowed_down_on_its_node() {
    let book = Arc::default();
    let (device_code, user_code, row) = begun(&book).await;
    let node = issuer_with(with_row(row.clone(), 2), &book);
    let other = issuer_with(with_row(row.clone(), 1), &book);
    let polled = request(poll(&device_code));
    for (node, expected) in [
        (&node, Refusal::AuthorizationPending),
        (&node, Refusal::SlowDown),
        (&other, Refusal::AuthorizationPending),
    ] {
        assert_eq!(refusal(node.issue(tenant(), &polled).await), expected);
    }
    // An answer is never held back.
    let row = approved(&book, &user_code, row).await;
    let mut store = with_row(row, 1);
    store
        .expect_redeem()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Redeemed::Lost) }));
    store
        .expect_find_grant()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    store
        .expect_revoke()
        .times(1)
        .returning(|_, _, _| Box::pin(async { Ok(Race::Lost) }));
    let again: Result<TokenResponse, _> = issuer_with(store, &book).issue(tenant(), &polled).await;
    assert_eq!(refusal(again), Refusal::CodeReplayed, "redeemed before");
}

#[tokio::test]
async fn forged_device_code_reads_nothing() {
    let answer = issuer(with_client())
        .issue(tenant(), &request(poll("forged")))
        .await;
    assert_eq!(refusal(answer), Refusal::DeviceCodeUnknown);
}

#[tokio::test]
async fn only_one_answer_of_a_user_counts() {
    let book = Arc::default();
    let (_, code, row) = begun(&book).await;
    let mut store = with_row(row, 1);
    store
        .expect_replace()
        .times(1)
        .returning(|_, _, _, _, _| Box::pin(async { Ok(Race::Lost) }));
    let devices = devices(&Arc::new(store), &book);
    let browser = browser(&[fixtures::session(7)]);
    let live = browser.live.first().unwrap();
    let lost = devices.deny(tenant(), &code, live).await;
    assert_eq!(refusal(lost), Refusal::UserCodeUsed);
}

/// Returns use cases that count attempts, and find no row or this one.
fn counting(book: &Arc<DeviceBook>, row: Option<Vec<u8>>, given_back: usize) -> Devices<MockStore> {
    let mut store = with_client();
    store
        .expect_count_attempt()
        .times(1)
        .withf(|_, counters, _, _| counters.iter().all(|counter| counter.limit == 20))
        .returning(|_, _, _, _| Box::pin(async { Ok(crate::stores::counted(vec![1], None)) }));
    store
        .expect_add()
        .times(given_back)
        .returning(|_, _, _, _| Box::pin(async { Ok(vec![0]) }));
    store.expect_get().returning(move |_, _, _| {
        let row = row.as_deref().map(Ephemeral::new);
        Box::pin(async { Ok(row) })
    });
    devices(&Arc::new(store), book)
}

#[tokio::test]
async fn only_wrong_user_code_counts_as_attempt() {
    let book = Arc::default();
    let (_, code, row) = begun(&book).await;
    let right = counting(&book, Some(row), 1);
    let typed = code.shown().to_lowercase();
    let entered = right.enter(tenant(), &typed, Some(ADDRESS)).await.unwrap();
    assert_eq!(entered, code);
    let wrong = counting(&book, None, 0);
    let entered = wrong.enter(tenant(), &typed, Some(ADDRESS)).await;
    assert_eq!(refusal(entered), Refusal::UserCodeUnknown);
}

#[tokio::test]
async fn text_that_is_no_user_code_reads_nothing() {
    let devices = devices(&Arc::new(MockStore::new()), &Arc::default());
    let entered = devices.enter(tenant(), "no code", Some(ADDRESS)).await;
    assert_eq!(refusal(entered), Refusal::UserCodeUnknown);
}
