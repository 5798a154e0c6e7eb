//! Concurrent requests.

use crate::harness::Server;
use crate::requests::claims;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Barrier;

const TASKS: usize = 64;

/// Runs `request` in 64 concurrent tasks.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    request: impl Fn() -> F,
) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(TASKS));
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (barrier, request) = (barrier.clone(), request());
            tokio::spawn(async move {
                barrier.wait().await;
                request.await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_64_concurrent_redemptions_succeeds() {
    let server = Arc::new(Server::start().await);
    let code = server.code("web");
    let answers = at_once(|| {
        let (server, code) = (server.clone(), code.clone());
        async move { server.redeem("web", &code).await }
    })
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|answer| answer.status.is_success());
    assert_eq!((won.len(), lost.len()), (1, TASKS - 1));
    assert!(
        lost.iter()
            .all(|answer| answer.refusal() == (400, "invalid_grant".into()))
    );
    let refresh = server.refresh("web", &won[0].text("refresh_token")).await;
    assert_eq!(
        refresh.refusal(),
        (400, "invalid_grant".into()),
        "a code used twice revokes its grant too"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_rotations_return_same_successor() {
    let server = Arc::new(Server::start().await);
    let tokens = server.tokens("web").await;
    let refresh_token = tokens.text("refresh_token");
    let answers = at_once(|| {
        let (server, refresh_token) = (server.clone(), refresh_token.clone());
        async move { server.refresh("web", &refresh_token).await.ok() }
    })
    .await;
    let successors: BTreeSet<_> = answers
        .iter()
        .map(|answer| answer.text("refresh_token"))
        .collect();
    assert_eq!(successors.len(), 1);
    let jtis: BTreeSet<_> = answers
        .iter()
        .map(|answer| claims(&answer.text("access_token"))["jti"].to_string())
        .collect();
    assert_eq!(jtis.len(), TASKS, "access tokens are distinct");
    assert_eq!(server.generation(&tokens.text("access_token")).await, 1);
    let successor = successors.first().unwrap();
    server.refresh("web", successor).await.ok();
    assert_eq!(
        server.refresh("web", &refresh_token).await.refusal(),
        (400, "invalid_grant".into()),
        "a replay of the old token"
    );
    assert_eq!(
        server.refresh("web", successor).await.refusal(),
        (400, "invalid_grant".into()),
        "every token of the grant is revoked"
    );
}
