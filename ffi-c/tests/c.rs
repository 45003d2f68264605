//! Compiles the programs of `tests/c` with the header that users include, and runs them with AddressSanitizer, which also
//! finds what is not freed.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

fn run(command: &mut Command) -> String {
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
fn libraries() -> PathBuf {
    run(Command::new(env!("CARGO")).args(["build", "--locked", "-p", "countermark-ffi"]));
    let test = std::env::current_exe().expect("the path of this test");
    test.ancestors().nth(2).expect("target/debug").to_owned()
}

fn compile(compiler: &str, language: &[&str], source: &str, libraries: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
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
