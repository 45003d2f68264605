//! Compiles C programs with the header that users include, and runs them: with AddressSanitizer in the program and in the library, with
//! UndefinedBehaviorSanitizer in the program, and under valgrind. The first and the last also find what is not freed.

mod support;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use support::{
    SANITIZED, asan_libraries, compile, functions, has_asan, has_ubsan, header, libraries, root,
    run, without_http,
};

const PROGRAMS: [&str; 4] = ["misuse.c", "use.c", "webhook.c", "securesign.c"];

/// The sources of `tests/c`, and the one that is made here.
fn sources(folder: &Path, header: &str) -> Vec<PathBuf> {
    let nothing = folder.join("nothing.c");
    fs::write(&nothing, calls_with_nothing(header)).expect("written");
    let sources = PROGRAMS.map(|name| root().join("tests/c").join(name));
    sources.into_iter().chain([nothing]).collect()
}

/// Every function with NULL for each pointer, 0 for each number, and once more with lengths that no memory has.
fn calls_with_nothing(header: &str) -> String {
    let mut text = String::from("#include \"check.h\"\nint main(void) {\n");
    for function in functions(header) {
        for length in ["0", "SIZE_MAX"] {
            let argument = |(kind, name): &(String, String)| match (kind.as_str(), length) {
                ("const char *", "SIZE_MAX") => "\"\"".to_owned(),
                ("size_t", _) if name.ends_with("_len") => length.to_owned(),
                (kind, _) if kind.ends_with('*') => "NULL".to_owned(),
                _ => "0".to_owned(),
            };
            let arguments: Vec<String> = function.parameters.iter().map(argument).collect();
            let call = format!("{}({})", function.name, arguments.join(", "));
            let _ = match function.returns.as_str() {
                "countermark_status" if function.name != "countermark_error_number" => {
                    writeln!(text, "  CHECK({call} == COUNTERMARK_INVALID_INPUT);")
                }
                _ => writeln!(text, "  (void){call};"),
            };
        }
    }
    text + "  return checks_failed;\n}\n"
}

#[test]
fn programs_and_library_are_clean_under_sanitizers() {
    let libraries = asan_libraries();
    let header = header();
    for source in sources(&libraries, &header) {
        let program = compile("gcc", &SANITIZED, &source, &libraries);
        assert!(
            has_asan(&program) && has_ubsan(&program),
            "no sanitizer in {}",
            program.display()
        );
        run(Command::new(&program).env("ASAN_OPTIONS", "detect_leaks=1"));
    }
}

#[test]
fn undefined_behaviour_ends_a_program() {
    let libraries = asan_libraries();
    let source = libraries.join("undefined.c");
    // One bit too far for the type, where the compiler does not see it.
    fs::write(
        &source,
        "int main(int count, char **names) { (void)names; return (1 << (31 + count)) != 0; }\n",
    )
    .expect("written");
    let program = compile("gcc", &SANITIZED, &source, &libraries);
    let output = Command::new(&program).output().expect("run");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("runtime error: shift exponent"), "{said}");
}

#[test]
fn programs_are_clean_under_valgrind() {
    let libraries = libraries();
    let header = without_http(&header());
    for source in sources(&libraries, &header) {
        let program = compile("gcc", &["-std=c11"], &source, &libraries);
        run(Command::new("valgrind")
            .args([
                "-q",
                "--leak-check=full",
                "--show-leak-kinds=all",
                "--errors-for-leak-kinds=all",
                "--error-exitcode=9",
            ])
            .arg(&program));
    }
}

#[test]
fn the_header_is_c11_and_c_plus_plus_17_for_gcc_and_clang() {
    let libraries = libraries();
    let source = root().join("tests/c/use.c");
    for (compiler, flags) in [
        ("gcc", ["-x", "c", "-std=c11"]),
        ("clang", ["-x", "c", "-std=c11"]),
        ("g++", ["-x", "c++", "-std=c++17"]),
        ("clang++", ["-x", "c++", "-std=c++17"]),
    ] {
        run(&mut Command::new(compile(
            compiler, &flags, &source, &libraries,
        )));
    }
}
