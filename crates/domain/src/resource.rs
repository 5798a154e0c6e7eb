//! Resource indicators (RFC 8707).

use crate::evidence::Evidence;
use crate::refusal::Refusal;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

crate::error_type! {
    /// The text is not a valid resource indicator.
    #[error("a resource is an absolute URI in ASCII without a fragment, 255 characters at most")]
    pub struct InvalidResource;
}

/// Resource indicator: an absolute URI without a fragment (RFC 8707 section 2). It becomes a value of `aud`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource(String);

impl Resource {
    /// Validates the text and keeps it unchanged.
    pub fn parse(text: &str) -> Result<Self, InvalidResource> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        };
        match text.split_once(':') {
            Some((scheme, rest))
                if text.len() <= 255
                    && printable
                    && is_scheme(scheme)
                    && !rest.is_empty()
                    && !text.contains(['#', '"', '\\']) =>
            {
                Ok(Self(text.into()))
            }
            _ => Err(InvalidResource),
        }
    }

    /// Returns the URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns the requested resources without duplicates. An empty text counts as absent. Refuses a resource that is not in `allowed`
/// (RFC 8707 section 2, `invalid_target`).
pub fn narrowed(requested: &[&str], allowed: &[Resource]) -> Result<Vec<Resource>, Refusal> {
    let mut resources: Vec<Resource> = Vec::new();
    for text in requested.iter().filter(|text| !text.is_empty()) {
        let resource = allowed
            .iter()
            .find(|resource| resource.as_str() == *text)
            .ok_or_else(|| Refusal::ResourceNotAllowed(Evidence::of(text)))?;
        if !resources.contains(resource) {
            resources.push(resource.clone());
        }
    }
    Ok(resources)
}

/// Returns the resources of a token request: those it names, or all of `granted` if it names none
/// (RFC 8707 section 2.2). Refuses a resource that is not in `granted`.
pub(crate) fn narrowed_or_all(
    requested: &[&str],
    granted: &[Resource],
) -> Result<Vec<Resource>, Refusal> {
    if requested.iter().all(|text| text.is_empty()) {
        Ok(granted.into())
    } else {
        narrowed(requested, granted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_must_be_absolute_uri_without_fragment() {
        for good in ["https://api.example/v1", "urn:example:api"] {
            assert!(Resource::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api",
            "/v1",
            "https:",
            "https://a/#b",
            "https://a b",
            "1a:b",
            "é:b",
        ] {
            assert_eq!(Resource::parse(bad), Err(InvalidResource), "{bad}");
        }
    }

    #[test]
    fn narrowing_drops_duplicates_and_refuses_resources_not_allowed() {
        let allowed = [
            Resource::parse("urn:a").unwrap(),
            Resource::parse("urn:b").unwrap(),
        ];
        assert_eq!(
            narrowed(&["urn:b", "urn:b"], &allowed),
            Ok([allowed[1].clone()].into())
        );
        for absent in [&[][..], &[""]] {
            assert_eq!(narrowed(absent, &allowed), Ok(Vec::new()));
            assert_eq!(narrowed_or_all(absent, &allowed), Ok(allowed.to_vec()));
        }
        assert_eq!(
            narrowed(&["urn:c"], &allowed),
            Err(Refusal::ResourceNotAllowed(Evidence::of("urn:c")))
        );
    }
}
