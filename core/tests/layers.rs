//! The facade is what bindings call: nothing below it knows it, so that each rule can be read on its own.

use std::{fs, path::Path};

/// What stands above the facade.
const ABOVE: [&str; 4] = ["facade", "client", "transport", "blocking.rs"];

fn check(path: &Path) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            check(&entry.expect("an entry").path());
        }
        return;
    }
    // Tests below may ask from above.
    if path.to_string_lossy().ends_with("_tests.rs") {
        return;
    }
    let text = fs::read_to_string(path).expect("UTF-8");
    let code = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    for line in code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
    {
        assert!(!line.contains("facade"), "{}: {line}", path.display());
    }
}

#[test]
fn nothing_below_the_facade_knows_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(source).expect("the sources") {
        let entry = entry.expect("an entry");
        let name = entry.file_name();
        // The root names what a program gets.
        if !ABOVE.iter().chain(&["lib.rs"]).any(|above| name == *above) {
            check(&entry.path());
        }
    }
}
