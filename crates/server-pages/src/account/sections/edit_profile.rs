//! `/account/profile`: changes names, language, time zone and attributes.

use super::attributes::field;
use super::times::zones;
use crate::account::addresses::{PROFILE, done};
use crate::account::owner::{Owner, Sent};
use crate::browser::problem::FormProblem;
use crate::browser::{ATTRIBUTE, Entered, LONGEST, form};
use crate::pages::views::{EditProfileView, Section};
use axum::response::Response;
use countersign_application::admin::users::{ClaimChange, GivenClaim};
use countersign_application::{App, ProfileChange};
use countersign_domain::authorize::claims_request::StandardClaim as Claim;
use countersign_domain::client::Client;
use countersign_server_http::wire::error::RequestError;
use std::mem;

/// Maximum length of what the user entered, in the URL that shows the form again. Browsers and proxies limit URLs.
const MOST: usize = 6000;

/// Shows the form.
pub(in crate::account) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let problem = owner.take_problem();
    let page = page(&owner, problem.as_ref()).await;
    owner.finish(PROFILE, page)
}

/// Saves the profile.
pub(in crate::account) async fn save<A: App>(Sent { mut by, fields }: Sent<A>) -> Response {
    let values = [
        (Claim::Name, fields.name),
        (Claim::GivenName, fields.given_name),
        (Claim::FamilyName, fields.family_name),
        (Claim::Locale, fields.locale),
        (Claim::Zoneinfo, fields.zoneinfo),
    ];
    let values = values.map(|(claim, text)| (claim, text.unwrap_or_default().trim().to_owned()));
    let claims = values.iter().map(|(claim, text)| ClaimChange {
        claim: *claim,
        value: GivenClaim::Text(Some(text.clone()).filter(|text| !text.is_empty())),
    });
    let change = ProfileChange {
        claims: claims.collect(),
        attributes: mem::take(&mut by.attributes),
    };
    let accounts = &by.browser.services.app.accounts;
    let (user, session) = (&by.live.user, &by.live.session);
    let saved = accounts
        .change_profile(&by.browser.tenant, user, session, &change)
        .await;
    let answer = match saved {
        Ok(()) => Ok(done(Section::Profile, "profile")),
        Err(failure) => {
            let claims = values.iter();
            let claims = claims.map(|(claim, text)| (claim.as_str().to_owned(), text.clone()));
            let attributes = change.attributes.iter();
            let attributes =
                attributes.map(|(name, text)| (format!("{ATTRIBUTE}{name}"), text.clone()));
            let entered = kept(claims.chain(attributes));
            by.browser
                .reject(PROFILE, &by.interaction, failure, entered)
        }
    };
    by.finish(PROFILE, answer)
}

/// Returns the fields that fit into the URL. None is cut, because the user could then save only a part of a text.
fn kept(entered: impl Iterator<Item = (String, String)>) -> Entered {
    let mut left = MOST;
    let fits = |(name, text): &(String, String)| {
        if text.chars().count() > LONGEST {
            return false;
        }
        let rest = left.checked_sub(name.len() + text.len());
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    entered.filter(fits).collect()
}

async fn page<A: App>(
    owner: &Owner<A>,
    problem: Option<&FormProblem>,
) -> Result<Response, RequestError> {
    let (browser, user) = (&owner.browser, &owner.live.user);
    let csrf = owner.csrf();
    let entered = |name: &str| {
        let found = owner.entered.iter().find(|(own, _)| own == name);
        found.map(|(_, text)| text.as_str())
    };
    let text = |claim: Claim| {
        let stored = match claim {
            Claim::Name => user.name.as_deref(),
            other => user.profile.text(other),
        };
        entered(claim.as_str()).or(stored).unwrap_or_default()
    };
    let (locale, zoneinfo) = (text(Claim::Locale), text(Claim::Zoneinfo));
    let pages = &browser.pages;
    let mut locales: Vec<_> = pages.language_names().collect();
    if !locale.is_empty() && locales.iter().all(|(tag, _)| *tag != locale) {
        locales.push((locale, locale));
    }
    let zones = zones();
    let mut names: Vec<&str> = zones.iter().map(String::as_str).collect();
    if !zoneinfo.is_empty() && !names.contains(&zoneinfo) {
        names.push(zoneinfo);
    }
    let accounts = &browser.services.app.accounts;
    let attributes = accounts.own_attributes(&browser.tenant).await?;
    let attributes = attributes.iter().map(|own| {
        let stored = user.attributes.values.get(&own.name);
        let entered = entered(&format!("{ATTRIBUTE}{}", own.name));
        field(browser.page(), own, stored, entered)
    });
    let view = EditProfileView {
        page: browser.page(),
        form: form(PROFILE, &csrf, None),
        owner: owner.shown(Section::Profile, None),
        problem: problem.map(FormProblem::shown),
        longest: Client::LONGEST_NAME,
        name: text(Claim::Name),
        given_name: text(Claim::GivenName),
        family_name: text(Claim::FamilyName),
        locale,
        locales,
        zoneinfo,
        zones: names,
        attributes: attributes.collect(),
    };
    Ok(FormProblem::show(problem, browser.page(), &view))
}
