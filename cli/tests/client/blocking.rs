//! The blocking client in a process that has no runtime, and that forks nothing and starts nothing by itself.

use crate::emulator::Emulator;
use countermark::{
    Client,
    blocking::Client as BlockingClient,
    facade::{LoginConfig, Outcome},
};
use std::{sync::Arc, thread};

fn client(server: &str) -> BlockingClient {
    let config = LoginConfig {
        server: Some(server.into()),
        service_name: "Example".into(),
        service_address: "https://example.com".into(),
        ..LoginConfig::default()
    };
    Client::new(config).expect("client").into()
}

/// Each call has a runtime of its own: a connection of an earlier call must not be taken for a living one.
#[test]
fn one_client_makes_many_calls() {
    let emulator = Emulator::start(&["--approve-after", "20"]);
    let client = client(emulator.url());
    let session = client.begin("alice").expect("begun").session;
    for _ in 0..20 {
        assert_eq!(
            client.check(&session).expect("outcome").kind(),
            Outcome::Pending
        );
    }
    assert_eq!(
        client.check(&session).expect("outcome").kind(),
        Outcome::Approved
    );
}

/// Twenty users at once on one client: everybody gets their own answer.
#[test]
fn logins_at_once_do_not_mix() {
    let emulator = Emulator::start(&["--approve-after", "3"]);
    let client = Arc::new(client(emulator.url()));
    thread::scope(|scope| {
        for user in 0..20 {
            let client = client.clone();
            scope.spawn(move || {
                let id = format!("user{user}");
                let session = client.begin(&id).expect("begun").session;
                let outcome = loop {
                    let outcome = client.check(&session).expect("outcome");
                    if !outcome.is_open() {
                        break outcome;
                    }
                };
                assert_eq!(outcome.require_approved().expect("approved"), id);
            });
        }
    });
}

/// No thread is left behind, so the process may fork.
#[test]
#[cfg(target_os = "linux")]
fn nothing_runs_between_two_calls() {
    let emulator = Emulator::start(&[]);
    let output = std::process::Command::new(std::env::current_exe().expect("test binary"))
        .args([
            "--exact",
            "blocking::counts_its_threads",
            "--ignored",
            "--nocapture",
        ])
        .env(
            "COUNTERMARK_TEST_SERVER",
            emulator.url().replace("127.0.0.1", "localhost"),
        )
        .output()
        .expect("child");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && report.contains("1 passed"),
        "{report}"
    );
}

/// Run by [`nothing_runs_between_two_calls`] in a process without other tests.
#[test]
#[ignore = "is run by another test"]
#[cfg(target_os = "linux")]
fn counts_its_threads() {
    let threads = || std::fs::read_dir("/proc/self/task").expect("tasks").count();
    let before = threads();
    let client = client(&std::env::var("COUNTERMARK_TEST_SERVER").expect("server"));
    assert_eq!(threads(), before, "making a client starts nothing");
    let session = client.begin("alice").expect("begun").session;
    assert!(client.check(&session).expect("outcome").is_open());
    // The name lookup had a thread, which ends in its own time.
    let mut tries = 0;
    while threads() > before && tries < 3000 {
        thread::sleep(std::time::Duration::from_millis(20));
        tries += 1;
    }
    assert_eq!(threads(), before);
}
