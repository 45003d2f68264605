//! The reader beside serde_json: it never panics, reads the same values, and is stricter only where it says so.

use super::{Hex, Style, Value, read};
use alloc::{
    string::{String, ToString as _},
    vec::Vec,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::Value as Other;

const MAX: usize = 1 << 16;

/// The same value as serde_json has it. Its numbers are compared as it reads their text.
fn other(value: &Value<'_>) -> Other {
    match value {
        Value::Null => Other::Null,
        Value::NoText(_) => unreachable!("only a webhook may hold it"),
        Value::Bool(flag) => Other::Bool(*flag),
        Value::Number(digits) => serde_json::from_str(digits).unwrap(),
        Value::Text(text) => Other::String(text.clone().into_owned()),
        Value::List(items) => items.iter().map(other).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (String::from(&**key), other(value)))
            .collect(),
    }
}

/// Both read the same value, or neither reads one. Where two readers could differ, this one refuses; and it keeps the digits of
/// a number that is too large for serde_json.
fn agree(bytes: &[u8]) -> Result<(), TestCaseError> {
    let theirs = serde_json::from_slice::<Other>(bytes);
    match (read(bytes, MAX), theirs) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(other(&ours), theirs),
        (Ok(_), Err(error)) => prop_assert!(
            error.to_string().starts_with("number out of range"),
            "{bytes:?} is no JSON: {error}"
        ),
        (Err(error), Ok(_)) => {
            prop_assert_eq!(error.0, "a JSON key occurs twice", "{:?}", bytes);
        }
        (Err(_), Err(_)) => {}
    }
    Ok(())
}

fn any_value() -> impl Strategy<Value = Other> {
    let leaf = prop_oneof![
        Just(Other::Null),
        any::<bool>().prop_map(Other::from),
        any::<i64>().prop_map(Other::from),
        any::<u64>().prop_map(Other::from),
        any::<f64>().prop_map(Other::from),
        any::<String>().prop_map(Other::from),
        ".{0,8}".prop_map(Other::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Other::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| members.into_iter().collect::<Other>()),
        ]
    })
}

/// Pieces of JSON, right and wrong ones: random texts of them are often almost documents.
fn near_json() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\"",
        "\"",
        "\\",
        "\\u00e4",
        "\\ud83d\\ude00",
        "\\ud800",
        "\"\\n\"",
        "0",
        "-",
        "1",
        "01",
        "1.5",
        ".5",
        "1e3",
        "1E-2",
        "1e",
        "true",
        "false",
        "null",
        "nul",
        " ",
        "\n",
        "\u{feff}",
        "\u{a0}",
        "ä",
        "😀",
        "\0",
        "\t",
        "//",
        "{\"a\":1}",
        "[1,2]",
        "\"a\":",
        "NaN",
    ];
    vec(select(PIECES), 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, MAX);
    }

    #[test]
    fn it_agrees_with_serde_json(text in near_json()) {
        agree(text.as_bytes())?;
    }

    #[test]
    fn it_reads_what_serde_json_writes(value in any_value(), pretty in any::<bool>()) {
        let text = if pretty {
            serde_json::to_string_pretty(&value)
        } else {
            serde_json::to_string(&value)
        }
        .unwrap();
        let ours = read(text.as_bytes(), MAX).unwrap();
        // Through its own text, since serde_json's reader rounds some numbers.
        prop_assert_eq!(other(&ours), serde_json::from_str::<Other>(&text).unwrap());
    }

    #[test]
    fn what_it_writes_reads_back(
        value in any_value(),
        indent in proptest::option::of(0_usize..5),
        flags in any::<[bool; 3]>(),
        escape in select(&["", "<>&\u{2028}", "\"'+", "a\\/"][..]),
        hex in select(&[Hex::Lower, Hex::UpperAscii, Hex::Upper][..]),
    ) {
        let text = serde_json::to_string(&value).unwrap();
        let value = read(text.as_bytes(), MAX).unwrap();
        let [spaced, escape_slash, escape_non_ascii] = flags;
        let style = Style { indent, spaced, escape_slash, escape_non_ascii, escape, hex };
        let written = value.write(style);
        prop_assert_eq!(&read(written.as_bytes(), 16 * MAX).unwrap(), &value);
        prop_assert_eq!(serde_json::from_str::<Other>(&written).unwrap(), other(&value));
    }

    #[test]
    fn one_changed_byte_is_read_as_serde_json_reads_it(value in any_value(), at: usize, byte: u8) {
        let mut bytes: Vec<u8> = serde_json::to_vec(&value).unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        agree(&bytes)?;
    }
}
