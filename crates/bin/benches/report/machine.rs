//! The machine under the benchmark.

use std::process::Command;

/// The core of whatever serves.
pub(crate) const SERVER_CORE: &str = "0";
/// The core of the load.
const LOAD_CORE: &str = "1";

/// Puts this process, and every thread that it starts from now on, on the core of the load.
pub(crate) fn pin_the_load() {
    let id = std::process::id().to_string();
    let pinned = Command::new("taskset")
        .args(["-cp", LOAD_CORE, &id])
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

/// Resident memory of a process, in MiB.
pub(crate) fn resident_mebibytes(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
