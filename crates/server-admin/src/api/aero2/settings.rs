//! `/api/applications/settings`: a view of the configuration, which only the operator of the machine changes.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use countersign_application::App;
use countersign_domain::audit::operator::Permission::ClientsRead;
use serde::Serialize;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Settings of the tenant.
#[derive(Serialize)]
struct View {
    /// `off`, `optional` or `required`.
    mfa_policy: &'static str,
    /// Days for which a trusted device needs no second factor.
    mfa_remember_device_days: u64,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let texts = (
        "/api/applications/settings",
        "aero2GetSettings",
        "Show the settings",
    );
    vec![Operation::get(texts, &[ClientsRead]).by(get)]
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let settings = &call.tenant.settings;
    Reply::of(&View {
        mfa_policy: settings.mfa.as_str(),
        mfa_remember_device_days: settings.lifetimes.device().as_secs() / DAY,
    })
}
