//! The OneLogin profile against a reader that is as plain as the rules: the same verdict, whatever the query.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use countermark::{
    ErrorCode, Secret,
    facade::{QueryConfig, QueryKey, QueryProfile, QueryVerifier},
};
use proptest::{prelude::*, strategy::ValueTree as _};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

const NOW_S: i64 = 1_700_000_000;
const TOKEN: &str = "a secret of at least 20 characters";
const NAMES: [&str; 5] = ["firstname", "lastname", "email", "timestamp", "signature"];

fn hex_digit(byte: Option<&u8>) -> Option<u8> {
    char::from(*byte?).to_digit(16).map(|digit| digit as u8)
}

/// Decodes a form value, of at most `limit` bytes.
fn decode(raw: &[u8], limit: usize) -> Result<Vec<u8>, ErrorCode> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < raw.len() {
        let byte = match raw[at] {
            b'+' => b' ',
            b'%' => {
                let high = hex_digit(raw.get(at + 1)).ok_or(ErrorCode::InvalidEncoding)?;
                let low = hex_digit(raw.get(at + 2)).ok_or(ErrorCode::InvalidEncoding)?;
                at += 2;
                high * 16 + low
            }
            byte => byte,
        };
        at += 1;
        if out.len() == limit {
            return Err(ErrorCode::TooLarge);
        }
        out.push(byte);
    }
    Ok(out)
}

fn sha1_hex(text: &str) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else {
        return false;
    };
    let atom = |atom: &str| {
        let special = |c| "!#$%&'*+/=?^_`{|}~-".contains(c);
        !atom.is_empty()
            && atom
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || special(c))
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    local.len() <= 64 && local.split('.').all(atom) && domain.split('.').all(label)
}

/// First name, last name and email; or the first rule that is broken.
fn reference(query: &[u8]) -> Result<[String; 3], ErrorCode> {
    if query.len() > 8192 {
        return Err(ErrorCode::TooLarge);
    }
    let query = std::str::from_utf8(query).map_err(|_| ErrorCode::InvalidEncoding)?;
    let query = match query.split_once('#') {
        Some((query, _)) => query,
        None => query.trim_end_matches(|c| c <= ' '),
    };
    let query = query.replace(['\t', '\n', '\r'], "");
    let mut found = [None; 5];
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = decode(name.as_bytes(), usize::MAX)?;
        if let Some(at) = NAMES.iter().position(|known| known.as_bytes() == name) {
            if found[at].replace(value).is_some() {
                return Err(ErrorCode::DuplicateField);
            }
        }
    }
    for value in found {
        match value {
            None => return Err(ErrorCode::MissingField),
            Some("") => return Err(ErrorCode::EmptyField),
            Some(_) => {}
        }
    }
    let [first, last, email, timestamp, signature] = found.map(Option::unwrap_or_default);
    if signature.len() != 40 || !signature.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(ErrorCode::MalformedSignature);
    }
    let text = |raw: &str| {
        let bytes = decode(raw.as_bytes(), 255)?;
        let text = String::from_utf8(bytes).map_err(|_| ErrorCode::InvalidEncoding)?;
        if text.chars().any(char::is_control) {
            return Err(ErrorCode::InvalidField);
        }
        Ok(text)
    };
    let person = [text(first)?, text(last)?, text(email)?];
    let ten_digits = timestamp.len() == 10 && timestamp.chars().all(|c| c.is_ascii_digit());
    if !ten_digits || timestamp.starts_with('0') {
        return Err(ErrorCode::MalformedTimestamp);
    }
    if sha1_hex(&format!("{}{timestamp}{TOKEN}", person.concat())) != signature.to_lowercase() {
        return Err(ErrorCode::SignatureMismatch);
    }
    let signed_s: i64 = timestamp.parse().unwrap();
    if NOW_S - signed_s > 240 {
        return Err(ErrorCode::TimestampTooOld);
    }
    if signed_s - NOW_S > 240 {
        return Err(ErrorCode::TimestampTooNew);
    }
    let name = |name: &str| !name.contains('@') && !name.ends_with(|c: char| c.is_ascii_digit());
    if name(&person[0]) && name(&person[1]) && is_email(&person[2]) {
        Ok(person)
    } else {
        Err(ErrorCode::InvalidField)
    }
}

fn verified(query: &[u8]) -> Result<[String; 3], ErrorCode> {
    let key = QueryKey::new("k", Secret::from(TOKEN));
    let config = QueryConfig::new(QueryProfile::LegacyOneLogin, vec![key]);
    let verified = QueryVerifier::new(config)
        .unwrap()
        .verify(query, NOW_S * 1000);
    let verified = verified.map_err(|error| error.code())?;
    Ok([NAMES[0], NAMES[1], NAMES[2]].map(|name| verified.get(name).unwrap().to_owned()))
}

/// A text as it stands in a query, right or not.
fn raw() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[A-Za-z' -]{1,12}",
        2 => "([A-Za-z]|%[0-9A-Fa-f]{2}|\\+){1,6}",
        2 => "(%C3%[89ab][0-9a-f]|%E2%82%AC|[a-z+]){1,5}",
        1 => "[ -~]{0,8}",
        1 => "\\PC{0,4}",
        1 => "[\u{0}-\u{a0}]{0,3}",
        1 => "(a|%41|%4|%%){0,4}",
        1 => (250..260_usize, "(%20|b|\\+)?").prop_map(|(count, end)| "a".repeat(count) + &end),
    ]
}

fn email() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z0-9+_]{1,8}(\\.[a-z]{1,5})?(@|%40)[a-z]{1,6}\\.example",
        2 => "[a-z!#$'*+.-]{0,6}@[a-z.-]{0,8}",
        1 => (60..68_usize).prop_map(|count| "a".repeat(count) + "@b.example"),
        1 => raw(),
    ]
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(NOW_S.to_string()),
        2 => (-300..300_i64).prop_map(|late| (NOW_S + late).to_string()),
        1 => prop::sample::select(vec!["0700000000", "17000000000", "", "1e9", "%31700000000", "170000000O"])
            .prop_map(String::from),
    ]
}

/// What stands among the five parameters.
fn other() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "&",
        "utm=1",
        "a",
        "=",
        "=x",
        "firstname2=a",
        "xemail=a",
        "firstname",
        "emai%6C=x@y",
        "%66irstname=A",
        "signature=",
        "a=b=c",
        "a%zz=1",
        "Email=x",
        "email%00=1",
        "#",
        " ",
        "\t",
        "time\nstamp=1",
    ])
    .prop_map(String::from)
}

/// A query whose signature fits, if anything can fit, with other parameters in between.
fn query() -> impl Strategy<Value = String> {
    let others = prop::collection::vec((any::<prop::sample::Index>(), other()), 0..3);
    let fields = (raw(), raw(), email(), time());
    (
        fields,
        others,
        any::<bool>(),
        Just([0, 1, 2, 3, 4]).prop_shuffle(),
    )
        .prop_map(|((first, last, email, time), others, upper, order)| {
            let plain = |raw: &str| {
                let bytes = decode(raw.as_bytes(), usize::MAX).unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            let text = [
                plain(&first),
                plain(&last),
                plain(&email),
                time.clone(),
                TOKEN.into(),
            ];
            let mut signature = sha1_hex(&text.concat());
            if upper {
                signature = signature.to_uppercase();
            }
            let values = [first, last, email, time, signature];
            let mut parts = order
                .map(|at| format!("{}={}", NAMES[at], values[at]))
                .to_vec();
            for (at, other) in others {
                parts.insert(at.index(parts.len() + 1), other);
            }
            parts.join("&")
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_verdict_is_that_of_the_plain_rules(query in query()) {
        prop_assert_eq!(verified(query.as_bytes()), reference(query.as_bytes()));
    }

    #[test]
    fn so_it_is_when_bytes_are_changed(
        query in query(), at: prop::sample::Index, byte: u8, removed in 0..3_usize,
    ) {
        let mut query = query.into_bytes();
        let at = at.index(query.len());
        query.splice(at..(at + removed).min(query.len()), [byte]);
        prop_assert_eq!(verified(&query), reference(&query));
    }
}

/// Without this, the properties above could hold for refusals only.
#[test]
fn a_good_part_of_the_queries_is_accepted() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let accepted = (0..1_000)
        .filter(|_| {
            let query = query().new_tree(&mut runner).unwrap().current();
            verified(query.as_bytes()).is_ok()
        })
        .count();
    assert!(accepted > 100, "{accepted} of 1000");
}
