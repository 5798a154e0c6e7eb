//! From the request ID that a client saw to the log line of its request.

use crate::support::{Installation, Registered, Server};
use axum::http::HeaderName;
use serde_json::Value;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// Sends a token request of a client that does not exist. Returns the request ID of the response.
async fn refused(server: &Server) -> String {
    let unknown = Registered {
        id: "unknown".to_owned(),
        secret: Some("guess".to_owned()),
    };
    let answer = server.http.client_credentials(&unknown).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".to_owned()));
    answer.header(REQUEST_ID).unwrap().to_owned()
}

#[tokio::test]
async fn request_id_leads_to_json_log_line_of_refusal() {
    let installation = Installation::with(&[("LOG__FORMAT", "json")]);
    let server = installation.start();
    let id = refused(&server).await;
    let line: Value = serde_json::from_str(&server.logged(&id)).unwrap();
    assert_eq!(line["request_id"], id);
    let fields = &line["fields"];
    for (name, value) in [
        ("message", "refused"),
        ("endpoint", "/oauth2/token"),
        ("rule", "client_unknown"),
        ("error", "invalid_client"),
        ("evidence", "unknown"),
        ("client_id", "unknown"),
        ("address", "127.0.0.1"),
    ] {
        assert_eq!(fields[name], value, "{fields}");
    }
}

#[tokio::test]
async fn request_id_leads_to_text_log_line_of_refusal() {
    let installation = Installation::new();
    let server = installation.start();
    let id = refused(&server).await;
    let line = server.logged(&id);
    assert!(
        line.contains("refused endpoint=\"/oauth2/token\" rule=\"client_unknown\""),
        "{line}"
    );
    assert!(line.ends_with(&format!(" request_id={id}")), "{line}");
}
