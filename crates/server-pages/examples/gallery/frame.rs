//! What the parts of the gallery share.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_server_pages::pages::views::{Form, Problem, ShownProblem};
use countersign_server_pages::pages::{PageContext, View};
use http_body_util::BodyExt as _;
use std::error::Error;
use std::fs;
use std::path::Path;

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

pub(crate) const FORM: Form<'_> = Form {
    action: "#",
    csrf: "csrf",
    interaction: Some("interaction"),
};
pub(crate) const CLIENT: &str = "Meadow Notes";
pub(crate) const JANE: &str = "jane@example.com";

pub(crate) async fn write(
    folder: &Path,
    name: &str,
    page: PageContext<'_>,
    view: &impl View,
) -> Outcome {
    let shown = page.show(StatusCode::OK, view);
    let html = text(shown).await?;
    for path in html.split('"').filter(|part| part.starts_with("/assets/")) {
        let file = path.trim_start_matches("/assets/");
        fs::write(
            folder.join("assets").join(file),
            text(page.pages().asset(file).ok_or(file)?).await?,
        )?;
    }
    let html = html.replace("\"/assets/", "\"assets/");
    Ok(fs::write(folder.join(format!("{name}.html")), html)?)
}

async fn text(response: Response<Body>) -> Result<String, Box<dyn Error>> {
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(bytes.to_vec())?)
}

/// Problem of a form with its request ID.
pub(crate) const fn refused(problem: Problem) -> ShownProblem<'static> {
    ShownProblem {
        problem,
        request_id: Some("1ngtb807d0k2m9p4q8r3"),
    }
}
