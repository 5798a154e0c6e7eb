//! Requests with places for artefacts.

use super::home::{Home, WITHOUT_TENANT};
use crate::harness::Server;
use crate::requests::{Answer, form, json};
use axum::body::Body;
use axum::http::{Method, Request, header};

/// Request that succeeds in each tenant, with names of artefacts in braces.
pub(super) struct Row {
    /// Method and path. The method `JSON` is a `POST` of JSON.
    pub(super) request: &'static str,
    /// Status with the tenant's own artefacts.
    pub(super) status: u16,
    /// Headers `bearer` and `cookie NAME`, and parameters.
    pub(super) parts: &'static [(&'static str, &'static str)],
    /// Whether the answer is the same for a made-up artefact.
    pub(super) is_silent: bool,
}

/// Returns a row.
pub(super) const fn row(
    request: &'static str,
    status: u16,
    parts: &'static [(&'static str, &'static str)],
) -> Row {
    Row {
        request,
        status,
        parts,
        is_silent: false,
    }
}

/// Returns a row whose answer is the same for a made-up artefact.
pub(super) const fn silent(
    request: &'static str,
    status: u16,
    parts: &'static [(&'static str, &'static str)],
) -> Row {
    Row {
        is_silent: true,
        ..row(request, status, parts)
    }
}

/// Returns the names in braces.
fn names(text: &'static str) -> impl Iterator<Item = &'static str> {
    let parts = text.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}').map(|(name, _)| name))
}

impl Row {
    pub(super) fn path(&self) -> &'static str {
        self.request.split_once(' ').unwrap().1
    }

    /// Returns the kinds of artefacts that the request needs.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        let templates = self.parts.iter().map(|(_, template)| *template);
        let templates = std::iter::once(self.path()).chain(templates);
        let kinds = templates.flat_map(names);
        kinds.filter(|kind| !WITHOUT_TENANT.iter().any(|(name, _)| name == kind))
    }

    /// Sends the request to a tenant. Replaces its own artefact of one kind.
    pub(super) async fn send(
        &self,
        server: &Server,
        home: &Home,
        replaced: Option<(&str, &str)>,
    ) -> Answer {
        let fill = |template: &'static str| {
            let mut text = template.to_owned();
            for name in names(template) {
                let value = match replaced {
                    Some((kind, value)) if kind == name => value,
                    _ => home.value(name),
                };
                text = text.replace(&format!("{{{name}}}"), value);
            }
            text
        };
        let (method, path) = self.request.split_once(' ').unwrap();
        let mut address = format!("{}{}", home.place.root, fill(path));
        let mut cookies = vec![home.cookie("browser", home.value("BROWSER"))];
        let mut fields = Vec::new();
        let mut request = Request::builder();
        for &(name, template) in self.parts {
            let value = fill(template);
            match name.split_once(' ') {
                Some((_, cookie)) => cookies.push(home.cookie(cookie, &value)),
                None if name == "bearer" => {
                    request = request.header(header::AUTHORIZATION, format!("Bearer {value}"));
                }
                None => fields.push((name, value)),
            }
        }
        let (method, media_type, body) = match method {
            "JSON" => (Method::POST, "application/json", json(&fields)),
            "GET" | "DELETE" => {
                if !fields.is_empty() {
                    let (start, path) = (address.len() + 1, format!("{address}?"));
                    let mut query = form_urlencoded::Serializer::for_suffix(path, start);
                    address = query.extend_pairs(&fields).finish();
                }
                (method.parse().unwrap(), "", String::new())
            }
            "PUT" => (Method::PUT, "application/json", json(&fields)),
            // It changes attributes.
            "PATCH" => (
                Method::PATCH,
                "application/json",
                r#"{"attributes":{}}"#.to_owned(),
            ),
            _ => (
                method.parse().unwrap(),
                "application/x-www-form-urlencoded",
                form(&fields),
            ),
        };
        if !media_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        let request = request
            .method(method)
            .uri(address)
            .header(header::HOST, home.place.host)
            .header(header::COOKIE, cookies.join("; "))
            .header("sec-fetch-site", "same-origin");
        server.send(request.body(Body::from(body)).unwrap()).await
    }
}
