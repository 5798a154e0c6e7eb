//! `GET /rp/userinfo`: the signed-in user of a browser, in the format of Aero2.

use super::paths::USERINFO;
use crate::browser::Browser;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_server_http::wire::answer::{answered, answered_with};
use countersign_server_http::wire::error::RequestError;
use serde_json::json;

/// Returns the user, or 401 without a session.
pub(super) async fn show<A: App>(browser: Browser<A>) -> Response {
    let answer = async {
        let Some(live) = browser.sessions.current() else {
            let none = json!({"error": "unauthorized"});
            return Ok::<_, RequestError>(answered_with(
                StatusCode::UNAUTHORIZED,
                HeaderMap::new(),
                &none,
            ));
        };
        let user = &live.user;
        let federation = &browser.services.app.federation;
        let roles = federation.admin_roles(&browser.tenant, user.id).await?;
        let body = json!({
            "id": user.id.to_string(),
            "email": user.email.as_str(),
            "name": user.name,
            "picture": user.profile.text(StandardClaim::Picture),
            "roles": roles,
        });
        Ok(answered(&body))
    };
    let answer = answer.await;
    browser.finish(USERINFO, answer)
}
