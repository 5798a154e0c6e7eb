//! All endpoints: each has rows or a reason why it needs none, and none accepts the tokens or the session of another tenant.

use super::home::Home;
use super::routes::{all, filled};
use super::row::Row;
use super::{World, account, operations, pages, protocol, shown};
use crate::harness::Server;
use crate::requests::Answer;
use axum::body::Body;
use axum::http::{Method, Request, header};

/// Endpoints that take no artefact of a tenant besides those of [`TOKENS`].
const WITHOUT_ROWS: &[(&str, &str)] = &[
    ("/", "leads to the account page"),
    ("/.well-known", "public documents"),
    ("/assets", "files of the pages"),
    ("/health", "state of the server"),
    ("/language", "takes a language"),
    ("/oauth2/jwks.json", "public document"),
    (
        "/rp/callback/{idp}",
        "`POST` leads to `GET`, which has rows",
    ),
    (
        "/rp/logout",
        "goes on with a logout request after its session has ended",
    ),
    ("/v1/users", "registration; the client is in the settings"),
    ("/v1/users/api", "dialect of the admin API"),
    ("/api", "dialect of the admin API"),
    ("/admin/v1", "the admin API"),
];

/// Artefacts that an endpoint can accept without any other: the headers to send.
const TOKENS: [(&str, &str); 5] = [
    ("access", "bearer"),
    ("admin", "bearer"),
    ("id_token", "bearer"),
    ("logout_token", "bearer"),
    ("session", "cookie"),
];

fn rows() -> impl Iterator<Item = &'static Row> {
    let tables = [
        protocol::ROWS,
        pages::ROWS,
        pages::LINKS,
        account::ROWS,
        operations::ROWS,
    ];
    tables.into_iter().flatten()
}

/// Returns whether a path is that of a route, in which each parameter is any segment.
fn is_of(route: &str, path: &str) -> bool {
    let (mut route, mut path) = (route.split('/'), path.split('/'));
    loop {
        match (route.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(own)) if part == own || part.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[tokio::test]
async fn every_endpoint_has_rows_or_reason() {
    let world = World::new().await;
    let (server, homes) = (world.server().await, &world.homes);
    let endpoints = all(&server, &homes[0]).await;
    assert!(endpoints.len() > 200, "found {}", endpoints.len());
    let mut missing = Vec::new();
    for (method, route) in endpoints {
        let has_row = rows().any(|row| {
            let (own, path) = row.request.split_once(' ').unwrap();
            let own = if own == "JSON" { "POST" } else { own };
            own == method.as_str() && is_of(&route, path)
        });
        let has_reason = WITHOUT_ROWS.iter().any(|(path, _)| {
            let rest = route.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if !has_row && !has_reason {
            missing.push(format!("{method} {route}"));
        }
    }
    assert_eq!(missing, [""; 0]);
}

async fn send(
    server: &Server,
    there: &Home,
    (method, path): (&Method, &str),
    (place, token): (&str, &str),
) -> Answer {
    let mut cookies = vec![there.cookie("browser", there.value("BROWSER"))];
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", there.place.root))
        .header(header::HOST, there.place.host)
        .header("sec-fetch-site", "same-origin");
    match place {
        "cookie" => cookies.push(there.cookie("session", token)),
        _ => request = request.header(header::AUTHORIZATION, format!("Bearer {token}")),
    }
    let (media_type, body) = if path.starts_with("/admin") {
        ("application/json", "{}")
    } else {
        ("application/x-www-form-urlencoded", "")
    };
    let request = request
        .header(header::COOKIE, cookies.join("; "))
        .header(header::CONTENT_TYPE, media_type)
        .body(Body::from(body));
    server.send(request.unwrap()).await
}

#[tokio::test]
async fn no_endpoint_accepts_tokens_or_session_of_other_tenant() {
    let world = World::new().await;
    let (server, homes) = (world.server().await, &world.homes);
    let endpoints = all(&server, &homes[0]).await;
    let contents = || homes.each_ref().map(|home| home.contents(&server));
    let before = contents();
    let mut problems = Vec::new();
    for (number, (method, route)) in endpoints.iter().enumerate() {
        let path = filled(route);
        for (index, there) in homes.iter().enumerate() {
            // All ordered pairs, in turn.
            let here = &homes[(index + 1 + number % 2) % homes.len()];
            for (kind, place) in TOKENS {
                let foreign = here.value(kind);
                let fake = here.fake(kind);
                let request = (method, path.as_str());
                let real = send(&server, there, request, (place, foreign)).await;
                let other = send(&server, there, request, (place, &fake)).await;
                let (real, other) = (shown(&real, foreign), shown(&other, &fake));
                if real != other {
                    let (from, to) = (here.place.id, there.place.id);
                    problems.push(format!(
                        "{kind} of {from} at {method} {path} of {to}: {real}\nnot: {other}"
                    ));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    assert!(contents() == before, "a tenant changed");
}
