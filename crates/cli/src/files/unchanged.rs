//! Protection of changes that others make while a run waits: after its plan and before its request.

use super::nesting::{PARENTS, names};
use super::plan::{Request, Step};
use crate::api::{Api, is_empty};
use crate::command_error::{CommandError, Exit};
use axum::http::{HeaderValue, Method};
use serde_json::{Map, Value};

impl Step {
    /// Reads the object that a request changes, and returns its `ETag`. Fails if a field that the request changes has
    /// another value than in the plan.
    pub(super) async fn tag(
        &self,
        api: &Api,
        request: &Request,
        path: &str,
    ) -> Result<Option<HeaderValue>, CommandError> {
        let (Some(Value::Object(fields)), &Method::PATCH) = (&request.body, &request.method) else {
            return Ok(None);
        };
        let (present, tag) = api.send_if((Method::GET, path), None, None).await?;
        let present = present.as_object().cloned().unwrap_or_default();
        let planned = self.fields.iter();
        let mut planned = planned.filter(|field| fields.contains_key(&field.name));
        match planned.find(|field| is_other(&field.name, field.before.as_ref(), &present)) {
            None => Ok(tag),
            Some(field) => Err(CommandError::new(
                Exit::Conflict,
                format!(
                    "another operator has changed `{}` after the plan was made",
                    field.name
                ),
            )),
        }
    }
}

/// Returns whether a field has another value than in the plan.
fn is_other(name: &str, planned: Option<&Value>, present: &Map<String, Value>) -> bool {
    let value = present.get(name);
    let is_unset = |value: Option<&Value>| value.is_none_or(|own| is_empty(own) || *own == false);
    if value == planned || is_unset(value) && is_unset(planned) {
        return false;
    }
    // An earlier request of the step may have removed parents.
    let planned = planned.map(|own| Map::from_iter([(PARENTS.to_owned(), own.clone())]));
    let planned = planned.unwrap_or_default();
    name != PARENTS || !names(present, PARENTS).is_subset(&names(&planned, PARENTS))
}
