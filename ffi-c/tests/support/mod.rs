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

/// The committed C header.
pub(crate) fn header() -> String {
    std::fs::read_to_string(root().join("include/countermark.h")).expect("header")
}

/// A function of the header.
pub(crate) struct Function {
    pub(crate) returns: String,
    pub(crate) name: String,
    /// Types and names.
    pub(crate) parameters: Vec<(String, String)>,
}

/// The functions that the header declares, in its order.
pub(crate) fn functions(header: &str) -> Vec<Function> {
    // A type and a name: `const char *query`.
    let split = |text: &str| {
        let at = text.rfind([' ', '*']).map_or(0, |at| at + 1);
        (text[..at].trim().to_owned(), text[at..].to_owned())
    };
    let code: Vec<&str> = header
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with(['/', '#']))
        .collect();
    code.join(" ")
        .split(';')
        .filter_map(|statement| {
            let (head, parameters) = statement.trim().strip_suffix(')')?.split_once('(')?;
            // What stands before the first of them is `extern "C" {`.
            let (returns, name) = split(head.rsplit('{').next()?.trim());
            let parameters = parameters.split(", ").filter(|one| *one != "void");
            Some(Function {
                returns,
                name,
                parameters: parameters.map(|one| split(one.trim())).collect(),
            })
        })
        .collect()
}
