//! HTML page that lists the operations of the document, without scripts.

use super::document::permissions;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::fmt::Write as _;

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
];

/// Adds the security headers of a page.
pub(super) fn secured(page: impl IntoResponse) -> Response {
    (HEADERS, page).into_response()
}

/// Returns the page of a document.
pub(super) fn of(document: &Value) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Admin API</title></head><body>\
         <h1>Admin API</h1><p>The same as <a href=\"openapi.json\">OpenAPI 3.1 document</a>.</p>",
    );
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, methods) in paths {
        let _ = write!(page, "<h2>{}</h2>", escaped(path));
        for (method, item) in methods.as_object().into_iter().flatten() {
            let id = item["operationId"].as_str().unwrap_or_default();
            let summary = item["summary"].as_str().unwrap_or_default();
            let _ = write!(
                page,
                "<h3 id=\"{id}\">{}</h3><p>{}</p><p>Permission: {}</p>",
                method.to_uppercase(),
                escaped(summary),
                escaped(&permissions(item)),
            );
            if let Some(body) = item.get("requestBody") {
                schema(&mut page, "Request body", &body["content"]);
            }
            for (status, response) in item["responses"].as_object().into_iter().flatten() {
                if status != "default" && response.get("content").is_some() {
                    schema(&mut page, "Response", &response["content"]);
                }
            }
        }
    }
    page.push_str("<h2>Schemas</h2>");
    let schemas = document
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for (name, content) in schemas.into_iter().flatten() {
        let text = serde_json::to_string_pretty(content).unwrap_or_default();
        let (name, text) = (escaped(name), escaped(&text));
        let _ = write!(page, "<h3 id=\"{name}\">{name}</h3><pre>{text}</pre>");
    }
    page.push_str("</body></html>");
    page
}

/// Links to the schema of a body.
fn schema(page: &mut String, title: &str, content: &Value) {
    let mut bodies = content.as_object().into_iter().flatten();
    let reference =
        bodies.find_map(|(_, body)| body.pointer("/schema/$ref").and_then(Value::as_str));
    if let Some(name) = reference.and_then(|text| text.rsplit('/').next()) {
        let name = escaped(name);
        let _ = write!(page, "<p>{title}: <a href=\"#{name}\">{name}</a></p>");
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
