//! Writes: one thread, and one transaction for all waiting commands.

mod queue;
#[cfg(test)]
mod tests;

use super::open;
use countersign_adapters_sql::columns::Failure;
use countersign_ports::StoreError;
use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use queue::{Queue, Receiver};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// Maximum number of commands in one transaction. It bounds how long a caller waits for the commit.
const GROUP: usize = 256;

/// Handle to the writer thread. Dropping it waits until all submitted commands are done and the connection is closed,
/// so that a process that exits then leaves no log behind.
pub(crate) struct Writer {
    commands: Arc<Queue<Box<dyn Command>>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.commands.close();
        if let Some(thread) = self.thread.take() {
            // The thread has already reported a panic.
            let _ = thread.join();
        }
    }
}

impl Writer {
    /// Opens the connection and starts the thread.
    pub(crate) fn start(path: PathBuf) -> Result<Self, Failure> {
        let connection = open::to_write(&path)?;
        let commands = Arc::new(Queue::new());
        let receiver = Receiver(commands.clone());
        let thread = thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || WriterThread { path, connection }.run(&receiver))?;
        Ok(Self {
            commands,
            thread: Some(thread),
        })
    }

    /// Runs `work` in a transaction, alone or with other commands, and returns its result after the commit. `work` runs
    /// again if another command of the group fails, so it must have no effects outside the connection.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let command = Waiting {
            work,
            outcome: None,
            reply,
        };
        self.commands.push(Box::new(command)).await?;
        answer.await.map_err(StoreError::new)?
    }
}

/// A change waiting for its transaction.
trait Command: Send {
    /// Makes the change in an open transaction.
    fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), Failure>;
    /// Sends the result of the last run to the caller, after the commit.
    fn committed(self: Box<Self>);
    /// Sends an error to the caller.
    fn failed(self: Box<Self>, error: StoreError);
}

struct Waiting<T, W> {
    work: W,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Command for Waiting<T, W>
where
    T: Send,
    W: Fn(&mut SqliteConnection) -> Result<T, Failure> + Send,
{
    fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), Failure> {
        self.outcome = Some((self.work)(connection)?);
        Ok(())
    }

    // Ignores a caller that has given up.
    fn committed(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            let _ = self.reply.send(Ok(outcome));
        }
    }

    fn failed(self: Box<Self>, error: StoreError) {
        let _ = self.reply.send(Err(error));
    }
}

struct WriterThread {
    path: PathBuf,
    connection: SqliteConnection,
}

impl WriterThread {
    fn run(mut self, commands: &Receiver<Box<dyn Command>>) {
        let mut group = Vec::with_capacity(GROUP);
        while commands.take(&mut group, GROUP) {
            self.commit_together(&mut group);
        }
    }

    fn commit_together(&mut self, group: &mut Vec<Box<dyn Command>>) {
        let mut a_command_failed = false;
        let together = self.transaction(|connection| {
            group.iter_mut().try_for_each(|command| {
                command
                    .run(connection)
                    .inspect_err(|_| a_command_failed = true)
            })
        });
        match together {
            Ok(()) => group.drain(..).for_each(Command::committed),
            // One command failed and the whole group was rolled back: run each command alone.
            Err(_) if a_command_failed && group.len() > 1 => {
                for command in group.drain(..) {
                    self.commit_alone(command);
                }
            }
            Err(failure) => {
                let reason = failure.to_string();
                for command in group.drain(..) {
                    command.failed(StoreError::new(reason.clone()));
                }
            }
        }
    }

    fn commit_alone(&mut self, mut command: Box<dyn Command>) {
        match self.transaction(|connection| command.run(connection)) {
            Ok(()) => command.committed(),
            Err(failure) => command.failed(StoreError::new(failure)),
        }
    }

    fn transaction(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        // After some disk errors, SQLite rolls back by itself. Diesel then loses track of the transaction.
        if AnsiTransactionManager::is_broken_transaction_manager(&mut self.connection) {
            self.connection = open::to_write(&self.path)?;
        }
        self.connection.immediate_transaction(work)
    }
}
