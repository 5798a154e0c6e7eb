//! Writing: one thread, and a transaction for all that waits.

#[cfg(test)]
mod tests;

use super::open;
use countersign_adapters_sql::columns::Failure;
use countersign_ports::StoreError;
use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// The most commands in one transaction: what a caller waits for at most before its own is committed.
const GROUP: usize = 256;

/// The most commands that wait; who comes then waits for a place.
const QUEUE: usize = 1024;

/// Where commands are sent to. Dropping it waits until what was sent is done and the connection is closed:
/// a process that ends then leaves nothing behind in the log.
// Dropped from top to bottom: without a sender the thread comes to its end.
pub(crate) struct Writer {
    commands: mpsc::Sender<Box<dyn Command>>,
    _thread: Joined,
}

/// A thread that is waited for when this is dropped.
struct Joined(Option<JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // A panic was told by the thread itself.
            let _ = thread.join();
        }
    }
}

impl Writer {
    /// Opens the connection and starts the thread.
    pub(crate) fn start(path: PathBuf) -> Result<Self, Failure> {
        let connection = open::to_write(&path)?;
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || WriterThread { path, connection }.run(receiver))?;
        Ok(Self {
            commands: sender,
            _thread: Joined(Some(thread)),
        })
    }

    /// Runs `work` in a transaction, with others or alone, and answers once it is committed. It is run
    /// again when a neighbor failed, so it only acts on the connection.
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
        self.commands
            .send(Box::new(command))
            .await
            .map_err(|_| StoreError::new("the writer has stopped"))?;
        answer.await.map_err(StoreError::new)?
    }
}

/// A change that waits for its transaction.
trait Command: Send {
    /// Makes the change, in an open transaction.
    fn run(&mut self, connection: &mut SqliteConnection) -> Result<(), Failure>;
    /// Tells the caller what the last run gave, now that it is committed.
    fn committed(self: Box<Self>);
    /// Tells the caller that there is no answer.
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

    // A caller that has gone away is not told.
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
    fn run(mut self, mut commands: mpsc::Receiver<Box<dyn Command>>) {
        let mut group = Vec::with_capacity(GROUP);
        while commands.blocking_recv_many(&mut group, GROUP) > 0 {
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
            // It was rolled back with its neighbors, who have done nothing wrong.
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
        // SQLite itself rolls back after some faults of the disk, and diesel then no longer knows
        // where it stands.
        if AnsiTransactionManager::is_broken_transaction_manager(&mut self.connection) {
            self.connection = open::to_write(&self.path)?;
        }
        self.connection.immediate_transaction(work)
    }
}
