//! Report as JSON and as a table.

use crate::machine::processor;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Collected figures.
#[derive(Default)]
pub(crate) struct Report {
    figures: Map<String, Value>,
    rows: Vec<[String; 5]>,
}

/// Comparison of the server with a baseline.
pub(crate) struct Comparison {
    pub(crate) what: String,
    /// Throughput of the server.
    pub(crate) per_second: f64,
    /// CPU time of a request.
    pub(crate) microseconds: f64,
    /// CPU time of the baseline, or of all its parts, in microseconds.
    pub(crate) bare: f64,
    /// CPU time of the baseline over that of the server.
    pub(crate) ratio: Spread,
    pub(crate) goal: f64,
    /// Latency in milliseconds, at half of the server's maximum throughput.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Median and quartiles of all rounds.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let quarter = |number: usize| values[(values.len() - 1) * number / 4];
        Self {
            low: quarter(1),
            median: quarter(2),
            high: quarter(3),
        }
    }
}

/// Comparison with a baseline with the same number of clients, at full load.
pub(crate) struct FullLoad {
    pub(crate) what: String,
    pub(crate) ours: Speed,
    pub(crate) bare: Speed,
    /// Median of the ratios of all rounds.
    pub(crate) ratio: f64,
    pub(crate) goal: Option<f64>,
}

/// Speed at full load, as medians of all rounds.
#[derive(Clone, Copy)]
pub(crate) struct Speed {
    pub(crate) per_second: f64,
    /// In milliseconds.
    pub(crate) p50: f64,
    /// In milliseconds.
    pub(crate) p99: f64,
}

impl Report {
    pub(crate) fn compare_at_full_load(&mut self, comparison: &FullLoad) {
        let FullLoad {
            what,
            ours,
            bare,
            ratio,
            goal,
        } = comparison;
        let speed = |speed: &Speed| json!({"per_second": round(speed.per_second), "p50_ms": round(speed.p50), "p99_ms": round(speed.p99)});
        self.figures.insert(
            what.clone(),
            json!({"ours": speed(ours), "bare": speed(bare), "ratio": round(*ratio), "goal": goal}),
        );
        self.row([
            what.clone(),
            format!("{:.0}/s against {:.0}/s", ours.per_second, bare.per_second),
            format!("{ratio:.2}"),
            goal.map_or_else(String::new, |goal| format!("{goal:.2} or better")),
            format!(
                "full load: p50 {:.2} ms against {:.2} ms, p99 {:.2} ms against {:.2} ms",
                ours.p50, bare.p50, ours.p99, bare.p99
            ),
        ]);
    }

    pub(crate) fn compare(&mut self, comparison: &Comparison) {
        let Comparison {
            what,
            per_second,
            microseconds,
            bare,
            ratio: Spread { low, median, high },
            goal,
            p50,
            p99,
        } = comparison;
        self.figures.insert(
            what.clone(),
            json!({"server_us": round(*microseconds), "bare_us": round(*bare), "ratio": round(*median),
                "ratio_quartiles": [round(*low), round(*high)], "goal": goal, "server_per_second": round(*per_second),
                "half_load_p50_ms": round(*p50), "half_load_p99_ms": round(*p99)}),
        );
        self.row([
            what.clone(),
            format!("{microseconds:.1} \u{b5}s against {bare:.1} \u{b5}s; {per_second:.0}/s"),
            format!("{median:.3} ({low:.3} to {high:.3})"),
            format!("{goal:.2} or better"),
            format!("half load: p50 {p50:.2} ms, p99 {p99:.2} ms"),
        ]);
    }

    pub(crate) fn figure(&mut self, what: &str, value: f64, unit: &str, goal: &str) {
        self.figures.insert(
            what.to_owned(),
            json!({"value": round(value), "unit": unit, "goal": goal}),
        );
        self.row([
            what.to_owned(),
            format!("{value:.1} {unit}"),
            String::new(),
            goal.to_owned(),
            String::new(),
        ]);
    }

    fn row(&mut self, row: [String; 5]) {
        println!("{}", row.join(" | "));
        self.rows.push(row);
    }

    /// Writes `target/bench/report.json` and prints the table.
    pub(crate) fn publish(self) {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .unwrap()
            .join("bench/report.json");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let report = json!({"processor": processor(), "version": env!("CARGO_PKG_VERSION"), "figures": self.figures});
        std::fs::write(&file, serde_json::to_vec_pretty(&report).unwrap()).unwrap();
        println!("\n| what | figure | ratio | goal | latency |\n|---|---|---|---|---|");
        for row in self.rows {
            println!("| {} |", row.join(" | "));
        }
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
