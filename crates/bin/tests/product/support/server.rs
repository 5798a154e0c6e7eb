//! Server process.

use super::Http;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Timeout for starting or ending a process on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Server {
    child: Child,
    log: Receiver<String>,
    pub(crate) http: Http,
    /// Metrics endpoint, if enabled.
    pub(crate) metrics: Option<Http>,
}

impl Server {
    /// Starts the process and waits until it listens.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, log) = channel();
        // Keep reading, even without a receiver, so that the server never blocks on a full pipe.
        thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let unreachable = Http::to(([127, 0, 0, 1], 0).into());
        let mut own = Self {
            child,
            log,
            http: unreachable,
            metrics: None,
        };
        let (before, line) = own.lines_up_to("listening on ");
        let metrics = before.iter().find(|line| line.contains("metrics on "));
        own.metrics = metrics.map(|line| named_at_the_end(line));
        own.http = named_at_the_end(&line);
        own
    }

    /// Waits for a log line that contains `text`.
    #[track_caller]
    pub(crate) fn logged(&self, text: &str) -> String {
        self.lines_up_to(text).1
    }

    /// Waits for a log line that contains `text`. Returns the lines before it, and the line.
    #[track_caller]
    fn lines_up_to(&self, text: &str) -> (Vec<String>, String) {
        let begun = Instant::now();
        let mut before = Vec::new();
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            match self.log.recv_timeout(left) {
                Ok(line) if line.contains(text) => return (before, line),
                Ok(line) => before.push(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("the server did not log {text:?}: {before:#?}")
                }
            }
        }
    }

    /// Kills the process without a shutdown, as in a crash.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits until the process ends.
    #[track_caller]
    pub(crate) fn ended(mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "the server did not stop");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops the server with SIGTERM.
    #[track_caller]
    pub(crate) fn stop(self) {
        self.terminate();
        let status = self.ended();
        assert!(status.success(), "{status}");
    }
}

/// Returns the address in the last word of the message, in a line of text or JSON.
fn named_at_the_end(line: &str) -> Http {
    let word = line.rsplit(' ').next().unwrap();
    Http::to(word.split('"').next().unwrap().parse().unwrap())
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
