//! Attributes on the profile page.

use super::recorded;
use crate::browser::account::{act, user};
use crate::browser::{Browser, served};
use crate::harness::Server;
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::claims::value_rule::AttributeType;
use countersign_ports::Definition;
use countersign_store_contract::fixtures;

const JANE: &str = "jane@example.com";
const PROFILE: &str = "/account/profile";

async fn define(server: &Server, name: &str, kind: AttributeType, parties: &[AttributeParty]) {
    let name = AttributeName::parse(name).unwrap();
    let mut attribute = Attribute::new(name, kind, fixtures::NOW);
    attribute.readers.extend(parties);
    attribute.writers.extend(parties);
    if kind == AttributeType::Text {
        attribute.description = "Desk <number>".into();
        attribute.rule.pattern = Some("[A-Z][0-9]".into());
    }
    server.put(Definition::Attribute(attribute)).await;
}

/// Returns a server with attributes for users, and one of operators.
async fn with_attributes() -> Server {
    let server = served().await;
    let user = [AttributeParty::User];
    define(&server, "desk", AttributeType::Text, &user).await;
    define(&server, "floor", AttributeType::Number, &user).await;
    define(&server, "teams", AttributeType::Texts, &user).await;
    define(&server, "remote", AttributeType::Flag, &user).await;
    define(&server, "level", AttributeType::Number, &[]).await;
    server
}

#[tokio::test]
async fn user_edits_attributes_that_users_may_write() {
    let server = with_attributes().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open(PROFILE).await;
    let html = browser.html();
    assert!(html.contains("Desk &#60;number&#62;</label>"), "{html}");
    assert!(!html.contains("attribute.level"), "{html}");
    let fields = [
        ("name", "Jane Doe"),
        ("attribute.desk", "B7"),
        ("attribute.floor", "-1"),
        ("attribute.teams", "red\r\n\r\nblue"),
        ("attribute.remote", "true"),
        ("attribute.level", "9"),
        ("attribute.unknown", "x"),
    ];
    act(&mut browser, PROFILE, &fields).await;
    assert_eq!(browser.path(), "/account");
    let jane = user(&browser, JANE).await;
    let of = |name: &str| {
        jane.attributes
            .values
            .get(&AttributeName::parse(name).unwrap())
    };
    assert_eq!(of("desk"), Some(&AttributeValue::Text("B7".into())));
    assert_eq!(of("floor"), Some(&AttributeValue::Number(-1)));
    let teams = AttributeValue::Texts(vec!["red".into(), "blue".into()]);
    assert_eq!(of("teams"), Some(&teams));
    assert_eq!(of("remote"), Some(&AttributeValue::Flag(true)));
    assert_eq!(of("level"), None, "users may not write it");
    browser.open(PROFILE).await;
    let html = browser.html();
    assert!(html.contains("red\nblue</textarea>"), "{html}");
    assert!(html.contains(r#"value="true" selected"#), "{html}");
    act(
        &mut browser,
        PROFILE,
        &[("name", "Jane Doe"), ("attribute.desk", "")],
    )
    .await;
    let jane = user(&browser, JANE).await;
    let left: Vec<_> = jane
        .attributes
        .values
        .keys()
        .map(AttributeName::as_str)
        .collect();
    assert_eq!(
        left,
        ["floor", "remote", "teams"],
        "an empty text removes one"
    );
}

#[tokio::test]
async fn invalid_attribute_is_marked_and_keeps_what_was_typed() {
    let server = with_attributes().await;
    for (language, marked, top, number) in [
        (
            "en",
            "expected format",
            "Correct the marked",
            "whole number",
        ),
        ("de", "erwartete Format", "markierten Felder", "ganze Zahl"),
    ] {
        let mut browser = Browser::of(&server, JANE).await;
        let cookie = (
            "__Host-countersign-language".to_owned(),
            language.to_owned(),
        );
        browser.cookies.extend([cookie]);
        browser.open(PROFILE).await;
        let fields = [
            ("name", "Typed Name"),
            ("attribute.desk", "desk 7"),
            ("attribute.floor", "1.5"),
            ("attribute.teams", "green"),
        ];
        act(&mut browser, PROFILE, &fields).await;
        assert_eq!(browser.path(), PROFILE);
        let html = browser.html();
        for text in [marked, top, number, "Typed Name", "desk 7", "1.5", "green"] {
            assert!(html.contains(text), "{text}: {html}");
        }
        let described = r#"id="attribute.desk-problem""#;
        assert!(html.contains(described), "{html}");
        let jane = user(&browser, JANE).await;
        assert!(jane.attributes.values.is_empty(), "nothing is saved");
    }
}

#[tokio::test]
async fn event_of_own_change_hides_what_operators_may_not_read() {
    let server = with_attributes().await;
    let name = AttributeName::parse("diary").unwrap();
    let parties = [AttributeParty::User];
    let diary = Attribute {
        readers: parties.into(),
        writers: parties.into(),
        ..Attribute::new(name, AttributeType::Text, fixtures::NOW)
    };
    server.put(Definition::Attribute(diary)).await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open(PROFILE).await;
    let fields = [
        ("attribute.diary", "private text"),
        ("attribute.desk", "B7"),
    ];
    act(&mut browser, PROFILE, &fields).await;
    let events = recorded(&server).await;
    assert!(
        events.contains("attributes.diary") && events.contains("B7"),
        "{events}"
    );
    assert!(!events.contains("private"), "{events}");
}
