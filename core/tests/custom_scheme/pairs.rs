//! Looks for two queries, and two forms, with one signature, among all marks, spellings and requests of short texts.

use super::{NOW, code, keys, spec, verifier};
use countermark::{
    ErrorCode,
    facade::{PairText, Repeats, SchemeSpec, WebhookRequest, WebhookSigner},
};
use std::collections::HashMap;

/// What stands between name and value, and between pairs.
const MARKS: [(&str, &str); 10] = [
    ("=", "&"),
    (".", "&"),
    ("=", "."),
    (":", "|"),
    ("-", "+"),
    ("", "."),
    ("", ":-"),
    ("::", "&"),
    ("=", "--"),
    ("2", "_"),
];

const TEXTS: [PairText; 5] = [
    PairText::Decoded,
    PairText::Percent,
    PairText::Form,
    PairText::UrlStandard,
    PairText::Underscore,
];

const REPEATS: [Repeats; 3] = [Repeats::Refuse, Repeats::Comma, Repeats::Unique];

type Pairs = Vec<(String, String)>;

/// All texts of at most so many letters.
fn texts(letters: &[char], length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = 0;
    for _ in 0..length {
        let from = std::mem::replace(&mut last, all.len());
        for at in from..last {
            let text = all[at].clone();
            all.extend(letters.iter().map(|letter| format!("{text}{letter}")));
        }
    }
    all
}

fn one_of(names: &[String], values: &[String]) -> Vec<(String, String)> {
    let pair = |name: &String, value: &String| (name.clone(), value.clone());
    let all = names
        .iter()
        .map(|name| values.iter().map(move |value| pair(name, value)));
    all.flatten().collect()
}

/// One pair of longer texts, or two of short ones.
fn requests(letters: &[char]) -> Vec<Pairs> {
    let long = one_of(&texts(letters, 2), &texts(letters, 3));
    let short = one_of(&texts(letters, 1), &texts(letters, 1));
    let mut all: Vec<Pairs> = long.into_iter().map(|pair| vec![pair]).collect();
    for first in &short {
        all.extend(
            short
                .iter()
                .map(|second| vec![first.clone(), second.clone()]),
        );
    }
    all
}

fn written(pairs: &Pairs) -> String {
    let escaped =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// What a request says by the rule of its scheme.
fn meaning(spec: &SchemeSpec, pairs: &Pairs) -> Vec<Vec<String>> {
    let mut pairs = pairs.clone();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    if spec.pairs_repeats == Repeats::Unique {
        pairs.sort();
        pairs.dedup();
    }
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut last = None;
    for (name, value) in pairs {
        match all.last_mut() {
            Some(pair) if spec.pairs_repeats == Repeats::Comma && last.as_ref() == Some(&name) => {
                pair.push(value);
            }
            // Without a mark, nothing says where the name ends.
            _ if spec.pairs_equals.is_empty() => all.push(vec![format!("{name}{value}")]),
            _ => all.push(vec![name.clone(), value]),
        }
        last = Some(name);
    }
    if spec.pairs_text == PairText::Underscore {
        // So it is written, and names that differ in nothing else have no order.
        for text in all.iter_mut().flatten() {
            *text = text.replace(['&', '='], "_");
        }
        all.sort();
    }
    all
}

fn search(spec: &SchemeSpec, requests: &[Pairs]) -> usize {
    let signer = WebhookSigner::of_spec(spec.clone(), keys()).expect("a good description");
    let mut known: HashMap<String, &Pairs> = HashMap::new();
    for pairs in requests {
        let text = written(pairs);
        let request = WebhookRequest {
            query: Some(&text),
            ..WebhookRequest::default()
        };
        let Ok(signed) = signer.sign(&request, text.as_bytes(), None, NOW) else {
            continue;
        };
        let signature = signed.headers[0].value.clone();
        if let Some(other) = known.insert(signature, pairs) {
            assert_eq!(
                meaning(spec, pairs),
                meaning(spec, other),
                "{pairs:?} and {other:?}: {spec:?}"
            );
        }
    }
    known.len()
}

#[test]
fn no_signature_fits_two_sets_of_pairs() {
    let mut searched = 0;
    for (equals, join) in MARKS {
        let mut letters: Vec<char> = format!("{equals}{join},a").chars().collect();
        letters.sort_unstable();
        letters.dedup();
        let requests = requests(&letters);
        for (text, repeats) in TEXTS
            .into_iter()
            .flat_map(|text| REPEATS.map(|it| (text, it)))
        {
            for signed in ["{query}", "{form}"] {
                let mut spec = spec(signed);
                spec.pairs_text = text;
                spec.pairs_equals = equals.to_owned();
                spec.pairs_join = join.to_owned();
                spec.pairs_repeats = repeats;
                searched += search(&spec, &requests);
            }
        }
    }
    assert!(searched > 100_000, "{searched}");
}

/// The signer refuses what the verifier does.
#[test]
fn pairs_that_hold_a_mark_are_refused() {
    let verdict = |text, equals: &str, join: &str, repeats, query: &str| {
        let mut spec = spec("{query}");
        spec.pairs_text = text;
        spec.pairs_equals = equals.to_owned();
        spec.pairs_join = join.to_owned();
        spec.pairs_repeats = repeats;
        let request = WebhookRequest {
            query: Some(query),
            ..WebhookRequest::default()
        };
        let signer = WebhookSigner::of_spec(spec, keys()).unwrap();
        code(signer.sign(&request, b"", None, NOW).map(drop))
    };
    let refused = Err(ErrorCode::AmbiguousInput);
    for (text, equals, join, repeats, good, bad) in [
        (
            PairText::Percent,
            ".",
            "&",
            Repeats::Refuse,
            "role=user.admin",
            "role.user=admin",
        ),
        (
            PairText::Percent,
            "",
            ".",
            Repeats::Refuse,
            "a=1&b=2",
            "a=1.b2",
        ),
        (PairText::Percent, "=", "2", Repeats::Refuse, "a=1", "a=/"),
        (
            PairText::Underscore,
            ":",
            "|",
            Repeats::Refuse,
            "note=x&role=admin",
            "note=x%7Crole:admin",
        ),
        (
            PairText::Form,
            "-",
            "+",
            Repeats::Refuse,
            "note=x&role=admin",
            "note=x+role-admin",
        ),
        (
            PairText::Decoded,
            "=",
            "&",
            Repeats::Comma,
            "a=1&a=2",
            "a=1,2",
        ),
        (
            PairText::Decoded,
            "",
            ":-",
            Repeats::Refuse,
            "a=&b=",
            "a:=-b",
        ),
    ] {
        assert_eq!(verdict(text, equals, join, repeats, good), Ok(()), "{good}");
        assert_eq!(verdict(text, equals, join, repeats, bad), refused, "{bad}");
    }
    let mut commas = spec("{query}");
    commas.pairs_repeats = Repeats::Comma;
    commas.pairs_join = ",".to_owned();
    assert_eq!(code(verifier(commas)).err(), Some(ErrorCode::InvalidConfig));
}
