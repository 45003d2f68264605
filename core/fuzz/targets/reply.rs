//! Replies of an ID server: one byte says to which request, the rest is the body.

#![no_main]

use countermark::facade::{RequestKind, parse_reply};

const KINDS: [RequestKind; 4] = [
    RequestKind::Start,
    RequestKind::State,
    RequestKind::Cancel,
    RequestKind::Release,
];

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((kind, body)) = input.split_first() else {
        return;
    };
    let Ok(reply) = parse_reply(KINDS[usize::from(kind % 4)], body) else {
        return;
    };
    // A value stands in the body as it is: nothing is decoded, and nothing is made up.
    let values = [reply.secsign_id, reply.request_id, reply.access_pass_base64];
    for value in values.into_iter().flatten() {
        let value = value.as_bytes();
        assert!(
            value.is_empty()
                || body
                    .to_ascii_lowercase()
                    .windows(value.len())
                    .any(|part| *part == *value.to_ascii_lowercase())
        );
    }
});
