//! `/explanations`: why the server refused a request.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use countersign_application::App;
use countersign_application::admin::Explanation;
use countersign_domain::audit::operator::Permission::AuditRead;
use countersign_domain::checks::Check;
use schemars::JsonSchema;
use serde::Serialize;

/// Explanation of a refused request.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Explanation")]
struct View {
    /// Request ID.
    request_id: String,
    /// Time of the refusal, in seconds since the Unix epoch.
    at: u64,
    /// Path of the endpoint, or ID of the operation of the admin API.
    endpoint: String,
    /// Client of the request. It may be one that the requester only claimed to be.
    client_id: Option<String>,
    /// User whom the request concerns.
    user_id: Option<String>,
    /// Network address of the requester.
    address: Option<String>,
    /// Name of the rule that refused the request.
    rule: String,
    /// Error code of the response.
    error: Option<String>,
    /// What the rule says.
    meaning: Option<String>,
    /// What an operator can do.
    advice: String,
    /// Value that broke the rule. It is untrusted.
    evidence: Option<String>,
    /// Facts of the request, without secrets. The values are untrusted.
    facts: Vec<FactView>,
    /// Checks that the request passed, in order.
    passed: Vec<CheckView>,
    /// Check that refused the request; `null` if the checks of the endpoint are not listed.
    failed: Option<CheckView>,
}

/// Fact of a request.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RequestFact")]
struct FactView {
    /// Name.
    name: String,
    /// Value.
    value: String,
}

/// Check of a request.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Check")]
struct CheckView {
    /// Name.
    check: &'static str,
    /// Sentence that is true for a request that passes the check.
    meaning: &'static str,
}

impl From<&Check> for CheckView {
    fn from(check: &Check) -> Self {
        Self {
            check: check.name,
            meaning: check.meaning(),
        }
    }
}

impl From<Explanation> for View {
    fn from(explanation: Explanation) -> Self {
        let facts = explanation.facts.into_iter();
        Self {
            request_id: explanation.request,
            at: explanation.at.as_unix_seconds(),
            endpoint: explanation.endpoint,
            client_id: explanation.client,
            user_id: explanation.user,
            address: explanation.address.map(|address| address.to_string()),
            rule: explanation.rule,
            error: explanation.error,
            meaning: explanation.meaning,
            advice: explanation.advice.clone(),
            evidence: explanation.evidence,
            facts: facts
                .map(|(name, value)| FactView { name, value })
                .collect(),
            passed: explanation
                .passed
                .into_iter()
                .map(CheckView::from)
                .collect(),
            failed: explanation.failed.map(CheckView::from),
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    vec![
        Operation::get(
            (
                "/explanations/{request_id}",
                "explainRequest",
                "Explain why a request was refused",
            ),
            &[AuditRead],
        )
        .gives::<View>()
        .by(get),
    ]
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let audit = &call.commands().audit;
    let explained = audit.explain(&call.tenant, &call.operator, call.path(0));
    Reply::of(&View::from(explained.await?))
}
