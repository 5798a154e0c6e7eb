//! The form of a new account: claims and agreements.

use crate::failure::Failure;
use crate::refusals;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::Client;
use countersign_domain::tenant::sign_up::SignUpPolicy;
use countersign_domain::time::Timestamp;
use countersign_domain::user::profile::{Agreement, Profile};

/// Checks the claims that the tenant asks for. All are required.
pub(super) fn claims(
    policy: &SignUpPolicy,
    given: &[(StandardClaim, String)],
) -> Result<(Option<String>, Profile), Failure> {
    let (mut name, mut profile) = (None, Profile::default());
    for claim in &policy.fields {
        let text = given.iter().find(|(own, _)| own == claim);
        let text = text.map(|(_, text)| text.trim()).unwrap_or_default();
        if claim.may_say(text).is_err() {
            return Err(refusals::CLAIM_MALFORMED.into());
        }
        if *claim == StandardClaim::Name {
            if text.chars().count() > Client::LONGEST_NAME {
                return Err(refusals::CLAIM_MALFORMED.into());
            }
            name = Some(text.to_owned());
        } else {
            profile.set_text(*claim, Some(text.to_owned()));
        }
    }
    Ok((name, profile))
}

/// Returns the documents that the user agrees to. The user must agree to all of them.
pub(super) fn agreements(
    policy: &SignUpPolicy,
    agrees: bool,
    at: Timestamp,
) -> Result<Vec<Agreement>, Failure> {
    let documents = policy.documents().map(|(name, document)| Agreement {
        document: name.to_owned(),
        version: document.version.clone(),
        at,
    });
    let documents: Vec<_> = documents.collect();
    if documents.is_empty() || agrees {
        Ok(documents)
    } else {
        Err(refusals::AGREEMENT_MISSING.into())
    }
}
