use super::*;
use crate::claims::value_rule::{InvalidValue, TextFormat};
use alloc::vec;

fn attribute(kind: AttributeType) -> Attribute {
    let name = AttributeName::parse("cost_center").unwrap();
    Attribute::new(name, kind, Timestamp::from_unix_seconds(1))
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::Text(text.into())
}

#[test]
fn contradictory_definition_is_rejected() {
    type Change = fn(&mut Attribute);
    let cases: [(AttributeType, Change, InvalidAttribute); 11] = [
        (
            AttributeType::Text,
            |own| own.description = "\n".into(),
            InvalidAttribute::DescriptionMalformed,
        ),
        (
            AttributeType::Flag,
            |own| own.rule.max_length = Some(5),
            InvalidAttribute::Lengths,
        ),
        (
            AttributeType::Text,
            |own| own.rule.max_length = Some(1001),
            InvalidAttribute::Lengths,
        ),
        (
            AttributeType::Text,
            |own| (own.rule.min_length, own.rule.max_length) = (Some(3), Some(2)),
            InvalidAttribute::Lengths,
        ),
        (
            AttributeType::Number,
            |own| own.rule.pattern = Some("a".into()),
            InvalidAttribute::Pattern,
        ),
        (
            AttributeType::Number,
            |own| own.rule.values = vec!["a".into()],
            InvalidAttribute::Values,
        ),
        (
            AttributeType::Text,
            |own| own.rule.values = vec!["a".into(), "a".into()],
            InvalidAttribute::Values,
        ),
        (
            AttributeType::Flag,
            |own| own.rule.format = Some(TextFormat::Date),
            InvalidAttribute::Format,
        ),
        (
            AttributeType::Text,
            |own| own.rule.minimum = Some(1),
            InvalidAttribute::Range,
        ),
        (
            AttributeType::Number,
            |own| (own.rule.minimum, own.rule.maximum) = (Some(2), Some(1)),
            InvalidAttribute::Range,
        ),
        (
            AttributeType::Text,
            |own| own.rule.max_items = Some(2),
            InvalidAttribute::Items,
        ),
    ];
    for (kind, change, broken) in cases {
        let mut own = attribute(kind);
        assert_eq!(own.check(), Ok(()));
        change(&mut own);
        assert_eq!(own.check(), Err(broken));
    }
}

#[test]
fn value_outside_its_rules_is_rejected() {
    let plain = |_: &str, _: &str| true;
    let mut own = attribute(AttributeType::Text).rule;
    assert_eq!(
        own.check(&AttributeValue::Flag(true), plain),
        Err(InvalidValue::Type)
    );
    assert_eq!(own.check(&text(""), plain), Err(InvalidValue::Length));
    assert_eq!(own.check(&text("a\tb"), plain), Err(InvalidValue::Length));
    own.pattern = Some("[0-9]+".into());
    assert_eq!(
        own.check(&text("x"), |_, _| false),
        Err(InvalidValue::Pattern)
    );
    own.pattern = None;
    own.values = vec!["red".into()];
    assert_eq!(own.check(&text("blue"), plain), Err(InvalidValue::Value));
    own.values.clear();
    for (format, good, bad) in [
        (TextFormat::Email, "a@b.example", "a"),
        (TextFormat::Uri, "https://b.example", "ftp://b.example"),
        (TextFormat::Date, "2026-02-28", "2026"),
    ] {
        own.format = Some(format);
        assert_eq!(own.check(&text(good), plain), Ok(()), "{good}");
        assert_eq!(
            own.check(&text(bad), plain),
            Err(InvalidValue::Format),
            "{bad}"
        );
    }
    let mut number = attribute(AttributeType::Number).rule;
    number.maximum = Some(5);
    assert_eq!(
        number.check(&AttributeValue::Number(6), plain),
        Err(InvalidValue::Range)
    );
    assert_eq!(number.check(&AttributeValue::Number(-6), plain), Ok(()));
    let mut list = attribute(AttributeType::Texts).rule;
    list.max_items = Some(1);
    let items =
        |items: &[&str]| AttributeValue::Texts(items.iter().map(|own| (*own).into()).collect());
    assert_eq!(
        list.check(&items(&["a", "b"]), plain),
        Err(InvalidValue::Items)
    );
    list.max_items = None;
    assert_eq!(
        list.check(&items(&["a", "a"]), plain),
        Err(InvalidValue::Items)
    );
    assert_eq!(list.check(&items(&["a", "b"]), plain), Ok(()));
}

#[test]
fn entered_text_becomes_value_of_the_type() {
    let entered = |kind, text: &str| ValueRule::new(kind).entered(text);
    let texts = AttributeValue::Texts(["a".into(), "b".into()].into());
    for (kind, text, value) in [
        (AttributeType::Text, " x ", AttributeValue::Text("x".into())),
        (AttributeType::Number, "-7", AttributeValue::Number(-7)),
        (AttributeType::Flag, "false", AttributeValue::Flag(false)),
        (AttributeType::Texts, "\r\na\r\n b\n\n", texts),
    ] {
        assert_eq!(entered(kind, text), Ok(Some(value.clone())));
        assert_eq!(entered(kind, &value.to_lines()), Ok(Some(value)));
        assert_eq!(entered(kind, " \n"), Ok(None));
    }
    for (kind, text) in [(AttributeType::Number, "1.5"), (AttributeType::Flag, "yes")] {
        assert_eq!(entered(kind, text), Err(InvalidValue::Type));
    }
}
