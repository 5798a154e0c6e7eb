//! `countersign apply`, `countersign export` and `countersign schema`.

pub(crate) mod examples;

use crate::api::Api;
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use crate::files::declared::{Objects, declared};
use crate::files::plan::{Step, plan};
use crate::files::present::Present;
use crate::files::read::{Mistakes, documents};
use crate::files::run::run;
use crate::files::{check_references, export, prune, schema, show};
use crate::output;
use clap::Args;
use countersign_domain::administration::managed_by::ManagedBy;
use std::path::PathBuf;
use std::sync::Arc;

/// Options of `apply`.
#[derive(Args, Debug)]
pub(crate) struct ApplyArgs {
    /// File or folder with declared objects, or `-` for standard input; may be repeated
    #[arg(short, long = "file", value_name = "PATH", required = true)]
    files: Vec<PathBuf>,
    /// Only show what would change; exit code 2 if anything would
    #[arg(long)]
    plan: bool,
    /// Name of this set of files, for documents without `managed_by`
    #[arg(long, value_name = "NAME", value_parser = ManagedBy::parse)]
    managed_by: Option<ManagedBy>,
    /// Delete the objects of this set of files that are not declared; never users
    #[arg(long, requires = "managed_by")]
    prune: bool,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Options of `export`.
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// Also export users, without their passwords and second factors
    #[arg(long)]
    users: bool,
    /// Export only the objects of this set of files
    #[arg(long, value_name = "NAME", value_parser = ManagedBy::parse)]
    managed_by: Option<ManagedBy>,
    #[command(flatten)]
    target: TargetArgs,
    /// Print a JSON list instead of YAML documents
    #[arg(long)]
    json: bool,
}

impl ApplyArgs {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let mut mistakes = Mistakes::default();
        let documents = documents(&self.files, &mut mistakes)?;
        if self.prune && documents.is_empty() {
            mistakes.check()?;
            return Err(CommandError::usage(
                "The files declare no objects, so --prune would delete the whole set. Declare at least one object, or delete the objects one by one.",
            ));
        }
        let objects = declared(documents, self.managed_by.as_ref(), &mut mistakes);
        let opened = if self.plan {
            Api::open(&self.target).await
        } else {
            Api::open_or_make(&self.target).await
        };
        let api = match opened {
            Ok(api) => Arc::new(api),
            // The mistakes are known without the store.
            Err(error) => return mistakes.check().and(Err(error)),
        };
        let (steps, unchanged) = self.steps(&api, &objects, mistakes).await?;
        let applied = if self.plan {
            self.show(&steps, unchanged)
        } else {
            self.apply(&api, steps, unchanged).await
        };
        if let Some(api) = Arc::into_inner(api) {
            api.close().await;
        }
        applied
    }

    /// Returns the steps and the number of declared objects that do not change. Fails if there are mistakes.
    async fn steps(
        &self,
        api: &Arc<Api>,
        objects: &Objects,
        mut mistakes: Mistakes,
    ) -> Result<(Vec<Step>, usize), CommandError> {
        let declared = &objects.valid;
        let present = Present::read(api, declared, self.prune).await?;
        check_references(objects, &present, &mut mistakes);
        let mut steps = plan(declared, &present);
        let unchanged = declared.len() - steps.len();
        if let (Some(name), true) = (&self.managed_by, self.prune) {
            let name = name.as_str();
            steps.extend(prune(api, name, declared, &present, &mut mistakes).await?);
        }
        mistakes.check()?;
        Ok((steps, unchanged))
    }

    fn show(&self, steps: &[Step], unchanged: usize) -> Result<(), CommandError> {
        match self.output.structured() {
            Some(format) => {
                let steps = steps.iter().map(show::step_json);
                output::print_as(format, &steps.collect::<Vec<_>>())?;
            }
            None => output::print(&show::plan(steps, unchanged))?,
        }
        if steps.is_empty() {
            return Ok(());
        }
        let differs = "The present objects differ from the files.";
        Err(CommandError::new(Exit::Usage, differs))
    }

    async fn apply(
        &self,
        api: &Arc<Api>,
        steps: Vec<Step>,
        unchanged: usize,
    ) -> Result<(), CommandError> {
        let format = self.output.structured();
        let (all, mut complete, mut results) = (steps.len(), 0, Vec::new());
        let ran = run(api, steps, |done| {
            complete += usize::from(done.failure.is_none());
            if format.is_some() {
                results.push(show::done_json(done));
                return Ok(());
            }
            output::print(&show::done(done))
        });
        let ran = ran.await;
        if let Some(format) = format {
            output::print_as(format, &results)?;
        }
        match ran {
            Ok(()) if format.is_some() => Ok(()),
            Ok(()) => output::print(&format!("{complete} changed, {unchanged} unchanged.\n")),
            Err(error) => Err(CommandError::new(
                error.exit,
                format!(
                    "{} {complete} of {all} changes are made. Run the command again to make the rest.",
                    error.message
                ),
            )),
        }
    }
}

impl ExportArgs {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let api = Api::open(&self.target).await?;
        let present = Present::read_all(&api, self.users).await?;
        let managed_by = self.managed_by.as_ref().map(ManagedBy::as_str);
        let documents = export::documents(&present, managed_by);
        api.close().await;
        if self.json {
            return output::print_json(&documents);
        }
        output::print(&export::yaml(&documents)?)
    }
}

/// Prints the JSON Schema of declared objects.
pub(crate) fn print_schema() -> Result<(), CommandError> {
    output::print_json(&schema::schema())
}
