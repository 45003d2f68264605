//! The times of comparisons and verifications, for `scripts/timing`. See `tests/timing/README.md`.

use super::mac::equal;
use crate::facade::{
    WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner, WebhookVerifier,
};
use alloc::{string::String, vec, vec::Vec};
use core::hint::black_box;
use std::{env, fs, time::Instant};

const SECRET: &str = "a secret of thirty-two characters";
const BODY: &[u8] = br#"{"event":"paid"}"#;
const NOW_MS: i64 = 1_700_000_000_000;

#[test]
#[ignore = "it measures times: scripts/timing"]
fn samples() {
    let argument = |name| env::var(name).expect("scripts/timing sets it");
    let is_leaky = argument("SUBJECT") == "leaky";
    let count = argument("SAMPLES").parse().expect("a number");
    let what = argument("WHAT");
    let times = match what.strip_prefix("comparison-") {
        Some(length) => compare(length.parse().expect("a length"), is_leaky, count),
        None => verify(&what, is_leaky, count),
    };
    fs::write(argument("FILE"), times).expect("written");
}

/// A comparison that ends at the first difference.
fn leaky_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| black_box(*x) == black_box(*y))
}

/// Of two digests.
fn compare(length: usize, is_leaky: bool, count: usize) -> Vec<u8> {
    let right = vec![0xA5; length];
    let mut classes = [right.clone(), vec![0x5A; length]];
    classes[0][length - 1] ^= 1;
    let equal = if is_leaky { leaky_equal } else { equal };
    // One comparison takes less than the clock can tell.
    measure(&classes, count, |given| {
        for _ in 0..16 {
            assert!(!black_box(equal(black_box(given), black_box(&right))));
        }
    })
}

/// Of webhooks.
fn verify(scheme: &str, is_leaky: bool, count: usize) -> Vec<u8> {
    let keys = || vec![WebhookKey::new("k1", SECRET)];
    let signer = WebhookSigner::new(scheme, keys()).expect("key");
    let signed = signer
        .sign(&WebhookRequest::default(), BODY, None, NOW_MS)
        .expect("signed");
    let (name, right) = (&signed.headers[0].name, &signed.headers[0].value);
    let verifier = WebhookVerifier::new(WebhookConfig::new(scheme, keys())).expect("key");

    // Still hex digits: what is none is refused sooner.
    let other = |digit: char| if digit == '0' { '1' } else { '0' };
    let (prefix, digits) = right.split_at(right.find('=').map_or(0, |at| at + 1));
    let (begin, last) = right.split_at(right.len() - 1);
    let classes = [
        [begin.into(), last.chars().map(other).collect::<String>()].concat(),
        [prefix.into(), digits.chars().map(other).collect::<String>()].concat(),
    ];
    measure(&classes.map(String::into_bytes), count, |value| {
        let headers = [WebhookHeader { name, value }];
        let request = WebhookRequest {
            headers: &headers,
            ..WebhookRequest::default()
        };
        assert!(verifier.verify(&request, BODY, NOW_MS).is_err());
        if is_leaky {
            assert!(!leaky_equal(value, right.as_bytes()));
        }
    })
}

/// Twice the nanoseconds plus the class, 64 bits each.
fn measure(classes: &[Vec<u8>; 2], count: usize, run: impl Fn(&[u8])) -> Vec<u8> {
    let mut chosen = classes[0].clone();
    let mut state: u64 = 88_172_645_463_325_252;
    let mut times = Vec::with_capacity(8 * count);
    for _ in 0..count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let class = usize::from(state >> 40 & 1 == 1);
        // Always at one place and always read from both: the time would tell where what was read lies.
        let mask = black_box(0u8.wrapping_sub(class as u8));
        for ((chosen, one), other) in chosen.iter_mut().zip(&classes[0]).zip(&classes[1]) {
            *chosen = one ^ ((one ^ other) & mask);
        }
        let began = Instant::now();
        run(black_box(&chosen));
        let took = began.elapsed().as_nanos() as u64;
        times.extend((2 * took + class as u64).to_le_bytes());
    }
    times
}
