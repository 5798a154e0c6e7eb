//! The token endpoint has two ways in: ahead of the router, and through it. No client may see which one it took.

use crate::facts::{FORM, JSON};
use crate::harness::Server;
use crate::requests::{Answer, exchange, form, json, machine, without};
use axum::body::Body;
use axum::http::{Method, Request, header};

const FORM_TYPE: &str = "application/x-www-form-urlencoded";

fn request(method: Method, path: &str, media_type: &str, body: String) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    let request = request.header(header::CONTENT_TYPE, media_type);
    request.body(body.into()).unwrap()
}

/// Returns what a response has in common with every response to the same request: all but the ID, and the texts of tokens.
fn common(answer: &Answer) -> (u16, Vec<String>, Vec<String>) {
    let headers = answer.headers.iter().filter(|(name, _)| {
        // The connection adds the length if it is missing.
        !["request-id", "content-length"].contains(&name.as_str())
    });
    let headers = headers.map(|(name, value)| format!("{name}: {value:?}"));
    let mut headers: Vec<String> = headers.collect();
    headers.sort();
    let body = String::from_utf8(answer.body.clone()).unwrap();
    let is_token = |part: &str| part.len() > 100;
    let parts = body.split('"').filter(|part| !is_token(part));
    let parts = parts.map(str::to_owned).collect();
    (answer.status.as_u16(), headers, parts)
}

#[tokio::test]
async fn both_ways_in_give_the_same_token_response() {
    let server = Server::start().await;
    let mut wrong = without(&machine(), "client_secret");
    wrong.push(("client_secret", "wrong"));
    let bodies: Vec<(&str, String)> = vec![
        (FORM_TYPE, form(&machine())),
        (FORM_TYPE, form(&wrong)),
        (FORM_TYPE, "grant_type=%".to_owned()),
        ("application/json", json(&machine())),
        ("text/plain", String::new()),
    ];
    for method in [Method::POST, Method::GET, Method::PUT, Method::OPTIONS] {
        for path in [FORM, JSON] {
            for (media_type, body) in &bodies {
                let ask = || request(method.clone(), path, media_type, body.clone());
                let ahead = server.send(ask()).await;
                let through = server.send_to(&server.behind, ask()).await;
                let what = format!("{method} {path} {body}");
                assert_eq!(common(&ahead), common(&through), "{what}");
            }
        }
    }
    let redeem = || {
        let code = server.code("web");
        request(Method::POST, FORM, FORM_TYPE, form(&exchange("web", &code)))
    };
    let (one, other) = (redeem(), redeem());
    let ahead = server.send(one).await.ok();
    let through = server.send_to(&server.behind, other).await.ok();
    assert_eq!(common(&ahead), common(&through));
}
