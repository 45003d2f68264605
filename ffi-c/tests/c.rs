//! Compiles the programs of `tests/c` with the header that users include, and runs them with AddressSanitizer, which also
//! finds what is not freed.

mod support;

use std::{
    path::{Path, PathBuf},
    process::Command,
};
use support::{libraries, root, run};

fn compile(compiler: &str, language: &[&str], source: &str, libraries: &Path) -> PathBuf {
    let root = root();
    let program = libraries.join(format!(
        "{}-{}",
        source.trim_end_matches(".c"),
        language.join("")
    ));
    run(Command::new(compiler)
        .args(language)
        .args([
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Werror",
            "-g",
            "-fsanitize=address",
        ])
        .arg("-I")
        .arg(root.join("include"))
        .arg("-o")
        .arg(&program)
        .arg(root.join("tests/c").join(source))
        .arg("-L")
        .arg(libraries)
        .args(["-x", "none", "-lcountermark"])
        .arg(format!("-Wl,-rpath,{}", libraries.display())));
    program
}

#[test]
fn c_programs_run_clean_under_address_sanitizer() {
    let libraries = libraries();
    for source in ["misuse.c", "use.c", "webhook.c", "securesign.c"] {
        let program = compile("gcc", &["-std=c11"], source, &libraries);
        assert!(
            run(Command::new("nm").arg(&program)).contains("__asan_init"),
            "no sanitizer in {source}"
        );
        run(Command::new(&program).env("ASAN_OPTIONS", "detect_leaks=1"));
    }
}

#[test]
fn the_header_is_c_plus_plus_too() {
    let program = compile("g++", &["-x", "c++", "-std=c++17"], "use.c", &libraries());
    run(&mut Command::new(program));
}
