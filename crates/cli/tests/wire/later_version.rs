//! Values that contain facts of a later version of the server. During an upgrade, two versions run side by side.

use crate::facts::{FORM, JSON, KEYS, TENANT};
use crate::harness::Server;
use crate::requests::{Answer, exchange, refreshing};
use axum::http::header;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::GrantId;
use countersign_domain::later::LaterFact;
use countersign_ports::{RefreshTokenCodec as _, RefreshTokenForm};
use countersign_store_contract::fixtures;

/// Fact that restricts a token.
const CRITICAL: i64 = 9999;
/// Fact that an earlier version may ignore.
const IGNORABLE: i64 = -9999;

fn later(authorization: &mut Authorization, tag: i64) {
    let value = vec![1];
    authorization.access.later.push(LaterFact { tag, value });
}

/// Returns a refresh token of `web`, as a later version writes it.
fn refresh_token(form: RefreshTokenForm) -> String {
    let mut authorization = fixtures::authorization();
    authorization.access.client = fixtures::client_id("web");
    later(&mut authorization, CRITICAL);
    let token = RefreshToken::from_sealed(GrantId::from_bytes([7; 16]), 0, Some(authorization));
    KEYS.0.encode(TENANT, &token, form)
}

#[track_caller]
fn assert_unavailable(answer: &Answer, path: &str) {
    assert_eq!(
        answer.refusal(),
        (503, "temporarily_unavailable".into()),
        "{path}"
    );
    assert_eq!(answer.header(header::RETRY_AFTER), Some("1"));
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
    assert_eq!(answer.json()["codes"].is_array(), path == JSON);
}

#[tokio::test]
async fn critical_fact_of_later_version_gets_503_and_changes_nothing() {
    let server = Server::start().await;
    let code = server.code_with("web", |code| later(&mut code.authorization, CRITICAL));
    let before = server.contents();
    for (path, form) in [
        (FORM, RefreshTokenForm::Opaque),
        (JSON, RefreshTokenForm::Jwt),
    ] {
        let answer = server.form(path, &exchange("web", &code)).await;
        assert_unavailable(&answer, path);
        let token = refresh_token(form);
        let answer = server.form(path, &refreshing("web", &token)).await;
        assert_unavailable(&answer, path);
    }
    assert_eq!(server.contents(), before);
}

#[tokio::test]
async fn ignorable_fact_of_later_version_is_ignored() {
    let server = Server::start().await;
    let code = server.code_with("web", |code| later(&mut code.authorization, IGNORABLE));
    let tokens = server.redeem("web", &code).await.ok();
    let refresh_token = tokens.text("refresh_token");
    server.refresh("web", &refresh_token).await.ok();
}
