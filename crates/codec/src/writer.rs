//! Writes the fields of an encoded value.

use alloc::vec::Vec;
use countersign_domain::later::LaterFacts;
use minicbor::Encoder;

/// Writes a value field by field, as a CBOR map with tags as keys. The same fields in the same order always give the
/// same bytes.
pub struct Writer {
    fields: u64,
    body: Encoder<Vec<u8>>,
}

// Writing to a `Vec` cannot fail: the encoder's error type is `Infallible`. The results are therefore ignored.
impl Writer {
    /// Creates a value without fields.
    #[must_use]
    pub fn new() -> Self {
        Self {
            fields: 0,
            body: Encoder::new(Vec::new()),
        }
    }

    /// Writes a number.
    pub fn number(&mut self, tag: i64, number: u64) {
        let _ = self.key(tag).u64(number);
    }

    /// Writes a text.
    pub fn text(&mut self, tag: i64, text: &str) {
        let _ = self.key(tag).str(text);
    }

    /// Writes bytes.
    pub fn bytes(&mut self, tag: i64, bytes: &[u8]) {
        let _ = self.key(tag).bytes(bytes);
    }

    /// Writes `true`. Omits the field for `false`.
    pub fn flag(&mut self, tag: i64, flag: bool) {
        if flag {
            let _ = self.key(tag).bool(true);
        }
    }

    /// Writes a list of texts. Omits the field for an empty list.
    pub fn texts<'a>(&mut self, tag: i64, texts: impl ExactSizeIterator<Item = &'a str>) {
        if let Some(body) = self.list(tag, texts.len()) {
            for text in texts {
                let _ = body.str(text);
            }
        }
    }

    /// Writes a nested map.
    pub fn nested(&mut self, tag: i64, value: Self) {
        value.append_to(self.key(tag).writer_mut());
    }

    /// Writes a list of maps. Omits the field for an empty list.
    pub fn nested_list(&mut self, tag: i64, values: impl ExactSizeIterator<Item = Self>) {
        if let Some(body) = self.list(tag, values.len()) {
            for value in values {
                value.append_to(body.writer_mut());
            }
        }
    }

    /// Writes the facts of later versions exactly as they were read.
    pub fn later(&mut self, facts: &LaterFacts) {
        for fact in facts.iter() {
            self.encoded(fact.tag, &fact.value);
        }
    }

    /// Writes an already encoded value.
    pub(crate) fn encoded(&mut self, tag: i64, value: &[u8]) {
        self.key(tag).writer_mut().extend_from_slice(value);
    }

    /// Returns the encoded value.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.body.writer().len() + 3);
        self.append_to(&mut bytes);
        bytes
    }

    fn append_to(self, bytes: &mut Vec<u8>) {
        let _ = Encoder::new(&mut *bytes).map(self.fields);
        bytes.extend_from_slice(self.body.writer());
    }

    fn key(&mut self, tag: i64) -> &mut Encoder<Vec<u8>> {
        self.fields += 1;
        let _ = self.body.i64(tag);
        &mut self.body
    }

    fn list(&mut self, tag: i64, length: usize) -> Option<&mut Encoder<Vec<u8>>> {
        if length == 0 {
            return None;
        }
        let body = self.key(tag);
        let _ = body.array(length as u64);
        Some(body)
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}
