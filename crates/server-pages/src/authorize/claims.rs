//! The `claims` parameter (OpenID Connect Core section 5.5).

use countersign_domain::authorize::claims_request::{RequestedClaims, StandardClaim};
use countersign_domain::refusal::Refusal;
use serde_json::{Map, Value};

/// Parsed `claims` parameter. Unknown claims are ignored (section 5.5).
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ClaimsParameter {
    /// Standard claims.
    pub(crate) requested: RequestedClaims,
    /// Values of an essential `acr`, in order of preference (section 5.5.1.1).
    pub(crate) essential_acr: Vec<String>,
    /// Value of `sub`: the subject that must be signed in.
    pub(crate) subject: Option<String>,
}

impl ClaimsParameter {
    /// Parses the parameter.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let whole: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| Refusal::ClaimsMalformed)?;
        let userinfo = member(&whole, "userinfo")?;
        let id_token = member(&whole, "id_token")?;
        let mut parameter = Self::default();
        for claim in StandardClaim::ALL {
            let one = || std::iter::once(*claim).collect();
            if userinfo.is_some_and(|claims| claims.contains_key(claim.as_str())) {
                parameter.requested.userinfo = parameter.requested.userinfo | one();
            }
            if id_token.is_some_and(|claims| claims.contains_key(claim.as_str())) {
                parameter.requested.id_token = parameter.requested.id_token | one();
            }
        }
        for claims in [userinfo, id_token].into_iter().flatten() {
            for (name, wish) in claims {
                let wish = Wish::of(wish)?;
                match name.as_str() {
                    "sub" => parameter.subject = wish.values.into_iter().next(),
                    "acr" if wish.essential => parameter.essential_acr = wish.values,
                    _ => {}
                }
            }
        }
        Ok(parameter)
    }
}

fn member<'a>(
    whole: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Map<String, Value>>, Refusal> {
    match whole.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(claims)) => Ok(Some(claims)),
        Some(_) => Err(Refusal::ClaimsMalformed),
    }
}

/// Request for one claim (section 5.5.1).
struct Wish {
    essential: bool,
    values: Vec<String>,
}

impl Wish {
    fn of(value: &Value) -> Result<Self, Refusal> {
        let object = match value {
            Value::Null => {
                return Ok(Self {
                    essential: false,
                    values: Vec::new(),
                });
            }
            Value::Object(object) => object,
            _ => return Err(Refusal::ClaimsMalformed),
        };
        let essential = match object.get("essential") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(essential)) => *essential,
            Some(_) => return Err(Refusal::ClaimsMalformed),
        };
        let several = match object.get("values") {
            None | Some(Value::Null) => &[][..],
            Some(Value::Array(values)) => values,
            Some(_) => return Err(Refusal::ClaimsMalformed),
        };
        let values = object.get("value").into_iter().chain(several);
        let values = values.filter_map(Value::as_str).map(str::to_owned);
        Ok(Self {
            essential,
            values: values.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_claims_are_parsed_and_unknown_ones_ignored() {
        let parameter = ClaimsParameter::parse(
            r#"{"userinfo":{"given_name":{"essential":true},"http://x/y":null},
                "id_token":{"email":null,"acr":{"values":["a","b"],"essential":true},"sub":{"value":"jane"}}}"#,
        )
        .unwrap();
        let RequestedClaims { userinfo, id_token } = parameter.requested;
        assert!(userinfo.iter().eq([StandardClaim::GivenName]));
        assert!(id_token.iter().eq([StandardClaim::Email]));
        assert_eq!(parameter.essential_acr, ["a", "b"]);
        assert_eq!(parameter.subject.as_deref(), Some("jane"));
    }

    #[test]
    fn voluntary_acr_is_ignored() {
        let text = r#"{"id_token":{"acr":{"values":["a"]}}}"#;
        assert_eq!(ClaimsParameter::parse(text), Ok(ClaimsParameter::default()));
    }

    #[test]
    fn malformed_claims_are_rejected() {
        for bad in [
            "",
            "[]",
            "1",
            "{",
            r#"{"userinfo":1}"#,
            r#"{"id_token":[]}"#,
            r#"{"id_token":{"email":1}}"#,
            r#"{"id_token":{"acr":{"essential":"yes"}}}"#,
            r#"{"id_token":{"acr":{"values":"a"}}}"#,
        ] {
            assert_eq!(
                ClaimsParameter::parse(bad),
                Err(Refusal::ClaimsMalformed),
                "{bad}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn parser_never_panics(text in "[\\{\\}\\[\\]\",:a-z\\\\0]{0,60}") {
            let _ = ClaimsParameter::parse(&text);
        }
    }
}
