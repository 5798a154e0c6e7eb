//! `/device`: pages on which a user types the code of a device, and allows or denies its request (RFC 8628 section 3.3).

mod answer;
mod enter;

use crate::paths::{DEVICE, DEVICE_ALLOWED, DEVICE_CONFIRM, DEVICE_DENIED};
use crate::services::Services;
use axum::Router;
use axum::routing::get;
use countersign_application::App;
use std::sync::Arc;

/// Returns the routes of these pages.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route(DEVICE, get(enter::show::<A>).post(enter::submit::<A>))
        .route(
            DEVICE_CONFIRM,
            get(answer::show::<A>).post(answer::decide::<A>),
        )
        .route(DEVICE_ALLOWED, get(answer::allowed::<A>))
        .route(DEVICE_DENIED, get(answer::denied::<A>))
}
