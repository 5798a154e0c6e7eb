//! Memory for Argon2: buffers that are reused under load and returned to the operating system afterwards.

use argon2::Block;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

/// Minimum capacity of a buffer in blocks of 1 KiB.
///
/// The allocator maps allocations above 32 MiB separately and unmaps them when they are dropped: glibc never raises its
/// threshold above that (`mallopt(3)`, `M_MMAP_THRESHOLD`). It would keep smaller buffers, one per thread. The part that
/// is not used takes no memory.
const CAPACITY: usize = 33 * 1024;

/// Time after which an unused buffer is dropped.
const KEPT: Duration = Duration::from_secs(2);

/// Buffers that no run uses. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Idle>>);

#[derive(Default)]
struct Idle {
    buffers: Vec<(Vec<Block>, Instant)>,
    /// Whether a task drops buffers that are no longer used.
    is_swept: bool,
}

/// The memory for a run cannot be allocated.
pub(super) struct OutOfMemory;

impl Memory {
    /// Calls `work` with this many blocks. Needs a tokio runtime.
    pub(super) fn with<T>(
        &self,
        blocks: usize,
        work: impl FnOnce(&mut [Block]) -> T,
    ) -> Result<T, OutOfMemory> {
        let mut buffer = self
            .lock()
            .buffers
            .pop()
            .map_or_else(Vec::new, |(it, _)| it);
        let missing = blocks.max(CAPACITY).saturating_sub(buffer.len());
        buffer.try_reserve_exact(missing).map_err(|_| OutOfMemory)?;
        if buffer.len() < blocks {
            buffer.resize(blocks, Block::default());
        }
        let result = work(buffer.get_mut(..blocks).ok_or(OutOfMemory)?);
        // A hash with larger parameters needs more memory, which is not worth keeping.
        if blocks <= CAPACITY {
            self.give_back(buffer);
        }
        Ok(result)
    }

    fn give_back(&self, buffer: Vec<Block>) {
        let mut idle = self.lock();
        idle.buffers.push((buffer, Instant::now()));
        if !idle.is_swept {
            idle.is_swept = true;
            let memory = self.clone();
            Handle::current().spawn(async move {
                while memory.has_buffers() {
                    sleep(KEPT).await;
                    memory.sweep(Instant::now());
                }
            });
        }
    }

    fn sweep(&self, now: Instant) {
        let is_recent = |since: Instant| now.saturating_duration_since(since) < KEPT;
        self.lock().buffers.retain(|(_, since)| is_recent(*since));
    }

    /// Returns whether there are buffers to drop later. If not, the next buffer starts a new task.
    fn has_buffers(&self) -> bool {
        let mut idle = self.lock();
        idle.is_swept = !idle.buffers.is_empty();
        idle.is_swept
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffers(memory: &Memory) -> usize {
        memory.lock().buffers.len()
    }

    #[tokio::test(start_paused = true)]
    async fn buffer_is_reused_and_dropped_when_idle() {
        let memory = Memory::default();
        for _ in 0..3 {
            assert!(
                memory
                    .with(8, |blocks| blocks.len() == 8)
                    .is_ok_and(|same| same)
            );
            assert_eq!(buffers(&memory), 1);
        }
        sleep(KEPT * 3).await;
        assert_eq!(buffers(&memory), 0);
        // A new buffer is swept again.
        assert!(memory.with(16, |blocks| blocks.len()).is_ok());
        sleep(KEPT * 3).await;
        assert_eq!(buffers(&memory), 0);
    }

    #[tokio::test]
    async fn buffer_above_capacity_is_not_kept() {
        let memory = Memory::default();
        assert!(memory.with(CAPACITY + 1, |blocks| blocks.len()).is_ok());
        assert_eq!(buffers(&memory), 0);
    }
}
