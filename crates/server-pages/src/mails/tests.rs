//! Tests of all mails.

use super::{Mails, names, preview};
use crate::pages::{CATALOGUES, PageSettings, Pages, Theme};
use axum::http::HeaderMap;
use countersign_application::{LinkMail, Mail, Notice, NoticeMail, Origin};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_ports::{Place, Places};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

const ISSUER: &str = "https://auth.example";

/// Knows the place of the sample notice.
#[derive(Debug)]
struct Berlin;

impl Places for Berlin {
    fn find(&self, address: IpAddr, language: &str) -> Option<Place> {
        let country = match language {
            "de" => "Deutschland",
            _ => "Germany",
        };
        (address.to_string() == "192.0.2.7").then(|| Place {
            city: Some("Berlin".to_owned()),
            country: country.to_owned(),
        })
    }
}

fn pages() -> Pages {
    let theme = Theme {
        name: "<Meadow>".to_owned(),
        ..Theme::default()
    };
    Pages::new(PageSettings {
        theme,
        places: Arc::new(Berlin),
        ..PageSettings::default()
    })
    .unwrap()
}

fn mails(pages: &Pages) -> Mails<'_> {
    Mails::new(pages.page(&HeaderMap::new(), None), ISSUER)
}

#[test]
fn every_mail_has_subject_text_and_html_without_placeholders() {
    let pages = pages();
    for language in ["en", "de"] {
        let page = pages.page(&HeaderMap::new(), Some(language));
        for name in names() {
            let letter = preview(Mails::new(page, ISSUER), &name).unwrap();
            for text in [&letter.subject, &letter.text, &letter.html] {
                let has_key = [
                    "mail.notice",
                    "mail.fact",
                    "mail.footer",
                    &format!("mail.{name}"),
                ];
                assert!(
                    has_key.iter().all(|key| !text.contains(key)),
                    "{name}: {text}"
                );
                assert!(!text.is_empty(), "{name}");
            }
            assert!(!letter.subject.contains('{') && !letter.subject.contains('\n'));
            assert!(!letter.text.contains(['{', '}']), "{name}: {}", letter.text);
            assert!(letter.html.contains("&#60;Meadow&#62;"), "{name}");
            assert!(!letter.html.contains("<Meadow>"), "{name}");
        }
    }
    assert!(preview(mails(&pages), "notice_other").is_none());
}

#[test]
fn catalogue_has_only_texts_of_mails() {
    let tables: std::collections::BTreeMap<String, toml::Table> =
        toml::from_str(CATALOGUES[0].1).unwrap();
    let there: BTreeSet<String> = tables["mail"].keys().cloned().collect();
    let facts = ["time", "device", "address", "place", "due"].map(|fact| format!("fact_{fact}"));
    let shared = facts
        .into_iter()
        .chain(["notice", "footer"].map(str::to_owned));
    let parts = names().chain(shared).flat_map(|name| {
        let parts = ["subject", "text", "button"].map(|part| format!("{name}_{part}"));
        parts.into_iter().chain([name])
    });
    let unknown: Vec<_> = there.difference(&parts.collect()).cloned().collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn link_and_code_are_in_text_and_html() {
    let (token, code) = (Secret::new("the-token"), Secret::new("271828"));
    let pages = pages();
    let letter = mails(&pages).compose(
        Mail::Recovery(LinkMail {
            token: &token,
            code: &code,
            lifetime: Duration::from_secs(1800),
        }),
        None,
    );
    let link = "https://auth.example/recover/link?token=the-token";
    for text in [&letter.text, &letter.html] {
        assert!(text.contains(link) && text.contains("271828"), "{text}");
        assert!(text.contains("30 minutes"), "{text}");
    }
    assert!(!letter.subject.contains("271828"), "{}", letter.subject);
}

/// A client chooses its `User-Agent`, and a browser its address.
#[test]
fn values_cannot_inject_markup_or_placeholders() {
    let pages = pages();
    let token = Secret::new("the-token");
    let origin = Origin {
        ip_address: Some("<b>{link}</b>".to_owned()),
        user_agent: None,
    };
    let mail = NoticeMail {
        notice: Notice::NewDevice,
        at: Timestamp::from_unix_seconds(0),
        origin: &origin,
        token: &token,
        due_at: None,
    };
    let letter = mails(&pages).compose(Mail::Notice(&mail), None);
    assert!(!letter.html.contains("<b>"), "{}", letter.html);
    assert!(letter.text.contains("<b>{link}</b>"), "{}", letter.text);
    assert_eq!(letter.text.matches("the-token").count(), 1);
    assert!(letter.text.contains("1970-01-01 00:00 UTC"));
}

#[test]
fn notice_has_approximate_place_in_language_of_mail() {
    let pages = pages();
    for (language, place) in [
        ("en", "Approximate location: Near Berlin, Germany"),
        (
            "de",
            "Ungefährer Standort: In der Nähe von Berlin, Deutschland",
        ),
    ] {
        let page = pages.page(&HeaderMap::new(), Some(language));
        let letter = preview(Mails::new(page, ISSUER), "notice_new_device").unwrap();
        assert!(letter.text.contains(place), "{}", letter.text);
    }
}

#[test]
fn notice_without_known_place_has_no_line_about_it() {
    let pages = Pages::new(PageSettings::default()).unwrap();
    let letter = preview(mails(&pages), "notice_new_device").unwrap();
    assert!(letter.text.contains("192.0.2.7"), "{}", letter.text);
    assert!(!letter.text.contains("location"), "{}", letter.text);
}
