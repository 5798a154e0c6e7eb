//! Reads the fields of an encoded value.

use crate::error::DecodeError;
use alloc::vec::Vec;
use countersign_domain::later::{LaterFact, LaterFacts};
use minicbor::Decoder;
use minicbor::data::Type;

/// Fields of an encoded value.
///
/// The format fixes the types of fields, for later versions too: integers, texts, bytes, booleans, null, and lists and
/// maps of these, all with definite length.
pub struct Fields<'a> {
    known: &'a [i64],
    fields: Vec<(i64, Value<'a>)>,
}

/// Encoded value of a field, not decoded yet.
#[derive(Clone, Copy)]
pub struct Value<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Maximum number of fields in a value. The limit keeps the search for repeated tags cheap.
    pub const MAX: u64 = 255;

    /// Reads the fields of a value. `known` lists the tags that the caller reads. Any other critical tag yields
    /// [`DecodeError::Later`], even if the value has other errors in its fields.
    pub fn decode(bytes: &'a [u8], known: &'a [i64]) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new(bytes);
        let Ok(Some(length @ 0..=Self::MAX)) = decoder.map() else {
            return Err(DecodeError::Malformed);
        };
        let mut fields: Vec<(i64, Value<'a>)> = Vec::with_capacity(known.len());
        for _ in 0..length {
            let tag = decoder.i64().map_err(DecodeError::malformed)?;
            if fields.iter().any(|(other, _)| *other == tag) {
                return Err(DecodeError::Malformed);
            }
            fields.push((tag, item(&mut decoder)?));
        }
        if decoder.position() != bytes.len() {
            return Err(DecodeError::Malformed);
        }
        let is_later = |(tag, _): &(i64, _)| *tag >= 0 && !known.contains(tag);
        if fields.iter().any(is_later) {
            return Err(DecodeError::Later);
        }
        Ok(Self { known, fields })
    }

    /// Returns the value of a field; `None` if it is absent.
    #[must_use]
    pub fn optional(&self, tag: i64) -> Option<Value<'a>> {
        let mut fields = self.fields.iter();
        fields
            .find(|(other, _)| *other == tag)
            .map(|(_, value)| *value)
    }

    /// Returns the value of a field that every version writes. Absence is an error.
    pub fn required(&self, tag: i64) -> Result<Value<'a>, DecodeError> {
        self.optional(tag).ok_or(DecodeError::Malformed)
    }

    /// Returns whether a flag is set. Only set flags are written.
    pub fn flag(&self, tag: i64) -> Result<bool, DecodeError> {
        self.optional(tag).map_or(Ok(false), Value::flag)
    }

    /// Returns a number; 0 if the field is absent.
    pub fn number_or_zero(&self, tag: i64) -> Result<u64, DecodeError> {
        self.optional(tag).map_or(Ok(0), Value::number)
    }

    /// Returns the items of a list; empty if the field is absent.
    pub fn list(&self, tag: i64) -> Result<Vec<Value<'a>>, DecodeError> {
        self.optional(tag).map_or(Ok(Vec::new()), Value::list)
    }

    /// Returns the fields that the caller does not know. All of them are ignorable.
    #[must_use]
    pub fn later(&self) -> LaterFacts {
        let mut facts = LaterFacts::none();
        for (tag, value) in &self.fields {
            if !self.known.contains(tag) {
                facts.push(value.as_fact(*tag));
            }
        }
        facts
    }
}

impl<'a> Value<'a> {
    /// Returns a number.
    pub fn number(self) -> Result<u64, DecodeError> {
        self.decoder().u64().map_err(DecodeError::malformed)
    }

    /// Returns a number as a narrower type.
    pub fn number_as<T: TryFrom<u64>>(self) -> Result<T, DecodeError> {
        T::try_from(self.number()?).map_err(DecodeError::malformed)
    }

    /// Returns a text.
    pub fn text(self) -> Result<&'a str, DecodeError> {
        self.decoder().str().map_err(DecodeError::malformed)
    }

    /// Returns bytes.
    pub fn bytes(self) -> Result<&'a [u8], DecodeError> {
        self.decoder().bytes().map_err(DecodeError::malformed)
    }

    /// Returns bytes of a fixed length.
    pub fn array<const N: usize>(self) -> Result<[u8; N], DecodeError> {
        self.bytes()?.try_into().map_err(DecodeError::malformed)
    }

    /// Returns `true`. A flag with any other value is an error, because only set flags are written.
    pub fn flag(self) -> Result<bool, DecodeError> {
        match self.decoder().bool() {
            Ok(true) => Ok(true),
            _ => Err(DecodeError::Malformed),
        }
    }

    /// Returns the items of a list.
    pub fn list(self) -> Result<Vec<Self>, DecodeError> {
        let mut decoder = self.decoder();
        match decoder.array() {
            Ok(Some(length)) => (0..length).map(|_| item(&mut decoder)).collect(),
            _ => Err(DecodeError::Malformed),
        }
    }

    /// Returns the fields of a nested map.
    pub fn fields(self, known: &'a [i64]) -> Result<Fields<'a>, DecodeError> {
        Fields::decode(self.0, known)
    }

    /// Returns the value unchanged, as a fact with this tag.
    pub(crate) fn as_fact(self, tag: i64) -> LaterFact {
        LaterFact {
            tag,
            value: self.0.into(),
        }
    }

    fn decoder(self) -> Decoder<'a> {
        Decoder::new(self.0)
    }
}

/// Reads one item from the decoder. Counts nested maps and lists instead of recursing, so nesting depth uses no stack.
fn item<'a>(decoder: &mut Decoder<'a>) -> Result<Value<'a>, DecodeError> {
    let start = decoder.position();
    let mut left: u64 = 1;
    while left > 0 {
        left = left - 1 + items_behind_head(decoder)?;
    }
    let bytes = decoder.input().get(start..decoder.position());
    bytes.map(Value).ok_or(DecodeError::Malformed)
}

/// Reads an item, or the head of a list or map. Returns the number of items that belong to it, which is at most the
/// number of remaining bytes.
fn items_behind_head(decoder: &mut Decoder<'_>) -> Result<u64, DecodeError> {
    let malformed = DecodeError::malformed;
    let kind = decoder.datatype().map_err(malformed)?;
    let items = match kind {
        Type::U8
        | Type::U16
        | Type::U32
        | Type::U64
        | Type::I8
        | Type::I16
        | Type::I32
        | Type::I64
        | Type::Int => decoder.int().map(|_| Some(0)),
        Type::Bytes => decoder.bytes().map(|_| Some(0)),
        Type::String => decoder.str().map(|_| Some(0)),
        Type::Bool => decoder.bool().map(|_| Some(0)),
        Type::Null => decoder.null().map(|()| Some(0)),
        Type::Array => decoder.array(),
        Type::Map => decoder.map().map(|pairs| pairs?.checked_mul(2)),
        _ => return Err(DecodeError::Malformed),
    };
    let items = items.map_err(malformed)?.ok_or(DecodeError::Malformed)?;
    let bytes = decoder.input().len().saturating_sub(decoder.position());
    if items > bytes as u64 {
        return Err(DecodeError::Malformed);
    }
    Ok(items)
}
