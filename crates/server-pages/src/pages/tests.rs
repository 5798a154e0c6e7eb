//! Tests of all pages: keys of catalogues and templates, escaping, languages and assets.
#![expect(clippy::disallowed_methods, reason = "tests answer no requests")]

use super::*;
use countersign_domain::login::methods::Method;
use std::collections::BTreeSet;
use std::path::Path;

const FORM: views::Form<'_> = views::Form {
    action: "/login",
    csrf: "the-csrf",
    interaction: Some("the-interaction"),
};

fn keys(toml: &str) -> BTreeSet<String> {
    let tables: std::collections::BTreeMap<String, toml::Table> = toml::from_str(toml).unwrap();
    let pairs = tables.iter().flat_map(|(table, texts)| {
        let names = texts.keys();
        names.map(move |name| format!("{table}.{name}"))
    });
    pairs.collect()
}

/// Collects the quoted strings that look like keys.
fn asked_for(folder: &Path, keys: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            asked_for(&path, keys);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for quoted in source.split('"') {
            let is_key = quoted.split_once('.').is_some_and(|(table, name)| {
                let plain = |part: &str| {
                    !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                };
                plain(table) && plain(name) && !matches!(name, "html" | "css" | "js" | "toml")
            });
            if is_key {
                keys.insert(quoted.to_owned());
            }
        }
    }
}

#[test]
fn all_catalogues_have_same_keys() {
    let [(_, english), others @ ..] = CATALOGUES;
    for (language, toml) in others {
        assert_eq!(keys(toml), keys(english), "{language}");
    }
}

#[test]
fn all_catalogues_have_same_placeholders() {
    let [(_, english), others @ ..] = CATALOGUES;
    let english = Catalogue::parse("en", english).unwrap();
    for (language, toml) in others {
        let catalogue = Catalogue::parse(language, toml).unwrap();
        catalogue.completed(&english).unwrap();
    }
}

/// Texts in the table of a login method.
const METHOD_TEXTS: [&str; 9] = [
    "title", "lead", "sent", "code", "send", "submit", "again", "sign_in", "instead",
];

#[test]
fn catalogue_keys_match_keys_used_by_pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let there = keys(CATALOGUES[0].1);
    let tables: BTreeSet<_> = there.iter().map(|key| key.split('.').next()).collect();
    let mut asked = BTreeSet::new();
    asked_for(&root.join("src"), &mut asked);
    asked.retain(|key| tables.contains(&key.split('.').next()));
    asked_for(&root.join("templates"), &mut asked);
    for method in Method::ALL {
        let table = method.as_str().replace('-', "_");
        let texts = there
            .iter()
            .filter(|key| key.starts_with(&format!("{table}.")));
        for key in texts {
            let name = key.split('.').next_back().unwrap();
            if METHOD_TEXTS.contains(&name) {
                asked.insert(key.clone());
            }
        }
    }
    // The tests of mails check their texts.
    let is_scope = |key: &&String| key.starts_with("scope.") || key.starts_with("mail.");
    let not_there: Vec<_> = asked
        .difference(&there)
        .filter(|key| !is_scope(key))
        .collect();
    let not_asked: Vec<_> = there
        .difference(&asked)
        .filter(|key| !is_scope(key))
        .collect();
    assert!(
        not_there.is_empty() && not_asked.is_empty(),
        "{not_there:?} {not_asked:?}"
    );
}

fn login<'a>(page: PageContext<'a>, client: &'a str) -> views::LoginView<'a> {
    views::LoginView {
        page,
        form: FORM,
        client: Some(client),
        email: "jane@example.com",
        problem: Some(views::ShownProblem {
            problem: views::Problem::Wait(7),
            request_id: None,
        }),
        others: vec![views::Other {
            text: "Sign in with a passkey".to_owned(),
            link: "/login/passkey".to_owned(),
            posts: true,
        }],
        is_restricted: false,
        providers: Vec::new(),
        autofill: Some(views::Autofill {
            form: FORM,
            options: "{}",
        }),
        forgot: None,
        sign_up: None,
    }
}

#[test]
fn untrusted_text_is_escaped() {
    let pages = Pages::new(PageSettings::default()).unwrap();
    let page = pages.page(&HeaderMap::new(), None);
    let html = login(page, "<script>\"'&").render().unwrap();
    assert!(!html.contains("<script>"), "{html}");
    assert!(html.contains("&#60;script&#62;"), "{html}");
}

#[test]
fn every_form_has_hidden_fields() {
    let pages = Pages::new(PageSettings::default()).unwrap();
    let page = pages.page(&HeaderMap::new(), None);
    let html = login(page, "App").render().unwrap();
    let forms: Vec<&str> = html.split("<form").skip(1).collect();
    assert_eq!(forms.len(), 3);
    for form in forms {
        assert!(form.contains(r#"name="csrf" value="the-csrf""#), "{form}");
        assert!(
            form.contains(r#"name="interaction" value="the-interaction""#),
            "{form}"
        );
    }
}

#[test]
fn page_uses_requested_language() {
    let pages = Pages::new(PageSettings::default()).unwrap();
    let html = login(pages.page(&HeaderMap::new(), Some("de-CH en")), "App");
    let html = html.render().unwrap();
    assert!(html.contains(r#"<html lang="de" dir="ltr">"#), "{html}");
    assert!(
        html.contains("<title>Anmelden · Countersign</title>"),
        "{html}"
    );
    assert!(html.contains("in 7 Min. noch einmal"), "{html}");
}

#[test]
fn custom_catalogue_adds_language_and_overrides_text() {
    let settings = |default: &str| PageSettings {
        catalogues: vec![
            ("fr".into(), "[login]\ntitle = \"Connexion\"".into()),
            ("de".into(), "[login]\ntitle = \"Einloggen\"".into()),
        ],
        default_language: default.into(),
        ..PageSettings::default()
    };
    let pages = Pages::new(settings("fr")).unwrap();
    assert_eq!(pages.languages().collect::<Vec<_>>(), ["en", "de", "fr"]);
    let french = pages.page(&HeaderMap::new(), None);
    assert_eq!(french.text("login.title"), "Connexion");
    assert_eq!(french.text("login.password"), "Password");
    let german = pages.page(&HeaderMap::new(), Some("de"));
    assert_eq!(german.text("login.title"), "Einloggen");
    assert_eq!(german.text("login.password"), "Passwort");
    assert!(Pages::new(settings("it")).is_err());
}

#[test]
fn asset_path_changes_with_content() {
    let of = |accent: &str| {
        let theme = Theme {
            accent: accent.parse().unwrap(),
            ..Theme::default()
        };
        Pages::new(PageSettings {
            theme,
            ..PageSettings::default()
        })
        .unwrap()
    };
    let (red, blue) = (of("#ff0000"), of("#0000ff"));
    assert_ne!(red.assets.theme.path, blue.assets.theme.path);
    assert_eq!(red.assets.style.path, blue.assets.style.path);
    let file = red.assets.theme.path.strip_prefix("/assets/").unwrap();
    let served = red.asset(file).unwrap();
    assert_eq!(served.status(), StatusCode::OK);
    let kept = served.headers().get(header::CACHE_CONTROL).unwrap();
    assert_eq!(kept, "public, max-age=31536000, immutable");
    assert!(blue.asset(file).is_none());
}
