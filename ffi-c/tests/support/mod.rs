//! What the tests share: running tools, and where things are.

#![allow(dead_code, reason = "each test uses a part")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a tool, which must succeed, and gives what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The folder with the libraries, built in the profile of this test.
pub(crate) fn libraries() -> PathBuf {
    run(Command::new(env!("CARGO")).args(["build", "--locked", "-p", "countermark-ffi"]));
    let test = std::env::current_exe().expect("the path of this test");
    test.ancestors().nth(2).expect("target/debug").to_owned()
}

/// A committed file is what the sources say. With `COUNTERMARK_UPDATE=1` it is written anew.
pub(crate) fn compare(file: &str, expected: &str) {
    let path = root().join(file);
    if std::env::var_os("COUNTERMARK_UPDATE").is_some() {
        std::fs::write(&path, expected).expect("written");
    }
    assert!(
        std::fs::read_to_string(&path).is_ok_and(|text| text == expected),
        "{file} differs from the sources: run with COUNTERMARK_UPDATE=1, and review the difference"
    );
}
