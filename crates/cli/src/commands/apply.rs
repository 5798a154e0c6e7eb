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
use crate::files::{
    check_assignments, check_pruned, check_references, export, prune, pruned, read_secrets, schema,
    show,
};
use crate::output::{self, ListOutput};
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
        let is_plan = self.plan;
        match self.applied().await {
            Ok(differs) if differs => Err(CommandError::usage(
                "The objects differ from the files. To apply the changes, run the command without --plan.",
            )),
            Ok(_) => Ok(()),
            // The exit code of a difference must not have another meaning.
            Err(error) if is_plan && error.exit == Exit::Usage => {
                Err(CommandError::new(Exit::Failed, error.message))
            }
            Err(error) => Err(error),
        }
    }

    /// Shows or makes the changes. Returns whether there are changes that were only shown.
    async fn applied(self) -> Result<bool, CommandError> {
        let mut mistakes = Mistakes::default();
        let documents = documents(&self.files, &mut mistakes)?;
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
        let (steps, unchanged) = self.steps(&api, objects, mistakes).await?;
        let applied = if self.plan {
            self.show(&steps, unchanged)
        } else {
            self.apply(&api, steps, unchanged).await.map(|()| false)
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
        mut objects: Objects,
        mut mistakes: Mistakes,
    ) -> Result<(Vec<Step>, usize), CommandError> {
        let present = Present::read(api, &objects.valid, self.prune).await?;
        let name = self.managed_by.as_ref().filter(|_| self.prune);
        let gone = name.map(|name| pruned(name.as_str(), &objects, &present));
        let gone = gone.unwrap_or_default();
        check_references(&objects, &present, &gone, &mut mistakes);
        check_assignments(&objects.valid, &present, &gone, &mut mistakes);
        check_pruned(&gone, &objects.valid, &present, &mut mistakes);
        read_secrets(&mut objects.valid, &present, &mut mistakes);
        if let Some(name) = name.map(ManagedBy::as_str) {
            let mut own = objects.valid.iter();
            if !own.any(|own| own.managed_by() == Some(name)) {
                mistakes.add_without_place(format!(
                    "--prune: the files declare no object of the set {name:?}, so the whole set would be deleted; check the paths"
                ));
            }
        }
        mistakes.check()?;
        let mut steps = plan(&objects.valid, &present);
        let unchanged = objects.valid.len() - steps.len();
        steps.extend(prune(api, &gone, &present).await?);
        Ok((steps, unchanged))
    }

    fn show(&self, steps: &[Step], unchanged: usize) -> Result<bool, CommandError> {
        match self.output.structured() {
            Some(format) => {
                let steps = steps.iter().map(show::step_json);
                output::print_as(format, &steps.collect::<Vec<_>>())?;
            }
            None => output::print(&show::plan(steps, unchanged))?,
        }
        Ok(!steps.is_empty())
    }

    async fn apply(
        &self,
        api: &Arc<Api>,
        steps: Vec<Step>,
        unchanged: usize,
    ) -> Result<(), CommandError> {
        let format = self.output.structured();
        let (all, mut complete) = (steps.len(), 0);
        let mut list = format.map(ListOutput::new);
        // Each result is printed at once: it can contain a secret that is never shown again.
        let ran = run(api, steps, |done| {
            complete += usize::from(done.failure.is_none());
            match &mut list {
                Some(list) => list.add(&show::done_json(done)),
                None => output::print_all(&show::done(done)),
            }
        });
        let ran = ran.await;
        if let Some(list) = list {
            list.end()?;
        }
        match ran {
            Ok(()) if format.is_some() => Ok(()),
            Ok(()) => output::print(&format!("{complete} changed, {unchanged} unchanged.\n")),
            Err(error) => Err(CommandError::new(
                error.exit,
                format!(
                    "{}\nApplied {complete} of {all} changes. Fix the cause, then run the command again.",
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
