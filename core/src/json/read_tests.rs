//! The reader: what it takes, and what it refuses.

use super::*;
use crate::json::Style;
use alloc::{format, vec};

fn ok(text: &str) -> Value<'_> {
    read(text.as_bytes(), 1 << 20).unwrap()
}

fn refused(text: &str) -> &'static str {
    read(text.as_bytes(), 1 << 20).unwrap_err().0
}

#[test]
fn reads_every_kind_of_value() {
    let value = ok(" {\"a\": [1, -0.5e+10, true, false, null, \"x\"],\r\n\t\"b\": {}, \"\": []} ");
    let items = value.get("a").and_then(Value::list).unwrap();
    assert_eq!(items[0].integer(), Some(1));
    assert_eq!(items[1], Value::Number("-0.5e+10"));
    assert_eq!(items[1].integer(), None);
    assert_eq!(items[2].flag(), Some(true));
    assert_eq!(items[4], Value::Null);
    assert_eq!(items[5].text(), Some("x"));
    assert_eq!(value.get("b"), Some(&Value::Object(vec![])));
    assert_eq!(value.get(""), Some(&Value::List(vec![])));
    assert_eq!(value.get("c"), None);
}

#[test]
fn unescapes() {
    assert_eq!(
        ok(r#""\"\\\/\b\f\n\r\t\u00e4\u0000\uD83D\uDE00ä""#).text(),
        Some("\"\\/\u{8}\u{c}\n\r\tä\0😀ä")
    );
    assert!(matches!(
        ok("\"plain ä\""),
        Value::Text(Cow::Borrowed("plain ä"))
    ));
    // An escaped key is the key that it spells, also when looking for duplicates.
    assert_eq!(
        ok(r#"{"\u0061": 1}"#).get("a").and_then(Value::integer),
        Some(1)
    );
    assert_eq!(
        refused(r#"{"a": 1, "\u0061": 1}"#),
        "a JSON key occurs twice"
    );
}

#[test]
fn refuses_what_is_not_json() {
    for text in [
        "",
        " ",
        "{",
        "[",
        "\"",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "[1,]",
        "[,1]",
        "{a:1}",
        "{'a':1}",
        "[1 2]",
        "01",
        "1.",
        ".5",
        "-",
        "+1",
        "1e",
        "1e+",
        "0x10",
        "NaN",
        "Infinity",
        "-Infinity",
        "True",
        "nul",
        "nulll",
        "1 2",
        "{}x",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\",
        "\"a\nb\"",
        "\"a\0b\"",
        "/*c*/1",
        "\u{feff}1",
        "\u{a0}1",
        "１",
    ] {
        assert!(read(text.as_bytes(), 100).is_err(), "{text:?}");
    }
    for lone in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        r#""\ud800\ud800""#,
        r#""\ud800x""#,
    ] {
        assert_eq!(refused(lone), "a lone surrogate in a JSON string");
        // A webhook that holds one where nobody asks for it is read all the same.
        let body = format!(r#"{{"title":{lone},"a":[{lone},"b"]}}"#);
        let webhook = read_webhook(body.as_bytes()).unwrap();
        assert_eq!(webhook.get("title"), Some(&Value::NoText(lone)));
        // It is written as it was read: nobody may turn what he does not understand into something else.
        assert_eq!(webhook.write(Style::COMPACT), body);
        let list = webhook.get("a").and_then(Value::list).unwrap();
        assert_eq!((list[0].text(), list[1].text()), (None, Some("b")));
        let name = format!(r#"{{{lone}:1}}"#);
        assert!(read_webhook(name.as_bytes()).is_err());
    }
    assert_eq!(read(b"\"\xff\"", 100), Err(Malformed("JSON is not UTF-8")));
}

#[test]
fn limits_hold() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(nested(JSON_DEPTH_MAX).as_bytes(), 1000).is_ok());
    assert_eq!(
        refused(&nested(JSON_DEPTH_MAX + 1)),
        "JSON nested deeper than the limit"
    );
    assert_eq!(
        refused(&"[".repeat(1 << 20)),
        "JSON nested deeper than the limit"
    );
    assert_eq!(
        refused(&"{\"a\":".repeat(1 << 17)),
        "JSON nested deeper than the limit"
    );
    let list = |count: u32| format!("[0{}]", ",0".repeat(count as usize - 2));
    assert!(read(list(JSON_VALUES_MAX).as_bytes(), 1 << 20).is_ok());
    assert_eq!(
        refused(&list(JSON_VALUES_MAX + 1)),
        "JSON holds more values than the limit"
    );
    assert_eq!(
        read(b"[1]", 2),
        Err(Malformed("JSON longer than the limit"))
    );
    assert!(read(b"[1]", 3).is_ok());
}

#[test]
fn integers_are_exact() {
    assert_eq!(ok("9223372036854775807").integer(), Some(i64::MAX));
    for text in ["9223372036854775808", "1.0", "1e3", "\"1\"", "true"] {
        assert_eq!(ok(text).integer(), None, "{text}");
    }
}
