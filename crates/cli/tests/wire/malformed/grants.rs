//! Codes, verifiers and refresh tokens.

use super::both_refuse;
use crate::facts::{FORM, JSON, VERIFIER};
use crate::harness::Server;
use crate::requests::{exchange, machine, refreshing, with, without};
use countersign_store_contract::fixtures;

#[tokio::test]
async fn forged_truncated_or_foreign_code_is_invalid_grant() {
    let server = Server::start().await;
    let code = server.code("web");
    let good = exchange("web", &code);
    let cut = &code[..code.len() - 1];
    let mut flipped = code.clone().into_bytes();
    flipped[20] = if flipped[20] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let longer = format!("{code}A");
    for bad in [
        "x",
        cut,
        &flipped,
        &longer,
        "\u{e9}",
        "%00",
        "eyJhbGciOiJub25lIn0.e30.",
    ] {
        both_refuse(&server, &with(&good, "code", bad), 400, "invalid_grant").await;
    }
    both_refuse(&server, &exchange("other", &code), 400, "invalid_grant").await;
    both_refuse(&server, &exchange("app", &code), 400, "invalid_grant").await;
    both_refuse(
        &server,
        &with(&good, "redirect_uri", "https://app.example/other"),
        400,
        "invalid_grant",
    )
    .await;
    let expired = server.code_with("web", |code| code.expires_at = fixtures::NOW);
    both_refuse(&server, &exchange("web", &expired), 400, "invalid_grant").await;
    server.form(FORM, &good).await.ok();
}

#[tokio::test]
async fn each_verifier_error_has_its_response() {
    let server = Server::start().await;
    let code = server.code("web");
    let good = exchange("web", &code);
    let (long, wrong) = ("a".repeat(129), "a".repeat(43));
    both_refuse(
        &server,
        &without(&good, "code_verifier"),
        400,
        "invalid_request",
    )
    .await;
    both_refuse(
        &server,
        &with(&good, "code_verifier", &VERIFIER[..42]),
        400,
        "invalid_request",
    )
    .await;
    both_refuse(
        &server,
        &with(&good, "code_verifier", &long),
        400,
        "invalid_request",
    )
    .await;
    both_refuse(
        &server,
        &with(&good, "code_verifier", &wrong),
        400,
        "invalid_grant",
    )
    .await;
    let unbound = server.code_with("loose", |code| code.binding.challenge = None);
    let uncalled_for = exchange("loose", &unbound);
    both_refuse(&server, &uncalled_for, 400, "invalid_request").await;
    server
        .form(FORM, &without(&uncalled_for, "code_verifier"))
        .await
        .ok();
    server.form(FORM, &good).await.ok();
}

#[tokio::test]
async fn forged_foreign_or_widened_refresh_is_rejected() {
    let server = Server::start().await;
    for token in [
        server.tokens("web").await.text("refresh_token"),
        server
            .json(JSON, &exchange("web", &server.code("web")))
            .await
            .ok()
            .text("refresh_token"),
    ] {
        let good = refreshing("web", &token);
        let cut = &token[..token.len() - 1];
        let mut flipped = token.clone().into_bytes();
        let middle = flipped.len() / 2;
        flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
        let flipped = String::from_utf8(flipped).unwrap();
        for bad in ["x", cut, &flipped, "..", "\u{e9}"] {
            both_refuse(
                &server,
                &with(&good, "refresh_token", bad),
                400,
                "invalid_grant",
            )
            .await;
        }
        both_refuse(&server, &refreshing("other", &token), 400, "invalid_grant").await;
        both_refuse(&server, &refreshing("app", &token), 400, "invalid_grant").await;
        both_refuse(
            &server,
            &with(&good, "scope", "openid read write admin"),
            400,
            "invalid_scope",
        )
        .await;
        both_refuse(
            &server,
            &with(&good, "scope", "read  write"),
            400,
            "invalid_scope",
        )
        .await;
        let machine = with(
            &with(&machine(), "grant_type", "refresh_token"),
            "refresh_token",
            &token,
        );
        both_refuse(&server, &machine, 400, "unauthorized_client").await;
        server.form(FORM, &good).await.ok();
    }
}
