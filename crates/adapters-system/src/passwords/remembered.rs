//! Cache of correct passwords, under a key of this process.

use aws_lc_rs::hmac;
use countersign_ports::Entropy;
use quick_cache::sync::Cache;

/// Maximum number of cached passwords, about 100 KiB.
const CAPACITY: usize = 1024;

/// HMAC of a stored hash and its correct password.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Mark([u8; 32]);

/// Cache of correct passwords, to avoid running Argon2 again.
///
/// A mark is useless without the key, which never leaves the process. A changed password has another hash, so its old
/// mark is never looked up again.
pub(crate) struct Remembered {
    key: hmac::Key,
    marks: Cache<Mark, ()>,
}

impl Remembered {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            marks: Cache::new(CAPACITY),
        }
    }

    pub(crate) fn mark(&self, hash: &str, password: &str) -> Mark {
        let mut context = hmac::Context::with_key(&self.key);
        // The length separates the hash from the password.
        context.update(&hash.len().to_be_bytes());
        context.update(hash.as_bytes());
        context.update(password.as_bytes());
        let mut mark = [0; 32];
        for (to, from) in mark.iter_mut().zip(context.sign().as_ref()) {
            *to = *from;
        }
        Mark(mark)
    }

    pub(crate) fn contains(&self, mark: Mark) -> bool {
        self.marks.get(&mark).is_some()
    }

    pub(crate) fn insert(&self, mark: Mark) {
        self.marks.insert(mark, ());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn mark_matches_only_same_password_and_hash() {
        let remembered = Remembered::new(&SystemEntropy::new());
        remembered.insert(remembered.mark("hash", "password"));
        assert!(remembered.contains(remembered.mark("hash", "password")));
        for (hash, password) in [
            ("hash", "Password"),
            ("other", "password"),
            ("hashp", "assword"),
        ] {
            assert!(!remembered.contains(remembered.mark(hash, password)));
        }
    }

    #[test]
    fn marks_differ_between_processes() {
        let entropy = SystemEntropy::new();
        let (one, other) = (Remembered::new(&entropy), Remembered::new(&entropy));
        assert!(one.mark("hash", "password") != other.mark("hash", "password"));
    }

    #[test]
    fn number_of_marks_is_limited() {
        let remembered = Remembered::new(&SystemEntropy::new());
        let marks: Vec<Mark> = (0..4 * CAPACITY)
            .map(|number| remembered.mark("hash", &number.to_string()))
            .collect();
        for mark in &marks {
            remembered.insert(*mark);
        }
        let kept = marks.iter().filter(|mark| remembered.contains(**mark));
        assert!((1..=CAPACITY).contains(&kept.count()));
    }
}
