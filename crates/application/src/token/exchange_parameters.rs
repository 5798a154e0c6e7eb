/// Parameters of a token exchange (RFC 8693 section 2.1), not yet validated.
pub struct ExchangeParameters {
    /// `subject_token`.
    pub subject_token: String,
    /// `subject_token_type`.
    pub subject_token_type: String,
    /// `actor_token` and `actor_token_type`.
    pub actor_token: Option<(String, String)>,
    /// `requested_token_type`.
    pub requested_token_type: Option<String>,
    /// All values of `audience`.
    pub audiences: Vec<String>,
    /// `scope`.
    pub scope: Option<String>,
}
