//! What the tests share: running tools, and where things are.

#![allow(dead_code, reason = "each test uses a part")]

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
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

/// Cargo, or a tool with Cargo in it. What the Cargo around this test says of the tested package is kept from it: `ring` reads these names, and
/// it and all that is above it would be built anew here, and again by whoever builds next.
pub(crate) fn cargo(tool: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(tool);
    for (name, _) in std::env::vars_os() {
        let of_package = ["CARGO_MANIFEST_", "CARGO_PKG_"];
        if of_package
            .iter()
            .any(|start| name.to_string_lossy().starts_with(start))
        {
            command.env_remove(name);
        }
    }
    command
}

/// The folder with the libraries, built in the profile of this test.
pub(crate) fn libraries() -> PathBuf {
    run(cargo(env!("CARGO")).args(["build", "--locked", "-p", "countermark-ffi"]));
    let test = std::env::current_exe().expect("the path of this test");
    test.ancestors().nth(2).expect("target/debug").to_owned()
}

/// The folder with the libraries that have AddressSanitizer in them, and feature `http`.
pub(crate) fn asan_libraries() -> PathBuf {
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let target = libraries().parent().expect("target").join("asan");
    run(cargo(env!("CARGO"))
        .args(["build", "--locked", "-p", "countermark-ffi", "--features"])
        .args(["http", "--target", &host, "--target-dir"])
        .arg(&target)
        // The sanitizer's runtime comes with the toolchain, its switch is not stable.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zsanitizer=address"));
    let libraries = target.join(&host).join("debug");
    assert!(
        has_asan(&libraries.join("libcountermark.so")),
        "no sanitizer in the library"
    );
    libraries
}

/// Whether a program or a library has AddressSanitizer in it.
pub(crate) fn has_asan(file: &Path) -> bool {
    run(Command::new("nm").arg(file)).contains("__asan_init")
}

/// Whether a program has UndefinedBehaviorSanitizer in it.
pub(crate) fn has_ubsan(program: &Path) -> bool {
    run(Command::new("nm").arg(program)).contains("__ubsan_handle_")
}

/// Flags for a program over the library of `asan_libraries`. The first undefined behaviour ends it.
pub(crate) const SANITIZED: [&str; 4] = [
    "-std=c11",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-DCOUNTERMARK_HTTP",
];

/// The functions that a library exports.
pub(crate) fn exported(libraries: &Path) -> BTreeSet<String> {
    let names = run(Command::new("nm")
        .args(["-D", "--defined-only", "--format=just-symbols"])
        .arg(libraries.join("libcountermark.so")));
    names.lines().map(str::to_owned).collect()
}

const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"];

/// Builds a C program over the library in `libraries`, beside it.
pub(crate) fn compile(compiler: &str, flags: &[&str], source: &Path, libraries: &Path) -> PathBuf {
    let name = source.file_stem().expect("a name").to_string_lossy();
    let program = libraries.join(format!("{name}-{compiler}{}", flags.join("")));
    run(Command::new(compiler)
        .args(flags)
        .args(STRICT)
        .arg("-I")
        .arg(root().join("include"))
        .arg("-I")
        .arg(root().join("tests/c"))
        // What a test writes for a program to include.
        .arg("-I")
        .arg(libraries)
        .arg("-o")
        .arg(&program)
        .arg(source)
        .arg("-L")
        .arg(libraries)
        .args(["-x", "none", "-lcountermark"])
        // Before LD_LIBRARY_PATH, in which cargo has the plain library.
        .args(["-Wl,--disable-new-dtags"])
        .arg(format!("-Wl,-rpath,{}", libraries.display())));
    let library = libraries.join("libcountermark.so").display().to_string();
    let loaded = run(Command::new("ldd").arg(&program));
    assert!(loaded.contains(&library), "another library: {loaded}");
    program
}

/// Builds the project's own command beside the libraries.
pub(crate) fn build_command_line() {
    run(cargo(env!("CARGO")).args(["build", "--locked", "-p", "countermark-cli"]));
}

/// An ID server on this machine, until it is dropped.
pub(crate) struct IdServer {
    child: Child,
    pub(crate) address: String,
}

impl IdServer {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(libraries().join("countermark"))
            .arg("id-server")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("id-server");
        let output = child.stdout.take().expect("standard output");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).expect("a line");
        let address = line
            .split("\"server\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        Self {
            address: address.expect("an address").to_owned(),
            child,
        }
    }
}

impl Drop for IdServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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

/// The header as it is for who does not ask for feature `http`.
pub(crate) fn without_http(header: &str) -> String {
    let mut is_http = false;
    let kept = header.lines().filter(|line| {
        let is_end = is_http && *line == "#endif";
        is_http = is_http && !is_end || *line == "#if defined(COUNTERMARK_HTTP)";
        !is_http && !is_end
    });
    kept.map(|line| format!("{line}\n")).collect()
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
