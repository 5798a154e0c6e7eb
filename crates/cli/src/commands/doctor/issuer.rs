//! The issuer: whether its discovery document is reachable, and names it.

use super::examined::Examined;
use super::finding::{Checked, Finding};
use crate::command_error::CommandError;
use countersign_adapters_system::Inspected;
use serde_json::Value;

pub(crate) fn check(of: &Examined) -> Checked<Finding> {
    let (Some(issuer), Some(discovery)) = (&of.settings.issuer, &of.discovery) else {
        return Err(Finding::not_checked(
            "`issuer` is not set, or `outbound` is invalid",
        ));
    };
    match discovery {
        Ok(response) => Ok(judged(issuer, response)),
        Err(failure) => Err(Finding::problem(
            CommandError::of(&format!("{issuer} cannot be reached"), failure).message + ".",
            "Start the server, and check its DNS name, the firewall and the proxy in front of it.",
        )),
    }
}

fn judged(issuer: &str, response: &Inspected) -> Finding {
    let status = response.status;
    if status != 200 {
        return Finding::problem(
            format!("The discovery document at {issuer} has the status code {status}."),
            "Check that the proxy passes all paths and the header `Host` on to the server.",
        );
    }
    let document: Option<Value> = serde_json::from_slice(&response.body).ok();
    let named = document
        .as_ref()
        .and_then(|document| document["issuer"].as_str());
    match named {
        None => Finding::problem(
            format!("{issuer} does not serve a discovery document."),
            "Check that its proxy passes requests on to this server.",
        ),
        Some(named) if named != issuer => Finding::problem(
            format!("The server at {issuer} reports a different issuer, {named:?}."),
            "Set `issuer` to the same URL on all servers, and restart them.",
        ),
        Some(_) if response.is_private => Finding::warning(
            format!("{issuer} has a private or loopback address."),
            "Clients outside of this network cannot reach it. If they have to, correct the DNS entry.",
        ),
        Some(_) => Finding::ok(format!("{issuer} serves its discovery document.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::State;

    #[test]
    fn discovery_document_must_name_the_issuer() {
        let issuer = "https://id.example";
        let own = r#"{"issuer":"https://id.example"}"#;
        let other = r#"{"issuer":"https://id.example/"}"#;
        for (status, body, is_private, expected) in [
            (200, own, false, State::Ok),
            (200, own, true, State::Warning),
            (200, other, false, State::Problem),
            (200, "<html>", false, State::Problem),
            (200, "{}", false, State::Problem),
            (404, own, false, State::Problem),
            (301, own, false, State::Problem),
        ] {
            let response = Inspected {
                status,
                body: body.into(),
                date: None,
                certificate_expires_at: None,
                is_private,
            };
            assert_eq!(judged(issuer, &response).state, expected, "{status} {body}");
        }
    }
}
