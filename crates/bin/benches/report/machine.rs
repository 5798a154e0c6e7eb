//! CPU pinning and resource usage.

use std::process::Command;

/// Core of the server under test.
pub(crate) const SERVER_CORE: &str = "0";
/// Core of the load generator.
const LOAD_CORE: &str = "1";

/// Pins this process, and its future threads and child processes, to the core of the load generator.
pub(crate) fn pin_the_load() {
    move_to(LOAD_CORE);
}

/// Allows this process, and its future threads and child processes, to use both cores.
pub(crate) fn unpin() {
    move_to(&format!("{SERVER_CORE},{LOAD_CORE}"));
}

fn move_to(cores: &str) {
    let id = std::process::id().to_string();
    let pinned = Command::new("taskset")
        .args(["-cp", cores, &id])
        .output()
        .expect("taskset of util-linux");
    assert!(pinned.status.success(), "the benchmark needs two cores");
}

/// Returns the name of the processor.
pub(crate) fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

/// Returns the CPU time of all threads of a process in seconds.
///
/// `/proc/PID/stat` has it in hundredths of a second, which is too coarse for a round. The scheduler counts nanoseconds.
/// It updates the count of a running thread once per tick.
pub(crate) fn core_seconds(process: u32) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let nanoseconds = threads.map(|thread| {
        let file = thread.unwrap().path().join("schedstat");
        // A thread may end while the folder is read.
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let figure = text.split_whitespace().next();
        figure.map_or(0.0, |figure| figure.parse().unwrap())
    });
    nanoseconds.sum::<f64>() / 1_000_000_000.0
}

/// Returns the resident memory of a process in MiB.
pub(crate) fn resident_mebibytes(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
