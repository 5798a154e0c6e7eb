//! Benchmark for `docs/performance.md`, which compares the server with minimal programs that do the same work.
//!
//! Both run in the same session, on one core, with the load on another core. `scripts/bench` runs the benchmark. It
//! writes `target/bench/report.json` and prints the results as a table.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program prints a report"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark may panic"
)]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded anyway")]

mod bare;
mod browser;
mod clients;
mod connections;
mod footprint;
mod grants;
mod load;
mod logins;
mod machine;
mod node;
mod operation;
mod postgres;
mod process;
mod readings;
mod report;
mod rounds;
mod scenarios;
mod tenants;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["bare-signer", algorithm, address] => bare::signer::serve(algorithm, address),
        ["bare-reader", work, length, address] => {
            bare::reader::serve(work, length.parse().unwrap(), address);
        }
        ["bare-store", path, operation, waiting] => {
            bare::store::run(path, operation, waiting.parse().unwrap());
        }
        ["bare-fill", path, client] => bare::store::fill(path, client),
        [] => scenarios::run(&scenarios::default()),
        _ => {
            let Some(scenarios) = scenarios::named(&words) else {
                let names: Vec<&str> = scenarios::ALL
                    .iter()
                    .map(|scenario| scenario.name)
                    .collect();
                eprintln!(
                    "Unknown benchmark. Available benchmarks: {}.",
                    names.join(", ")
                );
                return ExitCode::from(2);
            };
            scenarios::run(&scenarios);
        }
    }
    ExitCode::SUCCESS
}
