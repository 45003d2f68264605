//! Verifying from C against a loop over the Rust API, both reading all of what was verified. The two take turns, and the best
//! time of each counts, so that what else the machine does falls on both.

use countermark::{
    Secret,
    facade::{
        QueryConfig, QueryField, QueryKey, QueryProfile, QuerySigner, QuerySignerConfig,
        QueryVerifier, WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner,
        WebhookVerifier,
    },
};
use std::{
    fs::OpenOptions, hint::black_box, io::Write, path::Path, process::Command, time::Instant,
};

const NOW_MS: i64 = 1_700_000_000_000;
const SECRET: &str = "a secret of at least twenty characters";
const ROUNDS: usize = 60;
/// A longer query is refused.
const QUERY_MAX: usize = 8_192;

fn time(turns: u32, mut turn: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..turns {
        turn();
    }
    start.elapsed().as_nanos() as f64 / f64::from(turns)
}

/// Prints one line: what, nanoseconds in Rust and in C, and C in terms of Rust.
fn compare(what: &str, turns: u32, mut turn: impl FnMut(), program: &Path, arguments: &[String]) {
    let (mut rust, mut c) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        rust = rust.min(time(turns, &mut turn));
        let output = Command::new(program)
            .args([turns.to_string(), NOW_MS.to_string(), SECRET.to_owned()])
            .args(arguments)
            .output()
            .expect("the C program");
        assert!(output.status.success(), "{what}: C refused");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        c = c.min(text.trim().parse().expect("a number"));
    }
    if let Some(file) = std::env::var_os("COUNTERMARK_BENCH") {
        let line = format!(
            "{{\"bench\":\"C\",\"case\":\"{what}\",\"ns\":{{\"countermark\":{c:.1},\"the Rust API\":{rust:.1}}}}}\n"
        );
        let file = OpenOptions::new().append(true).create(true).open(file);
        file.and_then(|mut file| file.write_all(line.as_bytes()))
            .expect("written");
    }
    println!(
        "{what:<16} Rust {rust:>9.0} ns   C {c:>9.0} ns   ratio {:.2}",
        c / rust
    );
}

fn query(length: usize, program: &Path) {
    let key = || QueryKey::new("k", Secret::from(SECRET));
    let signer = QuerySigner::new(QuerySignerConfig {
        profile: QueryProfile::CountermarkV1,
        key: key(),
        audience: Some("bench".into()),
        lifetime_s: None,
        allow_demo_secret: false,
    });
    let field = QueryField {
        name: "data".into(),
        value: "x".repeat(length),
    };
    let query = signer
        .and_then(|signer| signer.sign(&[field], NOW_MS, &[7; 16]))
        .expect("signed");
    let mut config = QueryConfig::new(QueryProfile::CountermarkV1, vec![key()]);
    config.audience = Some("bench".into());
    let verifier = QueryVerifier::new(config).expect("verifier");
    let turn = || {
        let verified = verifier.verify(query.as_bytes(), NOW_MS).expect("verified");
        black_box((
            verified.key_id(),
            verified.replay_key(),
            verified.signed_at_ms(),
        ));
        for field in verified.fields() {
            black_box(field);
        }
    };
    let turns = 2_000_000 / (length as u32 + 500);
    compare(
        &format!("query {length} B"),
        turns,
        turn,
        program,
        &["query".into(), query.clone()],
    );
}

fn webhook(length: usize, program: &Path) {
    let key = || vec![WebhookKey::new("k", SECRET)];
    let body = vec![b'x'; length];
    let signed = WebhookSigner::new("github", key())
        .and_then(|signer| signer.sign(&WebhookRequest::default(), &body, None, NOW_MS))
        .expect("signed");
    let signature = signed.headers.first().expect("a header").value.clone();
    let headers = [
        ("Host", "example.com"),
        ("Content-Type", "application/json"),
        ("X-Hub-Signature-256", &signature),
    ]
    .map(|(name, value)| WebhookHeader {
        name,
        value: value.as_bytes(),
    });
    let request = WebhookRequest {
        method: Some("POST"),
        headers: &headers,
        ..WebhookRequest::default()
    };
    let verifier = WebhookVerifier::new(WebhookConfig::new("github", key())).expect("verifier");
    let turn = || {
        let verified = verifier
            .verify(&request, body.as_slice(), NOW_MS)
            .expect("verified");
        black_box((verified.key_id(), verified.replay_key(), verified.covers()));
    };
    let turns = 20_000_000 / (length as u32 + 500);
    let arguments = ["webhook".to_owned(), signature.clone(), length.to_string()];
    compare(
        &format!("webhook {length} B"),
        turns,
        turn,
        program,
        &arguments,
    );
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--release", "-p", "countermark-ffi"])
        .status();
    assert!(built.is_ok_and(|status| status.success()), "no library");
    let this = std::env::current_exe().expect("the path of this program");
    let libraries = this.ancestors().nth(2).expect("target/release");
    let program = libraries.join("verify-c");
    let compiled = Command::new("gcc")
        .args(["-std=c11", "-O2", "-I"])
        .arg(root.join("include"))
        .arg("-o")
        .arg(&program)
        .arg(root.join("benches/verify.c"))
        .arg("-L")
        .arg(libraries)
        .arg("-lcountermark")
        .arg(format!("-Wl,-rpath,{}", libraries.display()))
        .status();
    assert!(
        compiled.is_ok_and(|status| status.success()),
        "no C program"
    );
    for length in [256, 4096, 65_536] {
        if length < QUERY_MAX {
            query(length, &program);
        }
        webhook(length, &program);
    }
}
