//! What users requested, and the server carries out or permits later.

mod deletions;
mod factor_resets;

pub use factor_resets::FactorResets;
