//! Reproducible pseudorandom numbers (`SplitMix64`).

use countersign_adapters_system::SystemEntropy;
use countersign_ports::Entropy as _;
use std::env;

/// Environment variable with a seed, to reproduce a failure.
const SEED: &str = "COUNTERSIGN_TEST_SEED";

pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// Creates a generator from the seed in the environment or a new seed, and prints the seed.
    #[expect(clippy::print_stdout, reason = "the seed reproduces a failure")]
    pub(crate) fn told() -> Self {
        let seed = env::var(SEED).map_or_else(|_| Self::seed(), |text| text.parse().unwrap());
        println!("{SEED}={seed}");
        Self::from_seed(seed)
    }

    fn seed() -> u64 {
        let mut bytes = [0; 8];
        SystemEntropy::new().fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number less than `bound`.
    pub(crate) const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
