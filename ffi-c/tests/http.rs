//! Feature `http`, in the library with AddressSanitizer: whole logins from C. And: nobody else carries an HTTP client.

mod support;

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
    time::Duration,
};
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
    for waits_for_more in [false, true] {
        let roots = libraries.join(format!("cut-{waits_for_more}.pem"));
        let roots = roots.to_str().expect("UTF-8");
        let server = IdServer::start(&["--tls", "localhost", "--ca-out", roots]);
        log_in(&["cut", &cutting(&server.address, waits_for_more), roots]);
    }
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", nobody.local_addr().expect("an address"));
    drop(nobody);
    log_in(&["down", &address]);
}

/// The address of a peer that passes the server's side of the handshake on, and then cuts: at once, or when the client has said more.
fn cutting(server: &str, waits_for_more: bool) -> String {
    let port = |address: &str| {
        let (_, port) = address.rsplit_once(':').expect("a port");
        port.trim_end_matches('/').parse::<u16>().expect("a number")
    };
    let server = port(server);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let own = listener.local_addr().expect("an address").port();
    let pass_on = move |mut client: TcpStream| -> std::io::Result<()> {
        let mut server = TcpStream::connect(("127.0.0.1", server))?;
        server.set_read_timeout(Some(Duration::from_millis(20)))?;
        let mut bytes = [0; 16384];
        let hello = client.read(&mut bytes)?;
        server.write_all(&bytes[..hello])?;
        // Until it has no more to say.
        while let Ok(len @ 1..) = server.read(&mut bytes) {
            client.write_all(&bytes[..len])?;
        }
        if waits_for_more {
            let _ = client.read(&mut bytes)?;
        }
        Ok(())
    };
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // A client that went away first is the next one's matter.
            let _ = pass_on(client);
        }
    });
    format!("https://localhost:{own}/")
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
