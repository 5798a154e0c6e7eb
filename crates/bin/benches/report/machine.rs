//! The machine under the benchmark.

use std::process::Command;

/// The core of whatever serves.
pub(crate) const SERVER_CORE: &str = "0";
/// The core of the load.
const LOAD_CORE: &str = "1";

/// Puts this process, and every thread and process that it starts from now on, on the core of the load.
pub(crate) fn pin_the_load() {
    move_to(LOAD_CORE);
}

/// Lets this process, and what it starts from now on, use both cores.
pub(crate) fn unpin() {
    move_to(&format!("{SERVER_CORE},{LOAD_CORE}"));
}

fn move_to(cores: &str) {
    let id = std::process::id().to_string();
    let pinned = Command::new("taskset")
        .args(["-cp", cores, &id])
        .output()
        .expect("taskset of util-linux");
    assert!(pinned.status.success(), "two cores are needed");
}

/// The name of the processor.
pub(crate) fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

/// The seconds of a core that a process has used.
pub(crate) fn core_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, after_the_name) = stat.rsplit_once(')').unwrap();
    let ticks = after_the_name.split_whitespace().skip(11).take(2);
    // Linux counts hundredths here, whatever the kernel's own clock.
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / 100.0
}

/// Resident memory of a process, in MiB.
pub(crate) fn resident_mebibytes(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
