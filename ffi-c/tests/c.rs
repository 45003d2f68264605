//! Compiles C programs with the header that users include, and runs them: with AddressSanitizer in the program and in the library,
//! and under valgrind. Both also find what is not freed.

mod support;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use support::{functions, header, libraries, root, run};

const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"];
const PROGRAMS: [&str; 4] = ["misuse.c", "use.c", "webhook.c", "securesign.c"];

/// The sources of `tests/c`, and the one that is made here.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let nothing = folder.join("nothing.c");
    fs::write(&nothing, calls_with_nothing(&header())).expect("written");
    let sources = PROGRAMS.map(|name| root().join("tests/c").join(name));
    sources.into_iter().chain([nothing]).collect()
}

fn compile(compiler: &str, flags: &[&str], source: &Path, libraries: &Path) -> PathBuf {
    let name = source.file_stem().expect("a name").to_string_lossy();
    let program = libraries.join(format!("{name}-{compiler}{}", flags.join("")));
    run(Command::new(compiler)
        .args(flags)
        .args(STRICT)
        .arg("-I")
        .arg(root().join("include"))
        .arg("-I")
        .arg(root().join("tests/c"))
        .arg("-o")
        .arg(&program)
        .arg(source)
        .arg("-L")
        .arg(libraries)
        .args(["-x", "none", "-lcountermark"])
        .arg(format!("-Wl,-rpath,{}", libraries.display())));
    program
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
fn programs_and_library_are_clean_under_address_sanitizer() {
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let target = libraries().parent().expect("target").join("asan");
    run(Command::new(env!("CARGO"))
        .args([
            "build",
            "--locked",
            "-p",
            "countermark-ffi",
            "--target",
            &host,
            "--target-dir",
        ])
        .arg(&target)
        // The sanitizer's runtime comes with the toolchain, its switch is not stable.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zsanitizer=address"));
    let libraries = target.join(&host).join("debug");
    let is_in = |file: &Path, symbol: &str| run(Command::new("nm").arg(file)).contains(symbol);
    assert!(
        is_in(&libraries.join("libcountermark.so"), "__asan_init"),
        "no sanitizer in the library"
    );
    for source in sources(&libraries) {
        let program = compile(
            "gcc",
            &["-std=c11", "-fsanitize=address"],
            &source,
            &libraries,
        );
        assert!(
            is_in(&program, "__asan_init"),
            "no sanitizer in {}",
            program.display()
        );
        run(Command::new(&program).env("ASAN_OPTIONS", "detect_leaks=1"));
    }
}

#[test]
fn programs_are_clean_under_valgrind() {
    let libraries = libraries();
    for source in sources(&libraries) {
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
