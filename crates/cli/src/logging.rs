//! Logging to standard error.
//!
//! Every line about a request contains its ID, which the response contains too.

use crate::config::Log;
use countersign_application::CurrentRequest;
use std::fmt;
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{DefaultFields, Format, Json, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

/// Initializes logging. Only the first call has an effect.
pub(crate) fn start(log: Log) {
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    // An error means that logging is already initialized.
    let _ = if log.json {
        tracing::subscriber::set_global_default(json(log, std::io::stderr))
    } else {
        tracing::subscriber::set_global_default(text(log, is_terminal, std::io::stderr))
    };
}

fn json<W>(log: Log, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_max_level(LevelFilter::from_level(log.level))
        .fmt_fields(JsonFields::new())
        .event_format(JsonLines(Format::default().json().with_target(false)))
        .finish()
}

fn text<W>(log: Log, has_colors: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(has_colors)
        .with_max_level(LevelFilter::from_level(log.level))
        .with_target(false)
        .fmt_fields(TextFields(DefaultFields::new()))
        .finish()
}

/// Fields of a line of text, with the ID of the request at the end.
struct TextFields(DefaultFields);

impl<'writer> FormatFields<'writer> for TextFields {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        self.0.format_fields(writer.by_ref(), fields)?;
        match CurrentRequest::current_id() {
            Some(id) => write!(writer, " request_id={id}"),
            None => Ok(()),
        }
    }
}

/// Lines of JSON objects, with the ID of the request as the first member.
struct JsonLines(Format<Json>);

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(id) = CurrentRequest::current_id() else {
            return self.0.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let members = line.strip_prefix('{').unwrap_or(&line);
        write!(writer, "{{\"request_id\":\"{id}\",{members}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::time::Timestamp;
    use serde_json::Value;
    use std::io;
    use std::sync::{Arc, Mutex};
    use tracing::Level;
    use tracing::subscriber::with_default;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        fn taken(&self) -> String {
            String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
        }
    }

    /// Logs a line in a request, and one outside. Returns the ID of the request.
    fn log_lines() -> String {
        let request = CurrentRequest::new(None, Timestamp::from_unix_seconds(0));
        let id = request.id.to_string();
        let work = async { tracing::info!(rule = "one", "inside \"quotes\"") };
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(request.serve(work));
        tracing::info!("outside");
        id
    }

    #[test]
    fn json_lines_of_request_contain_its_id() {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log {
            level: Level::INFO,
            json: true,
        };
        let id = with_default(json(log, move || writer.clone()), log_lines);
        let lines = lines.taken();
        let lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines[0]["request_id"], id);
        assert_eq!(lines[0]["fields"]["message"], "inside \"quotes\"");
        assert_eq!(lines[0]["fields"]["rule"], "one");
        assert_eq!(lines[1]["request_id"], Value::Null);
        assert_eq!(lines[1]["fields"]["message"], "outside");
    }

    #[test]
    fn text_lines_of_request_contain_its_id() {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log {
            level: Level::INFO,
            json: false,
        };
        let id = with_default(text(log, false, move || writer.clone()), log_lines);
        let lines = lines.taken();
        let (inside, outside) = lines.trim_end().split_once('\n').unwrap();
        assert!(inside.ends_with(&format!(" request_id={id}")), "{inside}");
        assert!(outside.ends_with(" outside"), "{outside}");
    }
}
