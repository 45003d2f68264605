//! Several secrets at once, as while one is rolled.

use crate::support::{BODY, Listener, TempFile, out, run, signature, with};
use serde_json::{Value, json};
use std::io::Read as _;

const RING: [&str; 6] = [
    "--scheme",
    "github",
    "--secret-env",
    "VERIFY_TOKEN",
    "--secret-env",
    "HOOK_SECRET",
];

#[test]
fn the_key_that_fits_is_named_by_where_it_was() {
    let header = signature(BODY);
    for name in ["verify", "explain"] {
        let args = [&RING[..], &["-H", &header, "--json"]].concat();
        let json = out(&run(name, &args, BODY));
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["key_id"], "HOOK_SECRET", "{name}");
    }
    // Without a scheme, all of them tell which one it is.
    let args = [&RING[2..], &["-H", &header]].concat();
    assert!(out(&run("explain", &args, BODY)).contains("key HOOK_SECRET"));

    let file = TempFile::new("a secret\n");
    let files = ["--secret-file", file.path(), "--secret-env", "HOOK_SECRET"];
    let args = [&RING[..2], &files, &["--json"]].concat();
    let sign = ["--scheme", "github", "--secret-file", file.path()];
    let header = out(&run("sign", &sign, BODY));
    let args = [&args[..], &["-H", header.trim()]].concat();
    let json: Value = serde_json::from_str(&out(&run("verify", &args, BODY))).expect("JSON");
    assert_eq!(json["key_id"], file.path());
}

#[test]
fn a_listener_takes_several_secrets() {
    let mut listener = Listener::of("github", &["--secret-env", "VERIFY_TOKEN"]);
    let url = listener.url.clone();
    for name in ["HOOK_SECRET", "VERIFY_TOKEN"] {
        let args = ["--scheme", "github", "--secret-env", name, "--url", &url];
        assert_eq!(run("send", &args, BODY).status.code(), Some(0), "{name}");
        assert_eq!(listener.line()["key_id"], name);
    }
}

#[test]
fn a_ring_is_bounded_and_its_keys_differ() {
    let file = TempFile::new("another secret");
    let many = ["--secret-file", file.path()].repeat(17);
    let output = run("verify", &[&RING[..2], &many].concat(), BODY);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("more than 16 secrets"), "{told}");
    let twice = ["--secret-env", "HOOK_SECRET"].repeat(2);
    let output = run("verify", &[&RING[..2], &twice].concat(), BODY);
    assert_eq!(output.status.code(), Some(2));
    let named = [&RING[..], &["--key-id", "mine", "-H", "X: 1"]].concat();
    let output = run("verify", &named, BODY);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_rotation_can_be_signed_where_the_scheme_has_room_for_it() {
    let args = [&["--scheme", "stripe"], &RING[2..]].concat();
    let header = out(&run("sign", &args, BODY));
    assert_eq!(header.matches("v1=").count(), 2, "{header}");
    for name in ["HOOK_SECRET", "VERIFY_TOKEN"] {
        let args = ["--scheme", "stripe", "--secret-env", name];
        let args = [&args[..], &["-H", header.trim()]].concat();
        let output = run("verify", &args, BODY);
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
    }
    let mut listener = Listener::of("stripe", &[]);
    let url = listener.url.clone();
    let sent = run("send", &[&args[..], &["--url", &url]].concat(), BODY);
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    assert_eq!(listener.line()["key_id"], "default");

    for (name, more) in [("sign", &[][..]), ("send", &["--url", &url])] {
        let output = run(name, &[&RING[..], more].concat(), BODY);
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("UNSUPPORTED"), "{told}");
    }
}

#[test]
fn a_key_that_cannot_be_used_is_named_beside_a_good_one() {
    const BAD: &str = " badly copied ";
    let file = TempFile::new(BAD);
    let more = ["--secret-file", file.path()];
    let header = signature(BODY);
    let check = |stderr: &[u8]| {
        let told = String::from_utf8_lossy(stderr);
        assert!(
            told.starts_with("warning: ") && told.contains(file.path()),
            "{told}"
        );
        assert!(!told.contains(BAD), "{told}");
    };
    for name in ["verify", "explain"] {
        let args = [&with(&more)[..], &["-H", &header]].concat();
        let output = run(name, &args, BODY);
        assert!(out(&output).starts_with("verified"), "{output:?}");
        check(&output.stderr);
        // Where nothing fits as well: the key may be the one that was meant.
        for (body, verified) in [(BODY, true), ("{}", false)] {
            let output = run(name, &[&args[..], &["--json"]].concat(), body);
            let json: Value = serde_json::from_str(&out(&output)).expect("JSON");
            assert_eq!(json["verified"], verified, "{json}");
            assert_eq!(json["unusable_keys"], json!([file.path()]), "{json}");
            check(&output.stderr);
        }
        let args = with(&["-H", &header, "--json"]);
        let output = run(name, &args, BODY);
        let json: Value = serde_json::from_str(&out(&output)).expect("JSON");
        assert_eq!(json["unusable_keys"], json!([]), "{json}");
        assert!(output.stderr.is_empty(), "{output:?}");
        // Where none is good, the error or the cause tells.
        let args = ["--scheme", "github", "-H", &header, "--json"];
        let output = run(name, &[&args[..], &more].concat(), BODY);
        let json: Value = serde_json::from_str(&out(&output)).expect("JSON");
        assert_eq!(json["unusable_keys"], json!(["default"]), "{json}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("warning") && !told.contains(BAD), "{told}");
    }

    let mut listener = Listener::start(&more);
    let mut stderr = listener.child.stderr.take().expect("stderr");
    assert_eq!(listener.end(), Some(0));
    let mut told = Vec::new();
    stderr.read_to_end(&mut told).expect("reads");
    check(&told);
}

#[test]
fn a_secret_in_place_of_a_file_is_not_repeated() {
    for secret in ["whsec_c2VjcmV0", "whsec_c2Vj/cmV0"] {
        let args = ["--scheme", "github", "--secret-file", secret, "-H", "X: 1"];
        let told = run("verify", &args, BODY).stderr;
        let told = String::from_utf8_lossy(&told);
        assert!(
            told.contains("--secret-file") && !told.contains("whsec"),
            "{told}"
        );
    }
}
