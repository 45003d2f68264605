//! What `cargo cinstall` installs is enough to build the examples, with `pkg-config`, shared and static; and they do what they say.

mod support;

use countermark::facade;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use support::{IdServer, build_command_line, cargo, has_ubsan, libraries, root, run};

/// Installs into a folder of its own, and gives the folder that stands for `/usr/local`.
fn install(options: &[&str]) -> PathBuf {
    let target = libraries().parent().expect("target").to_owned();
    let tool = target.join("tools/bin/cargo-cinstall");
    assert!(
        tool.exists(),
        "no {}: run `scripts/install c`",
        tool.display()
    );
    let kind = options.last().unwrap_or(&"plain");
    let prefix = target.join("installed").join(kind);
    let _ = fs::remove_dir_all(&prefix);
    // The sources of the workspace are read from the folder that the tool runs in. It has a Cargo of its own, of another version: in the same
    // folder, each would build anew what the other has built.
    run(cargo(tool)
        .args([
            "cinstall",
            "--locked",
            "--profile",
            "dev",
            "-p",
            "countermark-ffi",
            "--libdir",
            "lib",
            "--prefix",
        ])
        .arg(&prefix)
        .arg("--target-dir")
        .arg(target.join("cinstall"))
        .args(options)
        .current_dir(root()));
    prefix
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// What `pkg-config` says about what is installed, and about the system's own libraries.
fn pkg_config(prefix: &Path, arguments: &[&str]) -> Vec<String> {
    words(&run(Command::new("pkg-config")
        .args(arguments)
        .env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"))))
}

/// The flags for the library, `--static` or not.
fn flags(prefix: &Path, is_static: bool) -> Vec<String> {
    let arguments: &[&str] = if is_static {
        &["--cflags", "--libs", "--static", "countermark"]
    } else {
        &["--cflags", "--libs", "countermark"]
    };
    let mut flags = pkg_config(prefix, arguments);
    if is_static {
        for flag in &mut flags {
            if flag == "-lcountermark" {
                *flag = "-l:libcountermark.a".to_owned();
            }
        }
    }
    flags
}

/// How the examples are built: as users would, and so that undefined behaviour ends them.
const BUILDS: [(&str, bool, &[&str]); 3] = [
    ("shared", false, &[]),
    ("static", true, &[]),
    (
        "undefined",
        false,
        &["-fsanitize=undefined", "-fno-sanitize-recover=all"],
    ),
];

/// Builds the examples into a folder, `--static` or not.
fn build(prefix: &Path, (name, is_static, options): (&str, bool, &[&str])) -> PathBuf {
    let flags = flags(prefix, is_static);
    let curl = pkg_config(prefix, &["--cflags", "--libs", "libcurl"]);
    let examples = root().join("examples/c");
    let folder = prefix.join(name);
    fs::create_dir_all(&folder).expect("a folder");
    for (name, extra) in [
        ("verify_query", vec![]),
        ("webhook_stdin", vec![]),
        ("login_curl", vec![examples.join("curl_transport.c")]),
    ] {
        run(Command::new("gcc")
            .args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
            .args(options)
            .arg(examples.join(format!("{name}.c")))
            .args(extra)
            .args(&flags)
            .args(&curl)
            // The loader looks into the system's folders only.
            .arg(format!("-Wl,-rpath,{}", prefix.join("lib").display()))
            .arg("-o")
            .arg(folder.join(name)));
    }
    folder
}

/// Standard output of the project's own command, whose standard input is `input`.
fn countermark(arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(libraries().join("countermark"))
        .args(arguments)
        .env("SECRET", SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("countermark");
    let mut stdin = child.stdin.take().expect("standard input");
    stdin.write_all(input.as_bytes()).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("countermark");
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .trim()
        .to_owned()
}

const SECRET: &str = "a secret of at least twenty characters";
const BODY: &str = "{\"event\":\"paid\"}";

fn verify_a_query(program: &Path) {
    let audience = "https://members.example";
    let query = countermark(
        &[
            "sign-query",
            "--secret-env",
            "SECRET",
            "--key-id",
            "2026-11",
            "--audience",
            audience,
            "user=jane",
            "role=a b",
        ],
        "",
    );
    assert_eq!(
        run(Command::new(program).args([SECRET, audience, &query])),
        "role = a b\nuser = jane\n"
    );
    let forged = query.replace("jane", "joan");
    let refused = Command::new(program)
        .args([SECRET, audience, &forged])
        .output()
        .expect("run");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).starts_with("SIGNATURE_MISMATCH"));
}

fn verify_a_webhook(program: &Path) {
    let signed = countermark(
        &[
            "webhook",
            "sign",
            "--scheme",
            "github",
            "--secret-env",
            "SECRET",
        ],
        BODY,
    );
    let headers: Vec<&str> = signed.lines().collect();
    let verify = |body: &str| {
        let mut child = Command::new(program)
            .args(["github", SECRET])
            .args(&headers)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("run");
        let mut stdin = child.stdin.take().expect("standard input");
        stdin.write_all(body.as_bytes()).expect("written");
        drop(stdin);
        child.wait_with_output().expect("run")
    };
    let accepted = verify(BODY);
    assert!(accepted.status.success());
    assert!(
        String::from_utf8_lossy(&accepted.stdout)
            .starts_with("key 2026-11, body signed, replay key ")
    );
    let refused = verify("{\"event\":\"paid\"}\n");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).starts_with("SIGNATURE_MISMATCH"));
}

fn log_in(program: &Path, server_arguments: &[&str]) -> std::process::Output {
    let server = IdServer::start(server_arguments);
    Command::new(program)
        .args([&server.address, "alice"])
        .output()
        .expect("run")
}

#[test]
fn the_examples_work_with_what_is_installed() {
    build_command_line();
    let prefix = install(&[]);
    let soname = format!("libcountermark.so.{}", facade::ABI_VERSION);
    assert!(
        prefix.join("lib").join(&soname).exists(),
        "the name has the version of the ABI"
    );
    for (name, is_static, options) in BUILDS {
        let programs = build(&prefix, (name, is_static, options));
        assert_eq!(
            has_ubsan(&programs.join("login_curl")),
            !options.is_empty(),
            "{name}"
        );
        let needed = run(Command::new("readelf")
            .arg("-d")
            .arg(programs.join("verify_query")));
        assert_eq!(needed.contains(&soname), !is_static, "{needed}");
        let program = |name: &str| programs.join(name);
        verify_a_query(&program("verify_query"));
        verify_a_webhook(&program("webhook_stdin"));
        let approved = log_in(&program("login_curl"), &["--approve-after", "1"]);
        assert!(
            approved.status.success(),
            "{}",
            String::from_utf8_lossy(&approved.stderr)
        );
        assert!(String::from_utf8_lossy(&approved.stdout).ends_with("approved by alice\n"));
        let denied = log_in(&program("login_curl"), &["--deny-after", "1"]);
        assert_eq!(denied.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&denied.stderr).starts_with("LOGIN_DENIED"));
    }
}

/// The library that brings its own HTTP client, shared and static: a login that nobody answers, since no server is there.
#[test]
fn the_feature_http_is_installed_too() {
    let prefix = install(&["--features", "http"]);
    for is_static in [false, true] {
        let program = prefix.join(if is_static { "static" } else { "shared" });
        run(Command::new("gcc")
            .args(["-std=c11", "-DCOUNTERMARK_HTTP", "-I"])
            .arg(root().join("tests/c"))
            .arg(root().join("tests/c/http.c"))
            .args(flags(&prefix, is_static))
            .arg(format!("-Wl,-rpath,{}", prefix.join("lib").display()))
            .arg("-o")
            .arg(&program));
        run(Command::new(&program).args(["down", "http://127.0.0.1:9"]));
    }
}
