//! `countersign api`.

use crate::api::{Api, render};
use crate::arguments::{Format, OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use axum::http::Method;
use clap::Args;
use serde_json::{Map, Value};
use std::fs;
use std::io::{self, Read as _};
use std::path::PathBuf;

/// Request to the admin API.
#[derive(Args, Debug)]
pub(crate) struct CallApi {
    /// Method: GET, POST, PATCH or DELETE
    #[arg(value_parser = method)]
    method: Method,
    /// Path below /admin/v1, with a query
    path: String,
    /// Member of the body: `NAME=VALUE`; the value is JSON, or otherwise text; may be repeated
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
    fields: Vec<(String, Value)>,
    /// File with the body in JSON; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    input: Option<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

fn method(text: &str) -> Result<Method, &'static str> {
    let known = [Method::GET, Method::POST, Method::PATCH, Method::DELETE];
    let mut known = known.into_iter();
    known
        .find(|own| own.as_str().eq_ignore_ascii_case(text))
        .ok_or("it must be GET, POST, PATCH or DELETE")
}

fn field(text: &str) -> Result<(String, Value), &'static str> {
    let (name, value) = text.split_once('=').ok_or("it must be NAME=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    Ok((name.to_owned(), value))
}

impl CallApi {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let body = self.body()?;
        let api = Api::open(&self.target).await?;
        let path = format!("/{}", self.path.trim_start_matches('/'));
        let reply = api.send(self.method, &path, body.as_ref()).await?;
        api.close().await;
        if reply.is_null() {
            return Ok(());
        }
        let format = self.output.format.or(Some(Format::Json));
        render::print(
            &reply,
            &[],
            OutputArgs {
                json: false,
                format,
            },
        )
    }

    fn body(&self) -> Result<Option<Value>, CommandError> {
        let text = match &self.input {
            None if self.fields.is_empty() => return Ok(None),
            None => {
                let members: Map<_, _> = self.fields.iter().cloned().collect();
                return Ok(Some(Value::Object(members)));
            }
            Some(file) if file.as_os_str() == "-" => {
                let mut text = String::new();
                io::stdin().read_to_string(&mut text)?;
                text
            }
            Some(file) => fs::read_to_string(file).map_err(|error| {
                CommandError::of(&format!("Cannot read {}", file.display()), &error)
            })?,
        };
        let body = serde_json::from_str(&text);
        body.map(Some)
            .map_err(|error| CommandError::usage(format!("The body is not JSON: {error}.")))
    }
}
