use countersign_domain::time::Timestamp;
use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

/// Digits of Crockford's Base32 in lower case: no letter looks like a digit.
const DIGITS: [u8; 32] = *b"0123456789abcdefghjkmnpqrstvwxyz";

/// Number of characters, of 5 bits each.
const LENGTH: usize = 20;

/// Number of characters for the time. 35 bits suffice until the year 3058.
const TIME: usize = 7;

/// Identifier of a request: its time in seconds and 64 random bits, in 20 characters.
///
/// It names a request in logs and responses. It gives no access, so it need not be secret or unpredictable. The time
/// leads to the events of that time.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId([u8; LENGTH]);

/// Generator of one thread. It needs neither a system call nor a lock: it hashes a counter with keys that the operating
/// system chose for this thread.
struct Generator {
    keys: RandomState,
    count: Cell<u64>,
}

thread_local! {
    static GENERATOR: Generator = Generator {
        keys: RandomState::new(),
        count: Cell::new(0),
    };
}

/// Writes the lowest bits of a number, the most significant character first.
fn write(mut bits: u64, characters: &mut [u8]) {
    for character in characters.iter_mut().rev() {
        let [low, ..] = bits.to_le_bytes();
        let digit = DIGITS.get(usize::from(low & 31));
        *character = digit.copied().unwrap_or(b'0');
        bits >>= 5;
    }
}

impl RequestId {
    /// Creates the identifier of a request that arrives at `now`.
    #[must_use]
    pub fn generate(now: Timestamp) -> Self {
        let random = GENERATOR.with(|generator| {
            let count = generator.count.get();
            generator.count.set(count.wrapping_add(1));
            generator.keys.hash_one(count)
        });
        let mut text = [0; LENGTH];
        let (time, rest) = text.split_at_mut(TIME);
        write(now.as_unix_seconds(), time);
        write(random, rest);
        Self(text)
    }

    /// Parses an identifier as people copy it: with white space around it, and perhaps in capitals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let characters = <[u8; LENGTH]>::try_from(text.as_bytes()).ok()?;
        let is_valid = characters.iter().all(|own| DIGITS.contains(own));
        is_valid.then_some(Self(characters))
    }

    /// Returns the time at which the request arrived.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        let time = self.0.iter().take(TIME);
        let seconds = time.fold(0, |seconds, character| {
            let digit = DIGITS.iter().position(|own| own == character);
            seconds << 5 | digit.unwrap_or_default() as u64
        });
        Timestamp::from_unix_seconds(seconds)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::thread;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

    #[test]
    fn request_ids_of_all_threads_differ() {
        let generate = || -> Vec<String> {
            (0..10_000)
                .map(|_| RequestId::generate(NOW).to_string())
                .collect()
        };
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(generate)).collect();
        let ids: BTreeSet<String> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        assert_eq!(ids.len(), 40_000);
    }

    #[test]
    fn request_id_has_twenty_unambiguous_characters() {
        let mut used = BTreeSet::new();
        for _ in 0..1000 {
            let id = RequestId::generate(NOW).to_string();
            assert_eq!(id.len(), 20);
            used.extend(id.bytes());
        }
        // Every digit occurs, and no other character.
        assert_eq!(used, BTreeSet::from(DIGITS));
    }

    #[test]
    fn request_id_tells_its_time() {
        for seconds in [0, 1, 1_750_000_000, 34_359_738_367] {
            let time = Timestamp::from_unix_seconds(seconds);
            let id = RequestId::generate(time);
            assert_eq!(id.time(), time);
            let copied = format!(" {}\n", id.to_string().to_uppercase());
            assert_eq!(RequestId::parse(&copied), Some(id));
        }
        for text in [
            "",
            "chosen",
            "0123456789abcdefghij",
            "0123456789abcdefghjkm",
        ] {
            assert_eq!(RequestId::parse(text), None, "{text}");
        }
    }
}
