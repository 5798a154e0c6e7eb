//! `/account/profile`: changes names, language and time zone.

use super::times::zones;
use crate::account::addresses::{PROFILE, done};
use crate::account::owner::{Owner, Sent};
use crate::browser::form;
use crate::browser::problem::FormProblem;
use crate::pages::views::{EditProfileView, Section};
use axum::response::Response;
use countersign_application::App;
use countersign_application::admin::users::{ClaimChange, GivenClaim};
use countersign_domain::authorize::claims_request::StandardClaim as Claim;
use countersign_domain::client::Client;
use countersign_server_http::wire::parameters::given;

/// Shows the form.
pub(in crate::account) async fn show<A: App>(mut owner: Owner<A>) -> Response {
    let problem = owner.take_problem();
    let page = page(&owner, problem.as_ref());
    owner.finish(PROFILE, Ok(page))
}

/// Saves the profile.
pub(in crate::account) async fn save<A: App>(Sent { by, fields }: Sent<A>) -> Response {
    let values = [
        (Claim::Name, fields.name),
        (Claim::GivenName, fields.given_name),
        (Claim::FamilyName, fields.family_name),
        (Claim::Locale, fields.locale),
        (Claim::Zoneinfo, fields.zoneinfo),
    ];
    let changes = values.map(|(claim, value)| {
        let value = given(value).map(|text| text.trim().to_owned());
        let value = GivenClaim::Text(value.filter(|text| !text.is_empty()));
        ClaimChange { claim, value }
    });
    let accounts = &by.browser.services.app.accounts;
    let (user, session) = (&by.live.user, &by.live.session);
    let saved = accounts
        .change_profile(&by.browser.tenant, user, session, &changes)
        .await;
    let answer = saved.map(|()| done(Section::Profile, "profile"));
    by.finish_form(PROFILE, answer.map_err(Into::into))
}

fn page<A: App>(owner: &Owner<A>, problem: Option<&FormProblem>) -> Response {
    let (browser, user) = (&owner.browser, &owner.live.user);
    let csrf = owner.csrf();
    let text = |claim| user.profile.text(claim).unwrap_or_default();
    let (locale, zoneinfo) = (text(Claim::Locale), text(Claim::Zoneinfo));
    let pages = &browser.services.pages;
    let mut locales: Vec<_> = pages.language_names().collect();
    if !locale.is_empty() && locales.iter().all(|(tag, _)| *tag != locale) {
        locales.push((locale, locale));
    }
    let zones = zones();
    let mut names: Vec<&str> = zones.iter().map(String::as_str).collect();
    if !zoneinfo.is_empty() && !names.contains(&zoneinfo) {
        names.push(zoneinfo);
    }
    let view = EditProfileView {
        page: browser.page(),
        form: form(PROFILE, &csrf, None),
        owner: owner.shown(Section::Profile, None),
        problem: problem.map(FormProblem::shown),
        longest: Client::LONGEST_NAME,
        name: user.name.as_deref().unwrap_or_default(),
        given_name: text(Claim::GivenName),
        family_name: text(Claim::FamilyName),
        locale,
        locales,
        zoneinfo,
        zones: names,
    };
    FormProblem::show(problem, browser.page(), &view)
}
