//! HTML page that lists the operations of the document, without scripts.

use crate::api::document::permissions;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use std::fmt::Write as _;

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
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

/// Style sheet of the page, at `docs.css`.
const STYLE: &str = include_str!("page.css");

/// Returns the style sheet.
pub(in crate::api) fn style() -> Response {
    secured(([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE))
}

/// Adds the security headers of a page.
pub(in crate::api) fn secured(page: impl IntoResponse) -> Response {
    (HEADERS, page).into_response()
}

/// Returns the page of a document.
pub(in crate::api) fn of(document: &Value) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Admin API</title>\
         <link rel=\"stylesheet\" href=\"docs.css\"></head><body><header><h1>Admin API</h1>\
         <p>The content of the <a href=\"openapi.json\">OpenAPI 3.1 document</a>.</p></header>",
    );
    let paths = document["paths"].as_object();
    index(&mut page, paths);
    page.push_str("<main>");
    for (path, methods) in paths.into_iter().flatten() {
        let _ = write!(page, "<h2>{}</h2>", escaped(path));
        for (method, item) in methods.as_object().into_iter().flatten() {
            operation(&mut page, method, item);
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
    page.push_str("</main></body></html>");
    page
}

/// Lists all operations, grouped by resource.
fn index(page: &mut String, paths: Option<&Map<String, Value>>) {
    page.push_str("<nav aria-label=\"Operations\">");
    let mut tag = "";
    for (method, item) in paths
        .into_iter()
        .flatten()
        .flat_map(|(_, methods)| methods.as_object().into_iter().flatten())
    {
        let own = item
            .pointer("/tags/0")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if own != tag {
            let _ = write!(page, "<h2>{}</h2>", escaped(own));
            tag = own;
        }
        let id = item["operationId"].as_str().unwrap_or_default();
        let summary = item["summary"].as_str().unwrap_or_default();
        let _ = write!(
            page,
            "<a href=\"#{id}\"><b class=\"{method}\">{}</b> {}</a>",
            method.to_uppercase(),
            escaped(summary)
        );
    }
    page.push_str("</nav>");
}

/// Describes an operation.
fn operation(page: &mut String, method: &str, item: &Value) {
    let id = item["operationId"].as_str().unwrap_or_default();
    let summary = item["summary"].as_str().unwrap_or_default();
    let _ = write!(
        page,
        "<section id=\"{id}\"><h3><b class=\"{method}\">{}</b> {}</h3><p>Permission: {}</p>",
        method.to_uppercase(),
        escaped(summary),
        escaped(&permissions(item)),
    );
    if let Some(body) = item.get("requestBody") {
        schema(page, "Request body", &body["content"]);
    }
    for (status, response) in item["responses"].as_object().into_iter().flatten() {
        if status != "default" && response.get("content").is_some() {
            schema(page, "Response", &response["content"]);
        }
    }
    page.push_str("</section>");
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
