//! Reasons why a user may not choose a password.

crate::error_type! {
    /// Reason why a user may not choose a password.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Weakness {
        /// Shorter than [`LEAST`](crate::login::password::LEAST).
        #[error("it has fewer than 10 characters")]
        Short,
        /// Longer than [`MOST`](crate::login::password::MOST).
        #[error("it has more than 1024 bytes")]
        Long,
        /// A common password, or one that is similar.
        #[error("it is a common password or similar to one")]
        Common,
        /// Published after a breach of another service.
        #[error("it was published after a data breach")]
        Breached,
        /// Consists mostly of the user's name or email address.
        #[error("it is too similar to the name or the email address")]
        Personal,
        /// Too few guesses, for example a repeated word or a row of keys.
        #[error("it is too easy to guess")]
        Guessable,
    }
}
