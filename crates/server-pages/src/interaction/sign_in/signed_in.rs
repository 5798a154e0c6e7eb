//! The end of a sign-in: the session, the notices, and the next page.

use super::problems::problem_of;
use crate::browser::Browser;
use crate::paths::{CONTINUE, DELETION, LOGIN, PASSKEY_OFFER};
use axum::response::Response;
use countersign_application::{App, Failure, LiveSession, Notice, Proof};
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::login::interaction::{Interaction, Pending};
use countersign_domain::login::methods::Method;
use countersign_domain::refusal::Refusal;
use countersign_domain::user::User;
use countersign_server_http::wire::error::RequestError;

/// Starts the session of an authenticated user. If that fails, for example because the user has just been disabled,
/// redirects to the sign-in page.
pub(crate) async fn signed_in<A: App>(
    browser: &mut Browser<A>,
    mut interaction: Interaction,
    proof: Proof,
    remember: bool,
) -> Result<Response, RequestError> {
    let sessions = &browser.services.app.sessions;
    let begun = sessions.begin(&browser.tenant, proof, &browser.sessions, browser.origin());
    let live = match begun.await {
        Ok(live) => live,
        Err(failure) => {
            interaction.pending = None;
            let problem = problem_of(browser, Method::PASSWORD, failure.into())?;
            return Ok(browser.lead_back(LOGIN, &interaction, problem, Vec::new()));
        }
    };
    if let Err(refusal) = settle(browser, &mut interaction, &live).await {
        let sessions = &browser.services.app.sessions;
        sessions.sign_out(&browser.tenant, &live).await?;
        interaction.pending = None;
        let problem = problem_of(browser, Method::PASSWORD, refusal.into())?;
        return Ok(browser.lead_back(LOGIN, &interaction, problem, Vec::new()));
    }
    metrics::counter!("countersign_logins_total").increment(1);
    tracing::info!(user = %live.user.id, session = %live.session.id, "signed in");
    notify(browser, &interaction, &live).await;
    interaction.signed_in(live.session.id);
    if remember {
        let name = browser.user_agent().unwrap_or_default();
        let sign_in = &browser.services.app.sign_in;
        let device = sign_in.remember_device(&browser.tenant, live.user.id, &name);
        let device = device.await?.id;
        browser.remember(device);
    }
    browser.know(&live.user);
    let next = if will_be_deleted(browser, &live.user).await? {
        DELETION
    } else if offers_passkey(browser, &live.user).await? {
        PASSKEY_OFFER
    } else {
        CONTINUE
    };
    browser.sessions.put_first(live);
    Ok(browser.lead_to(next, &interaction))
}

/// Links the account at a provider that the sign-in came from, and tells the user. If the store fails, the next sign-in
/// links it. A refusal means that the identity does not belong to the user any more.
async fn settle<A: App>(
    browser: &Browser<A>,
    interaction: &mut Interaction,
    live: &LiveSession,
) -> Result<(), Refusal> {
    let upstream = interaction.upstream.take();
    let Some(upstream) = upstream.filter(|own| own.user == live.user.id) else {
        return Ok(());
    };
    let federation = &browser.services.app.federation;
    let settled = federation.settle(&browser.tenant, &upstream, live.session.id);
    match settled.await {
        Ok(Some(identity)) => {
            let added = AddedFactor::Identity(identity);
            browser
                .notify_added(&live.user, Notice::IdentityLinked, &added)
                .await;
        }
        Ok(None) => {}
        Err(Failure::Refused(refusal)) => return Err(refusal),
        Err(error) => {
            let provider = upstream.provider.as_str();
            tracing::warn!(%error, user = %live.user.id, provider, "cannot link an identity");
        }
    }
    Ok(())
}

/// Returns whether the user has requested the deletion of the account, and can still keep it.
async fn will_be_deleted<A: App>(browser: &Browser<A>, user: &User) -> Result<bool, RequestError> {
    let accounts = &browser.services.app.accounts;
    let scheduled = accounts.scheduled_deletion(&browser.tenant, user.id);
    Ok(scheduled.await?.is_some())
}

async fn offers_passkey<A: App>(browser: &Browser<A>, user: &User) -> Result<bool, RequestError> {
    let services = &browser.services;
    if !browser.pages.offers_passkeys() || !browser.takes_passkeys() {
        return Ok(false);
    }
    let accounts = &services.app.accounts;
    Ok(accounts.may_offer_passkey(&browser.tenant, user).await?)
}

/// Sends the security notices of a sign-in. A recovery ends with a notice of its own.
async fn notify<A: App>(browser: &Browser<A>, interaction: &Interaction, live: &LiveSession) {
    let methods = live.session.authentication.methods;
    if methods.contain(Method::RECOVERY_CODE) {
        browser.notify(&live.user, Notice::RecoveryCodeUsed).await;
    }
    let device = browser.known_device();
    let known = device.and_then(|device| device.account_of(&live.user));
    let is_new_account = matches!(interaction.pending, Some(Pending::SignUp(_)));
    if known.is_none() && interaction.recovered.is_none() && !is_new_account {
        browser.notify(&live.user, Notice::NewDevice).await;
    }
}
