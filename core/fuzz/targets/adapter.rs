//! Any line of the adapter protocol: every operation of the facade, and a seed for each vector.

#![no_main]

libfuzzer_sys::fuzz_target!(|line: &str| {
    // A real network is no matter of parsers, and a long wait of a step machine no find.
    if line.contains("login.run") || line.contains("\"server\"") || line.contains("repeat") {
        return;
    }
    let answer = countermark_adapter::answer(line);
    assert!(answer.get("ok").is_some() != answer.get("error").is_some());
});
