//! Writes small files in the MMDB format (version 2): an IPv6 tree with records of 24 bits.

use std::net::IpAddr;

/// Value in the data section.
pub(super) enum Value<'a> {
    Text(&'a str),
    U16(u16),
    U32(u32),
    U64(u64),
    Texts(&'a [&'a str]),
    Map(Vec<(&'a str, Self)>),
}

/// Returns a map of names, by language.
pub(super) fn names<'a>(all: &[(&'a str, &'a str)]) -> Value<'a> {
    let texts = all.iter().map(|(tag, name)| (*tag, Value::Text(name)));
    Value::Map(texts.collect())
}

/// Child of a node.
#[derive(Clone, Copy)]
enum Child {
    Empty,
    Node(usize),
    /// Offset in the data section.
    Data(usize),
}

/// Returns a file with a value for each network: an address and the length of its prefix.
pub(super) fn file(kind: &str, networks: &[(&str, u8, Value<'_>)]) -> Vec<u8> {
    let (mut tree, mut data) = (vec![[Child::Empty; 2]], Vec::new());
    for (address, length, value) in networks {
        let (bits, length) = match address.parse().unwrap() {
            // The format keeps IPv4 addresses in ::/96.
            IpAddr::V4(address) => (u128::from(address.to_bits()), 96 + length),
            IpAddr::V6(address) => (address.to_bits(), *length),
        };
        let offset = data.len();
        write(value, &mut data);
        let mut node = 0;
        for depth in 0..length {
            let side = usize::from(bits >> (127 - depth) & 1 == 1);
            if depth + 1 == length {
                tree[node][side] = Child::Data(offset);
            } else if let Child::Node(next) = tree[node][side] {
                node = next;
            } else {
                tree.push([Child::Empty; 2]);
                tree[node][side] = Child::Node(tree.len() - 1);
                node = tree.len() - 1;
            }
        }
    }
    let mut file = Vec::new();
    for child in tree.iter().flatten() {
        let record = match child {
            Child::Empty => tree.len(),
            Child::Node(number) => *number,
            Child::Data(offset) => tree.len() + 16 + offset,
        };
        file.extend(&record.to_be_bytes()[size_of::<usize>() - 3..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let metadata = [
        ("binary_format_major_version", Value::U16(2)),
        ("binary_format_minor_version", Value::U16(0)),
        ("build_epoch", Value::U64(1_800_000_000)),
        ("database_type", Value::Text(kind)),
        ("description", names(&[("en", "Test data")])),
        ("languages", Value::Texts(&["en"])),
        ("ip_version", Value::U16(6)),
        ("node_count", Value::U32(tree.len().try_into().unwrap())),
        ("record_size", Value::U16(24)),
    ];
    write(&Value::Map(metadata.into()), &mut file);
    file
}

fn write(value: &Value<'_>, to: &mut Vec<u8>) {
    let mut control = |kind: usize, size: usize| {
        assert!(size < 285, "too long for this writer");
        let (short, long) = (size.min(29), size.checked_sub(29));
        // The first byte has no room for types above 7.
        let (kind, extended) = if kind > 7 {
            (0, Some(kind - 7))
        } else {
            (kind, None)
        };
        for byte in [Some(kind << 5 | short), extended, long]
            .into_iter()
            .flatten()
        {
            to.push(u8::try_from(byte).unwrap());
        }
    };
    match value {
        Value::Text(text) => {
            control(2, text.len());
            to.extend(text.as_bytes());
        }
        Value::U16(number) => {
            control(5, 2);
            to.extend(number.to_be_bytes());
        }
        Value::U32(number) => {
            control(6, 4);
            to.extend(number.to_be_bytes());
        }
        Value::U64(number) => {
            control(9, 8);
            to.extend(number.to_be_bytes());
        }
        Value::Texts(texts) => {
            control(11, texts.len());
            for text in *texts {
                write(&Value::Text(text), to);
            }
        }
        Value::Map(members) => {
            control(7, members.len());
            for (name, member) in members {
                write(&Value::Text(name), to);
                write(member, to);
            }
        }
    }
}
