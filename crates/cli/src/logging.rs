//! Logging to standard error.

use crate::config::Log;
use tracing_subscriber::filter::LevelFilter;

/// Initializes logging. Only the first call has an effect.
pub(crate) fn start(log: Log) {
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_max_level(LevelFilter::from_level(log.level))
        .with_target(false);
    // An error means that logging is already initialized.
    let _ = if log.json {
        tracing::subscriber::set_global_default(subscriber.json().finish())
    } else {
        tracing::subscriber::set_global_default(subscriber.finish())
    };
}
