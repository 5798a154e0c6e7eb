//! Strength of new passwords, estimated by zxcvbn. It knows 30,000 common passwords, words and names of several
//! languages, dates, and rows of keys, also with substituted characters.
//!
//! `common.txt` has the passwords that zxcvbn rates as strong among the 20,000 most common ones of a list by Royce Williams,
//! which Django uses too: 259 of the 1,780 with ten characters or more.

use countersign_domain::login::weakness::Weakness;
use std::sync::LazyLock;
use zxcvbn::feedback::{Feedback, Warning};
use zxcvbn::matching::Match;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Score, zxcvbn};

/// Number of characters that are judged. The cost grows with the square of the length: up to 70 ms for 32 characters
/// that may all be substitutes of others.
const JUDGED: usize = 32;

/// Minimum length of a word about the user.
const SHORTEST_WORD: usize = 3;

/// Returns why a password is weak; `None` if it takes at least 100 million guesses. `about` are texts about the user.
pub(super) fn weakness_of(password: &str, about: &[String]) -> Option<Weakness> {
    let judged: String = password.chars().take(JUDGED).collect();
    let about: Vec<String> = about.iter().map(|text| text.to_lowercase()).collect();
    let texts = about.iter().map(String::as_str);
    let words = about
        .iter()
        .flat_map(|text| text.split(|character: char| !character.is_alphanumeric()))
        .filter(|word| word.len() >= SHORTEST_WORD);
    let words: Vec<&str> = texts.chain(words).collect();
    // Whether a part of the password is a word about the user.
    let is_personal = |part: &Match| {
        matches!(&part.pattern, MatchPattern::Dictionary(found)
            if words.contains(&found.matched_word.as_str()))
    };
    if is_common(password) {
        return Some(Weakness::Common);
    }
    let entropy = zxcvbn(&judged, &words);
    if entropy.score() >= Score::Three {
        return None;
    }
    let warning = entropy.feedback().and_then(Feedback::warning);
    Some(match warning {
        _ if entropy.sequence().iter().any(is_personal) => Weakness::Personal,
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword,
        ) => Weakness::Common,
        _ => Weakness::Guessable,
    })
}

/// Common passwords that zxcvbn does not know, in lower case and sorted.
static COMMON: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    COMMON.binary_search(&password.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weakness(password: &str) -> Option<Weakness> {
        let about = ["jonathan.miller@example.com", "Example Shop"];
        weakness_of(password, &about.map(str::to_owned))
    }

    #[test]
    fn weak_password_is_refused() {
        for (weak, expected) in [
            ("aaaaaaaaaaaa", Weakness::Guessable),
            ("abababababab", Weakness::Guessable),
            ("abcdefghijkl", Weakness::Guessable),
            ("administrator", Weakness::Guessable),
            ("michael1987", Weakness::Guessable),
            ("1234567890", Weakness::Common),
            ("Password123!", Weakness::Common),
            ("P@ssw0rd123", Weakness::Common),
            ("QWERTYUIOP", Weakness::Common),
            ("1q2w3e4r5t", Weakness::Common),
            ("Passwort123", Weakness::Common),
            ("jonathan2024", Weakness::Personal),
            ("Miller12345", Weakness::Personal),
            ("Jonathan.Miller@example.com", Weakness::Personal),
            ("exampleshop", Weakness::Personal),
        ] {
            assert_eq!(weakness(weak), Some(expected), "{weak}");
        }
        for good in ["SecurePassword123!", "drei grüne Eulen", "x9#kL2mQw!"] {
            assert_eq!(weakness(good), None, "{good}");
        }
    }

    #[test]
    fn common_password_that_zxcvbn_rates_strong_is_refused() {
        assert!(COMMON.is_sorted() && COMMON.len() > 200);
        for common in COMMON.iter() {
            assert_eq!(weakness(common), Some(Weakness::Common), "{common}");
        }
        assert_eq!(weakness("Telechargement"), Some(Weakness::Common));
    }

    #[test]
    fn only_first_characters_are_judged() {
        let long = format!("{}x9#kL2mQw! drei grüne Eulen", "a".repeat(JUDGED));
        assert_eq!(weakness(&long), Some(Weakness::Guessable));
        assert_eq!(weakness(&"x9#kL2mQw! drei grüne ".repeat(40)), None);
    }
}
