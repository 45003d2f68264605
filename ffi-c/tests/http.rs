//! Feature `http`, in the library with AddressSanitizer: whole logins from C. And: nobody else carries an HTTP client.

mod support;

use std::{collections::BTreeSet, net::TcpListener, process::Command};
use support::{
    IdServer, SANITIZED, asan_libraries, build_command_line, cargo, compile, exported, functions,
    header, root, run,
};

#[test]
fn c_logs_in_and_signs_over_the_network() {
    build_command_line();
    let libraries = asan_libraries();
    let program = compile(
        "gcc",
        &SANITIZED,
        &root().join("tests/c/http.c"),
        &libraries,
    );
    let log_in = |arguments: &[&str]| {
        run(Command::new(&program)
            .args(arguments)
            .env("ASAN_OPTIONS", "detect_leaks=1"))
    };
    for decision in ["approved", "denied"] {
        let roots = libraries.join(format!("{decision}.pem"));
        let roots = roots.to_str().expect("UTF-8");
        let option = match decision {
            "approved" => "--approve-after",
            _ => "--deny-after",
        };
        let server = IdServer::start(&[option, "2", "--tls", "localhost", "--ca-out", roots]);
        log_in(&[decision, &server.address, roots]);
    }
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", nobody.local_addr().expect("an address"));
    drop(nobody);
    log_in(&["down", &address]);
}

#[test]
fn the_library_exports_what_the_whole_header_declares() {
    let header = header();
    let all = functions(&header);
    let all: BTreeSet<String> = all.into_iter().map(|it| it.name).collect();
    assert_eq!(exported(&asan_libraries()), all);
}

/// The transport is a choice: who does not choose it has none of it to build, to ship or to keep up to date.
#[test]
fn only_the_feature_brings_an_http_client() {
    let tree = |options: &[&str]| {
        run(cargo(env!("CARGO"))
            .args([
                "tree",
                "--locked",
                "-p",
                "countermark-ffi",
                "-e",
                "normal",
                "--prefix",
                "none",
            ])
            .args(options))
    };
    let has = |tree: &str, name: &str| tree.lines().any(|line| line.starts_with(name));
    let (plain, http) = (tree(&[]), tree(&["--features", "http"]));
    assert!(has(&plain, "countermark v"));
    for name in ["reqwest v", "tokio v", "rustls v"] {
        assert!(!has(&plain, name), "{name}: {plain}");
        assert!(has(&http, name), "{name}: {http}");
    }
}
