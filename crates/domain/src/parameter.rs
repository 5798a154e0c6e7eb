//! Parameters of a request. An empty parameter counts as absent (RFC 6749 section 3.1).

/// Returns the parameter, unless it is absent or empty.
pub(crate) fn present(parameter: Option<&str>) -> Option<&str> {
    parameter.filter(|text| !text.is_empty())
}
