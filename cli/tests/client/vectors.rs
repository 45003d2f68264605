//! Runs `tests/vectors/login`: each test with emulators of its own.

use crate::emulator::Emulator;
use serde_json::{Map, Value, json};
use std::{fs, net::TcpListener, path::Path, sync::Mutex, thread};

#[test]
fn every_login_vector_gives_its_trace() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/login");
    let mut jobs = Vec::new();
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        let file: Value =
            serde_json::from_str(&fs::read_to_string(&path).expect("readable")).expect("JSON");
        for group in file["testGroups"].as_array().expect("testGroups") {
            for test in group["tests"].as_array().expect("tests") {
                let name = format!(
                    "{} tcId {}: {}",
                    path.display(),
                    test["tcId"],
                    test["comment"]
                );
                jobs.push((name, group["request"].clone(), test.clone()));
            }
        }
    }
    let count = jobs.len();
    assert!(count > 50);
    let (jobs, failures) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    // Most of the time is spent in waiting.
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let Some((name, request, test)) = jobs.lock().expect("jobs").pop() else {
                        break;
                    };
                    if let Err(difference) = run(&request, &test) {
                        failures
                            .lock()
                            .expect("failures")
                            .push(format!("{name}\n  {difference}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("failures");
    assert!(
        failures.is_empty(),
        "{count} ran, {} failed\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn run(group: &Value, test: &Value) -> Result<(), String> {
    let servers = test["servers"].as_object().expect("servers");
    let started: Vec<_> = servers
        .iter()
        .map(|(role, server)| (role, server, start(server)))
        .collect();
    let mut request: Map<String, Value> = group.as_object().cloned().expect("request");
    request.extend(test["request"].as_object().cloned().expect("request"));
    request.insert("id".into(), test["tcId"].clone());
    for (role, _, server) in &started {
        let field = if *role == "primary" { "server" } else { role };
        request.insert(field.into(), url(server.as_ref()).into());
    }
    if request
        .get("ca_pem")
        .is_some_and(|role| role == "{primary}")
    {
        let primary = started
            .iter()
            .find(|(role, ..)| *role == "primary")
            .and_then(|(.., server)| server.as_ref());
        request.insert("ca_pem".into(), primary.expect("primary").ca_pem().into());
    }

    let answer = countermark_adapter::answer(&Value::Object(request).to_string());
    let expected = match test["result"].as_str() {
        Some("valid") => test["ok"].clone(),
        Some("invalid") => {
            let trace = test["trace"].as_array().expect("trace");
            let last = trace.iter().rev().find_map(|step| step.get("error"));
            assert_eq!(
                last,
                test.get("error"),
                "the error is the last of the trace"
            );
            let mut ok = json!({"trace": trace});
            if let Some(id) = test.get("authenticated_id") {
                ok["authenticated_id"] = id.clone();
            }
            ok
        }
        other => return Err(format!("result {other:?}")),
    };
    if answer["ok"] != expected {
        return Err(format!("expected {expected}, got {answer}"));
    }
    for (role, server, running) in &started {
        if let (Some(sent), Some(running)) = (server.get("sent"), running) {
            let requests = json!(running.requests());
            if requests != *sent {
                return Err(format!("expected {role} to get {sent}, it got {requests}"));
            }
        }
    }
    Ok(())
}

/// An emulator, or none where nobody listens.
fn start(server: &Value) -> Option<Emulator> {
    if server["refusing"] == true {
        return None;
    }
    let args: Vec<_> = server["args"]
        .as_array()
        .expect("args")
        .iter()
        .map(|arg| arg.as_str().expect("text"))
        .collect();
    let emulator = Emulator::start(&args);
    for command in server["control"].as_array().into_iter().flatten() {
        emulator.control(
            command[0].as_str().expect("method"),
            command[1].as_str().expect("path"),
            &command[2],
        );
    }
    Some(emulator)
}

fn url(server: Option<&Emulator>) -> String {
    server.map_or_else(
        || {
            // A port that was just free, and that nobody has listened on.
            let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
            format!("http://{}", listener.local_addr().expect("address"))
        },
        |server| server.url().to_owned(),
    )
}
