//! Plans and results for people and programs.

use super::declared::spoken;
use super::plan::{Change, FieldChange, Step};
use super::run::Done;
use crate::api::{is_empty, member};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Members of a response that are never shown again.
const SECRETS: [&str; 3] = ["client_secret", "signing_secret", "password"];

impl Change {
    /// Returns the sign of the change in a plan.
    const fn sign(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::Delete => '-',
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "change",
            Self::Delete => "delete",
        }
    }

    const fn past(self) -> &'static str {
        match self {
            Self::Create => "Created",
            Self::Update => "Changed",
            Self::Delete => "Deleted",
        }
    }
}

/// Returns the text of a plan.
pub(crate) fn plan(steps: &[Step], unchanged: usize) -> String {
    let mut text = String::new();
    for step in steps {
        let (sign, kind, key) = (step.change.sign(), spoken(step.kind), &step.key);
        let place = step.place.as_ref();
        let place = place.map_or(String::new(), |place| format!("  ({place})"));
        let _ = writeln!(text, "{sign} {kind} {key}{place}");
        let key = step.kind.key();
        for field in step.fields.iter().filter(|field| field.name != key) {
            line(&mut text, step.change, field);
        }
    }
    text + &counts(steps, unchanged)
}

/// Returns a line with the number of changes.
pub(crate) fn counts(steps: &[Step], unchanged: usize) -> String {
    let of = |change| steps.iter().filter(|step| step.change == change).count();
    let (new, changed, gone) = (of(Change::Create), of(Change::Update), of(Change::Delete));
    format!("{new} to create, {changed} to change, {gone} to delete, {unchanged} unchanged.\n")
}

fn line(text: &mut String, change: Change, field: &FieldChange) {
    let name = &field.name;
    let _ = match (change, &field.before, &field.after) {
        (Change::Create, _, Some(after)) if !is_empty(after) && *after != false => {
            writeln!(text, "    {name}: {}", shown(after))
        }
        (Change::Create | Change::Delete, _, _) => Ok(()),
        (Change::Update, Some(Value::Array(before)), Some(Value::Array(after))) => {
            let only = |some: &[Value], other: &[Value], sign: char| {
                let only = some.iter().filter(|item| !other.contains(item));
                let only = only.map(|item| format!(" {sign}{}", shown(item)));
                only.collect::<Vec<_>>().concat()
            };
            let (added, removed) = (only(after, before, '+'), only(before, after, '-'));
            let changed = format!("{added}{removed}");
            let changed = if changed.is_empty() {
                " in another order"
            } else {
                &changed
            };
            writeln!(text, "    {name}:{changed}")
        }
        (Change::Update, before, after) => {
            let text_of = |value: &Option<Value>| match value {
                Some(value) if !is_empty(value) => shown(value),
                _ => "(none)".to_owned(),
            };
            writeln!(
                text,
                "    {name}: {} -> {}",
                text_of(before),
                text_of(after)
            )
        }
    };
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && !text.contains(char::is_control) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().map(shown).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

impl Step {
    /// Returns the object and where it is declared.
    pub(crate) fn name(&self) -> String {
        let (kind, key) = (spoken(self.kind), &self.key);
        match &self.place {
            Some(place) => format!("{place}: {kind} {key:?}"),
            None => format!("{kind} {key:?}"),
        }
    }
}

/// Returns the lines of a completed step, with generated secrets.
pub(crate) fn done(done: &Done) -> String {
    let step = &done.step;
    let (kind, key) = (spoken(step.kind), &step.key);
    let mut text = match (&done.failure, done.reply.is_null()) {
        (None, _) => format!("{} {kind} {key}.\n", step.change.past()),
        (Some(_), true) => String::new(),
        (Some(_), false) => format!("{} {kind} {key} in part.\n", step.change.past()),
    };
    for (name, secret) in secrets(done) {
        let _ = writeln!(text, "    {name}: {secret}");
    }
    text
}

/// Returns the generated secrets of a new object. A secret that the operator chose is left out.
fn secrets(done: &Done) -> Vec<(&'static str, String)> {
    let chosen = done.step.requests.first().and_then(|own| own.body.as_ref());
    let generated = SECRETS.into_iter().filter(|name| {
        done.step.change == Change::Create && chosen.is_none_or(|body| body.get(name).is_none())
    });
    let generated = generated.filter_map(|name| {
        let secret = member(&done.reply, name).as_str();
        secret.map(|secret| (name, secret.to_owned()))
    });
    generated.collect()
}

/// Returns a step for programs.
pub(crate) fn step_json(step: &Step) -> Value {
    let fields = step.fields.iter().map(|field| {
        let change = json!({"before": field.before, "after": field.after});
        (field.name.clone(), change)
    });
    json!({
        "change": step.change.verb(),
        "kind": step.kind.as_str(),
        "key": step.key,
        "place": step.place.as_ref().map(ToString::to_string),
        "fields": fields.collect::<Map<_, _>>(),
    })
}

/// Returns a completed step for programs, with generated secrets and the failure, if there is one.
pub(crate) fn done_json(done: &Done) -> Value {
    let mut shown = step_json(&done.step);
    if let Value::Object(members) = &mut shown {
        members.insert("complete".to_owned(), json!(done.failure.is_none()));
        if let Some(failure) = &done.failure {
            members.insert("failure".to_owned(), json!(failure.message));
        }
        for (name, secret) in secrets(done) {
            members.insert(name.to_owned(), json!(secret));
        }
    }
    shown
}
