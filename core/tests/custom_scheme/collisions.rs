//! Looks for two requests with one signed text, among all templates of few parts and all requests of short texts.

use super::{NOW, spec, verifier};
use countermark::{
    ErrorCode,
    facade::{WebhookHeader, WebhookRequest, WebhookVerifier},
};
use std::collections::HashMap;

const TIME: &str = "1700000000";

/// Two texts whose order is that of their bytes.
const SORTED: &str = "{sorted:timestamp,param:p}";

/// What templates are made of.
const PARTS: [&str; 10] = [
    "{method}",
    "{query:raw}",
    "{body}",
    "{header:A}",
    "{param:p}",
    SORTED,
    "{id}",
    "{timestamp}",
    "-",
    "a",
];

/// What texts are made of: what may stand at a border, a letter, and the time.
const TOKENS: [&str; 3] = ["-", "a", TIME];

/// All texts of at most so many tokens.
fn texts(tokens: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = 0;
    for _ in 0..tokens {
        let from = std::mem::replace(&mut last, all.len());
        for at in from..last {
            let text = all[at].clone();
            all.extend(TOKENS.map(|token| text.clone() + token));
        }
    }
    all
}

/// All templates of so many parts, none of them twice.
fn templates(parts: usize) -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&'static str>> = vec![Vec::new()];
    for _ in 0..parts {
        let mut longer = Vec::new();
        for template in &all {
            let fresh = PARTS.iter().filter(|part| !template.contains(*part));
            longer.extend(fresh.map(|part| [&template[..], &[*part]].concat()));
        }
        all = longer;
    }
    all
}

/// Whether the verifier compares the signature of a request with this text as one part, and a harmless one as any other.
fn takes(verifier: &WebhookVerifier, part: &str, text: &str) -> bool {
    let given = |other: &str| if other == part { text } else { "z" }.to_owned();
    let (method, body) = (given("{method}"), given("{body}"));
    let query = match part {
        "{param:p}" | SORTED => format!("p={text}"),
        _ => given("{query:raw}") + "&p=z",
    };
    let (id, header) = (given("{id}"), given("{header:A}"));
    let zeros = "00".repeat(32);
    let headers = [
        ("X-Signature", zeros.as_str()),
        ("X-Time", TIME),
        ("X-Id", &id),
        ("A", &header),
    ]
    .map(|(name, value)| WebhookHeader {
        name,
        value: value.as_bytes(),
    });
    let request = WebhookRequest {
        method: Some(&method),
        query: Some(&query),
        headers: &headers,
        ..WebhookRequest::default()
    };
    let verdict = verifier.verify(&request, body.as_bytes(), NOW);
    verdict.is_err_and(|error| error.code() == ErrorCode::SignatureMismatch)
}

#[test]
fn no_signature_fits_two_requests() {
    let all = texts(3);
    let mut searched = 0;
    for template in (2..=5).flat_map(templates) {
        let Ok(verifier) = verifier(spec(&template.concat())) else {
            continue;
        };
        if template.contains(&"{param:p}") && template.contains(&SORTED) {
            continue;
        }
        let choices: Vec<Vec<String>> = template
            .iter()
            .map(|part| match *part {
                "{timestamp}" => vec![TIME.to_owned()],
                "-" | "a" => vec![(*part).to_owned()],
                part => {
                    let texts = all.iter().filter(|text| takes(&verifier, part, text));
                    let signed = |text: &String| match part {
                        SORTED if text.as_str() < TIME => [text, TIME].concat(),
                        SORTED => [TIME, text].concat(),
                        _ => text.clone(),
                    };
                    texts.map(signed).collect()
                }
            })
            .collect();
        let mut requests: Vec<Vec<&str>> = vec![Vec::new()];
        for texts in &choices {
            let mut longer = Vec::new();
            for request in &requests {
                longer.extend(
                    texts
                        .iter()
                        .map(|text| [&request[..], &[text.as_str()]].concat()),
                );
            }
            requests = longer;
        }
        searched += requests.len();
        let mut known: HashMap<String, &Vec<&str>> = HashMap::new();
        for request in &requests {
            if let Some(other) = known.insert(request.concat(), request) {
                panic!("{template:?}: {request:?} and {other:?}");
            }
        }
    }
    assert!(searched > 100_000, "{searched}");
}
