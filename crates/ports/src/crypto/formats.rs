//! Formats that this node may write.

use crate::feed::FormatGeneration;

/// What all live nodes understand, as far as this node knows.
pub trait Formats: Send + Sync {
    /// Returns whether every live node understands the formats of this generation.
    fn all_nodes_understand(&self, generation: FormatGeneration) -> bool;
}
