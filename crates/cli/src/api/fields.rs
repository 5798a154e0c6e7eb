//! Options of a command that edits an object: one per field of its JSON Schema.

use super::values::member;
use crate::command_error::CommandError;
use crate::product::Product;
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use countersign_server_admin::body_schema;
use serde_json::{Map, Value, json};
use std::marker::PhantomData;

/// Object whose fields become options.
pub(crate) trait Schema {
    /// `operationId` of the operation that edits it.
    const OPERATION: &'static str;
    /// Fields without an option.
    const FIXED: &'static [&'static str];
    /// Objects, and arrays of objects, with an option that takes JSON. Others have none.
    const OBJECTS: &'static [&'static str] = &[];
}

/// Changes of an object.
#[derive(Debug)]
pub(crate) struct FieldsArgs<S> {
    patch: Map<String, Value>,
    schema: PhantomData<S>,
}

impl<S: Schema> FieldsArgs<S> {
    /// Returns the merge patch (RFC 7396).
    pub(crate) fn patch(self) -> Result<Value, CommandError> {
        patch_of(self.patch)
    }

    /// Returns the changed fields.
    pub(crate) fn fields(self) -> Map<String, Value> {
        self.patch
    }
}

/// Returns the merge patch of these fields. Fails if there are none.
pub(crate) fn patch_of(fields: Map<String, Value>) -> Result<Value, CommandError> {
    if fields.is_empty() {
        return Err(CommandError::usage(
            "Name at least one field to change; see --help.",
        ));
    }
    Ok(Value::Object(fields))
}

/// Kinds of fields.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Switch,
    List,
    Json,
    JsonArray,
}

struct Field {
    name: String,
    option: String,
    help: String,
    kind: Kind,
    may_be_unset: bool,
}

fn fields<S: Schema>() -> Vec<Field> {
    let schema = body_schema::<Product>(S::OPERATION).unwrap_or_default();
    let all = member(&schema, "properties")
        .as_object()
        .into_iter()
        .flatten();
    let edited = all.filter(|(name, _)| !S::FIXED.contains(&name.as_str()));
    edited
        .filter_map(|(name, schema)| {
            let is_json = S::OBJECTS.contains(&name.as_str());
            Field::of(name, schema, is_json.then_some(Kind::Json))
        })
        .collect()
}

impl Field {
    /// Returns the option of a field. An object has none unless its kind is given, and neither has an array of objects.
    fn of(name: &str, schema: &Value, kind: Option<Kind>) -> Option<Self> {
        let types = match member(schema, "type") {
            Value::Array(types) => types.clone(),
            one => vec![one.clone()],
        };
        let is = |name: &str| types.contains(&json!(name));
        let has_objects = !member(member(schema, "items"), "properties").is_null();
        let kind = if kind.is_some() && has_objects {
            Kind::JsonArray
        } else if is("array") && has_objects {
            return None;
        } else if let Some(kind) = kind {
            kind
        } else if is("array") {
            Kind::List
        } else if is("boolean") {
            Kind::Switch
        } else if is("integer") {
            Kind::Number
        } else if is("string") {
            Kind::Text
        } else {
            return None;
        };
        Some(Self {
            name: name.to_owned(),
            option: name.replace('_', "-"),
            help: member(schema, "description")
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            kind,
            may_be_unset: is("null"),
        })
    }

    fn argument(&self) -> Arg {
        let name = self.name.to_uppercase();
        let argument = Arg::new(self.name.clone())
            .long(self.option.clone())
            .help(self.help.trim_end_matches('.').replace('\n', " "));
        match self.kind {
            Kind::Text => argument.value_name(name),
            Kind::Number => argument
                .value_name(name)
                .value_parser(clap::value_parser!(i64))
                .allow_negative_numbers(true),
            Kind::Switch => argument
                .value_name("true|false")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .value_parser(clap::value_parser!(bool)),
            Kind::List => argument
                .value_name(name)
                .num_args(0..)
                .action(ArgAction::Append),
            Kind::Json => argument.value_name("JSON").value_parser(json_object),
            Kind::JsonArray => argument.value_name("JSON").value_parser(json_array),
        }
    }

    fn value(&self, matches: &ArgMatches) -> Option<Value> {
        match self.kind {
            Kind::Text => matches.get_one::<String>(&self.name).map(|own| json!(own)),
            Kind::Number => matches.get_one::<i64>(&self.name).map(|own| json!(own)),
            Kind::Switch => matches.get_one::<bool>(&self.name).map(|own| json!(own)),
            Kind::List => {
                if !matches.contains_id(&self.name) {
                    return None;
                }
                let values = matches.get_many::<String>(&self.name);
                Some(values.into_iter().flatten().map(String::as_str).collect())
            }
            Kind::Json | Kind::JsonArray => matches.get_one::<Value>(&self.name).cloned(),
        }
    }
}

/// Parses a JSON object.
fn json_object(text: &str) -> Result<Value, &'static str> {
    let value = serde_json::from_str(text).ok().filter(Value::is_object);
    value.ok_or("it must be a JSON object")
}

/// Parses a JSON array.
fn json_array(text: &str) -> Result<Value, &'static str> {
    let value = serde_json::from_str(text).ok().filter(Value::is_array);
    value.ok_or("it must be a JSON array")
}

impl<S: Schema> Args for FieldsArgs<S> {
    fn augment_args(command: Command) -> Command {
        let fields = fields::<S>();
        let unset = fields.iter().filter(|field| field.may_be_unset);
        let unset: Vec<_> = unset.map(|field| field.name.clone()).collect();
        let unset = Arg::new("unset")
            .long("unset")
            .value_name("FIELD")
            .help("Field to remove; may be repeated")
            .num_args(1..)
            .action(ArgAction::Append)
            .value_parser(PossibleValuesParser::new(unset));
        command.args(fields.iter().map(Field::argument)).arg(unset)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<S: Schema> FromArgMatches for FieldsArgs<S> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let fields = fields::<S>();
        let set = fields.iter().filter_map(|field| {
            let value = field.value(matches)?;
            Some((field.name.clone(), value))
        });
        let mut patch: Map<_, _> = set.collect();
        for name in matches.get_many::<String>("unset").into_iter().flatten() {
            if patch.insert(name.clone(), Value::Null).is_some() {
                let text = format!("the field {name} cannot be set and removed at once\n");
                return Err(clap::Error::raw(ErrorKind::ArgumentConflict, text));
            }
        }
        Ok(Self {
            patch,
            schema: PhantomData,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
