//! Writing of a value.

use alloc::vec::Vec;
use countersign_domain::later::LaterFacts;
use minicbor::Encoder;

/// Writes a value, field by field: a CBOR map whose keys are tags. The same fields in the same order are the same bytes.
pub struct Writer {
    fields: u64,
    body: Encoder<Vec<u8>>,
}

// Writing to a `Vec` cannot fail: the error type of the encoder is `Infallible`, so results are dropped here.
impl Writer {
    /// A value without fields.
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

    /// Writes `true`; `false` is the absence of the field.
    pub fn flag(&mut self, tag: i64, flag: bool) {
        if flag {
            let _ = self.key(tag).bool(true);
        }
    }

    /// Writes a list of texts; an empty list is the absence of the field.
    pub fn texts<'a>(&mut self, tag: i64, texts: impl ExactSizeIterator<Item = &'a str>) {
        if let Some(body) = self.list(tag, texts.len()) {
            for text in texts {
                let _ = body.str(text);
            }
        }
    }

    /// Writes a map within the value.
    pub fn nested(&mut self, tag: i64, value: Self) {
        value.append_to(self.key(tag).writer_mut());
    }

    /// Writes a list of maps; an empty list is the absence of the field.
    pub fn nested_list(&mut self, tag: i64, values: impl ExactSizeIterator<Item = Self>) {
        if let Some(body) = self.list(tag, values.len()) {
            for value in values {
                value.append_to(body.writer_mut());
            }
        }
    }

    /// Writes what a later version added, as it was read.
    pub fn later(&mut self, facts: &LaterFacts) {
        for fact in facts.iter() {
            self.encoded(fact.tag, &fact.value);
        }
    }

    /// Writes a value that is encoded already.
    pub(crate) fn encoded(&mut self, tag: i64, value: &[u8]) {
        self.key(tag).writer_mut().extend_from_slice(value);
    }

    /// The value, encoded.
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
