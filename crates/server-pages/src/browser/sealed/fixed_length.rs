//! Serializes bytes as base64url, so that their values do not change the length. JSON numbers vary in length.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer, const N: usize>(
    bytes: &[u8; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Base64UrlUnpadded::encode_string(bytes))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(deserializer)?;
    let mut bytes = [0; N];
    if Base64UrlUnpadded::decode(&text, &mut bytes).is_ok_and(|decoded| decoded.len() == N) {
        Ok(bytes)
    } else {
        Err(D::Error::custom("wrong number of bytes"))
    }
}
