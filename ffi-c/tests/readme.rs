//! The C in `README.md` and on the front page does what it says: each piece is compiled as it stands there, and run on what is genuine and on
//! what is not.

mod support;

use std::{collections::BTreeSet, fs, process::Command};
use support::{IdServer, SANITIZED, asan_libraries, build_command_line, compile, root, run};

/// Every piece of C of a page, with the heading that it stands under.
fn pieces(page: &str) -> Vec<(&str, String)> {
    let (mut heading, mut is_code, mut all) = ("", false, Vec::new());
    for line in page.lines() {
        if let (false, Some(text)) = (is_code, line.strip_prefix("## ")) {
            heading = text;
        } else if line.starts_with("```") {
            is_code = line == "```c";
            if is_code {
                all.push((heading, String::new()));
            }
        } else if let (true, Some((_, code))) = (is_code, all.last_mut()) {
            *code += line;
            *code += "\n";
        }
    }
    all
}

#[test]
fn every_piece_of_c_does_what_it_says() {
    build_command_line();
    let libraries = asan_libraries();
    let read = |name: &str| fs::read_to_string(root().join(name)).expect(name);
    let (page, front_page, driver) = (
        read("README.md"),
        read("../README.md"),
        read("tests/c/readme.c"),
    );
    let front = pieces(&front_page)
        .into_iter()
        .map(|(_, code)| ("front page", code));
    let mut written = BTreeSet::new();
    for (heading, code) in pieces(&page).into_iter().chain(front) {
        let name = format!("{}.inc", heading.to_lowercase().replace(' ', "-"));
        fs::write(libraries.join(&name), code).expect("written");
        assert!(written.insert(name), "two pieces under {heading}");
    }
    let includes = driver
        .lines()
        .filter_map(|line| line.strip_prefix("#include \"")?.strip_suffix(".inc\""));
    assert_eq!(
        includes
            .map(|name| format!("{name}.inc"))
            .collect::<BTreeSet<_>>(),
        written
    );

    let program = compile(
        "gcc",
        &SANITIZED,
        &root().join("tests/c/readme.c"),
        &libraries,
    );
    for (decision, switch) in [("approved", "--approve-after"), ("denied", "--deny-after")] {
        let server = IdServer::start(&[switch, "0"]);
        run(Command::new(&program)
            .args([decision, &server.address])
            .env("ASAN_OPTIONS", "detect_leaks=1"));
    }
}
