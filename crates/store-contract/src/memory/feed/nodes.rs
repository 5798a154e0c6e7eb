use crate::memory::MemoryStore;
use countersign_domain::identifier::NodeId;
use countersign_domain::time::Timestamp;
use countersign_ports::{FormatGeneration, LiveGenerations, Nodes, StoreError};

impl Nodes for MemoryStore {
    async fn heartbeat(
        &self,
        node: NodeId,
        generation: FormatGeneration,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<LiveGenerations, StoreError> {
        let nodes = &mut self.lock().nodes;
        nodes.retain(|_, (_, seen_at)| *seen_at > since);
        nodes.insert(node, (generation, now));
        let live = || nodes.values().map(|(generation, _)| *generation);
        Ok(LiveGenerations {
            lowest: live().min().unwrap_or(generation),
            highest: live().max().unwrap_or(generation),
        })
    }

    async fn live_nodes(&self, since: Timestamp) -> Result<Vec<FormatGeneration>, StoreError> {
        let nodes = &self.lock().nodes;
        let live = nodes.values().filter(|(_, seen_at)| *seen_at > since);
        Ok(live.map(|(generation, _)| *generation).collect())
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        self.lock().nodes.remove(&node);
        Ok(())
    }
}
