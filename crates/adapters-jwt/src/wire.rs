//! A compact binary form for facts that travel sealed: numbers in base 128, texts behind their length.
//!
//! What is read was sealed by this server, so the reader need not be kind; it must not panic.

/// Appends values to a buffer.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// Seven bits a byte, the low ones first, the top bit for "more follows".
    pub(crate) fn number(&mut self, mut value: u64) {
        loop {
            let [low, ..] = value.to_le_bytes();
            value >>= 7;
            if value == 0 {
                return self.0.push(low & 0x7F);
            }
            self.0.push(low | 0x80);
        }
    }

    /// Bytes of a length that the reader knows.
    pub(crate) fn array<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.0.extend_from_slice(bytes);
    }

    /// A text behind its length.
    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Whether there is a value; the value follows.
    pub(crate) fn presence(&mut self, present: bool) {
        self.0.push(u8::from(present));
    }

    /// All that was written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Takes values off the front of a buffer, in the order in which they were written.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads `bytes`.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What [`Writer::number`] wrote.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let [byte] = self.array()?;
            let bits = u64::from(byte & 0x7F);
            let shifted = bits << shift;
            if shifted >> shift != bits {
                return None;
            }
            value |= shifted;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// What [`Writer::array`] wrote.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    /// What [`Writer::text`] wrote.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        str::from_utf8(text).ok()
    }

    /// What [`Writer::presence`] wrote.
    pub(crate) fn presence(&mut self) -> Option<bool> {
        match self.array()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    /// `value`, if nothing is left to read.
    pub(crate) fn finish<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reading_after_writing_is_the_identity(number: u64, array: [u8; 16], text: String, present: bool) {
            let mut writer = Writer::default();
            writer.number(number);
            writer.array(&array);
            writer.text(&text);
            writer.presence(present);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.number(), Some(number));
            prop_assert_eq!(reader.array(), Some(array));
            prop_assert_eq!(reader.text(), Some(text.as_str()));
            prop_assert_eq!(reader.presence(), Some(present));
            prop_assert_eq!(reader.finish(()), Some(()));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
            let _ = Reader::new(&bytes).number();
            let _ = Reader::new(&bytes).array::<4>();
            let _ = Reader::new(&bytes).text();
            let _ = Reader::new(&bytes).presence();
        }
    }

    #[test]
    fn a_number_over_64_bits_is_refused() {
        assert_eq!(Reader::new(&[0xFF; 11]).number(), None);
        let mut bytes = [0x80; 10];
        bytes[9] = 0x02;
        assert_eq!(Reader::new(&bytes).number(), None);
        bytes[9] = 0x01;
        assert_eq!(Reader::new(&bytes).number(), Some(1 << 63));
    }

    #[test]
    fn a_length_beyond_the_end_is_refused() {
        assert_eq!(Reader::new(&[5, b'a']).text(), None);
        assert_eq!(Reader::new(&[1, b'a', b'b']).finish(()), None);
    }
}
