//! Fields of the profile for attributes.

use crate::browser::ATTRIBUTE;
use crate::pages::PageContext;
use crate::pages::views::AttributeField;
use countersign_application::entered_attribute;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::claims::attribute_value::AttributeValue;
use countersign_domain::claims::value_rule::{AttributeType, InvalidValue, TextFormat, ValueRule};
use std::fmt::Display;

/// Returns the field for an attribute with its stored value, or with the text that the user entered before.
pub(super) fn field(
    page: PageContext<'_>,
    attribute: &Attribute,
    stored: Option<&AttributeValue>,
    entered: Option<&str>,
) -> AttributeField {
    let rule = &attribute.rule;
    let stored = stored.map(AttributeValue::to_lines).unwrap_or_default();
    let changed = entered.filter(|text| !text.lines().eq(stored.lines()));
    let problem = changed.and_then(|text| entered_attribute(attribute, text).err());
    let value = entered.unwrap_or(&stored).to_owned();
    let is_list = rule.kind == AttributeType::Texts;
    let mut options: Vec<_> = match rule.kind {
        AttributeType::Flag => [("true", "attribute.yes"), ("false", "attribute.no")]
            .map(|(value, text)| (value.to_owned(), page.text(text).to_owned()))
            .into(),
        AttributeType::Text => rule
            .values
            .iter()
            .map(|own| (own.clone(), own.clone()))
            .collect(),
        AttributeType::Number | AttributeType::Texts => Vec::new(),
    };
    let is_selection = !options.is_empty();
    // A value that was allowed before stays selected.
    if is_selection && !value.is_empty() && options.iter().all(|(own, _)| *own != value) {
        options.push((value.clone(), value.clone()));
    }
    let label = match attribute.description.as_str() {
        "" => attribute.name.as_str().replace('_', " "),
        description => description.to_owned(),
    };
    AttributeField {
        name: format!("{ATTRIBUTE}{}", attribute.name),
        label,
        kind: match (rule.kind, rule.format) {
            (AttributeType::Number, _) => "number",
            (_, Some(TextFormat::Email)) => "email",
            (_, Some(TextFormat::Uri)) => "url",
            (_, Some(TextFormat::Date)) => "date",
            (_, None) => "text",
        },
        options,
        is_list,
        longest: rule.max_length.unwrap_or(ValueRule::MAX_LENGTH),
        value,
        problem: problem.map(|problem| words(page, rule, problem)),
    }
}

/// Returns the text of a problem with a value.
fn words(page: PageContext<'_>, rule: &ValueRule, problem: InvalidValue) -> String {
    let key = match problem {
        InvalidValue::Type => "attribute.number",
        InvalidValue::Length => {
            let range = range(Some(rule.min_length.unwrap_or(1)), rule.max_length);
            let key = match rule.kind {
                AttributeType::Texts => "attribute.lines_length",
                _ => "attribute.length",
            };
            return page.with(key, "range", range);
        }
        InvalidValue::Value => {
            return page.with("attribute.value", "values", rule.values.join(", "));
        }
        InvalidValue::Range => {
            return page.with(
                "attribute.range",
                "range",
                range(rule.minimum, rule.maximum),
            );
        }
        InvalidValue::Items => {
            let most = rule.max_items.unwrap_or(ValueRule::MAX_ITEMS);
            return page.with("attribute.items", "most", most);
        }
        InvalidValue::Format => match rule.format {
            Some(TextFormat::Email) => "attribute.email",
            Some(TextFormat::Uri) => "attribute.uri",
            Some(TextFormat::Date) => "attribute.date",
            None => "attribute.pattern",
        },
        _ => "attribute.pattern",
    };
    page.text(key).to_owned()
}

fn range<T: Display>(least: Option<T>, most: Option<T>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!("{least}\u{2013}{most}"),
        (Some(least), None) => format!("\u{2265} {least}"),
        (None, Some(most)) => format!("\u{2264} {most}"),
        (None, None) => String::new(),
    }
}
