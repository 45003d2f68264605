//! `countermark verify-query` and `countermark sign-query`, as a person or a script calls them.

use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

/// The demo secret of OneLogin's published sample code.
const DEMO: &str = "pou134pj123lk1l2kj3l1kj23";
const SECRET: &str = "a secret of at least twenty characters";
const NOW: &str = "1700000000000";
const V1: [&str; 8] = [
    "--audience",
    "example",
    "--key-id",
    "2026-11",
    "--tenant",
    "acme",
    "--secret-env",
    "LINK_SECRET",
];

/// Runs the command with the secret in the environment.
fn run(args: &[&str], secret: &str, input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countermark"))
        .args(args)
        .env("LINK_SECRET", secret)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    // A command that refuses its arguments does not read.
    let _ = child
        .stdin
        .take()
        .expect("stdin")
        .write_all(input.as_bytes());
    child.wait_with_output().expect("ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Verifies a OneLogin link of the demo account and gives the exit code and the answer.
fn onelogin(mode: &str, query: &str, more: &[&str]) -> (i32, Value) {
    let mut args = vec![
        "verify-query",
        query,
        "--profile",
        "onelogin",
        "--mode",
        mode,
        "--json",
    ];
    args.extend([
        "--secret-env",
        "LINK_SECRET",
        "--allow-demo-secret",
        "--now-ms",
        NOW,
    ]);
    args.extend(more);
    let output = run(&args, DEMO, "");
    let code = output.status.code().expect("code");
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (code, answer)
}

fn link(first: &str, last: &str, email: &str, timestamp: &str, signature: &str) -> String {
    format!(
        "firstname={first}&lastname={last}&email={email}&timestamp={timestamp}&signature={signature}"
    )
}

fn jane(timestamp: &str, signature: &str) -> String {
    link(
        "Jane",
        "Doe",
        "jane.doe%40example.com",
        timestamp,
        signature,
    )
}

#[test]
fn published_onelogin_links_give_their_answers() {
    let good = "b73e910e057b593f3ce101a0cf82a292c726bae2";
    let (code, answer) = onelogin("strict", &jane("1700000000", good), &[]);
    assert_eq!(
        (code, &answer["verified"], &answer["algorithm"]),
        (0, &json!(true), &json!("sha1"))
    );
    assert_eq!(
        answer["fields"],
        json!({"firstname": "Jane", "lastname": "Doe"})
    );
    assert_eq!(answer["claimed_email"], "jane.doe@example.com");
    assert_eq!(answer["email"], Value::Null);
    let (_, answer) = onelogin("legacy", &jane("1700000000", good), &[]);
    assert_eq!(answer["fields"]["email"], "jane.doe@example.com");
    assert_eq!(
        onelogin("strict", &jane("1700000000", &good.to_uppercase()), &[]).0,
        0
    );
    assert_eq!(
        onelogin(
            "strict",
            &jane("1700000015", "0f0293d6c16cb87b28a0040c2c0fcac91f5f278d"),
            &[]
        )
        .0,
        0
    );
    assert_eq!(
        onelogin(
            "strict",
            &jane("1699999760", "4f4ece4e96ee3ac44013c3e7d02f237b9e4da9c5"),
            &[]
        )
        .0,
        0
    );
    // 240 seconds ahead: as the vendor's sample, but not strictly.
    assert_eq!(
        onelogin(
            "legacy",
            &jane("1700000240", "3db20de34103d9767f24d0bfdd0f5fc7cb35b6a0"),
            &[]
        )
        .0,
        0
    );
}

#[test]
fn forged_stale_and_ambiguous_onelogin_links_are_refused() {
    let good = "b73e910e057b593f3ce101a0cf82a292c726bae2";
    for (mode, query, error) in [
        (
            "strict",
            jane("1700000240", "3db20de34103d9767f24d0bfdd0f5fc7cb35b6a0"),
            "TIMESTAMP_TOO_NEW",
        ),
        (
            "legacy",
            jane("1700000241", "301b84d22170b311a14cbaaf71a975bc28ced213"),
            "TIMESTAMP_TOO_NEW",
        ),
        (
            "legacy",
            jane("1699999759", "a9322380a1b91fba17d330ea3cb2968a841b6b4e"),
            "TIMESTAMP_TOO_OLD",
        ),
        (
            "legacy",
            jane("%201700000000", "614fb4dce2cc5a928e19a3868c3f5530b92e08ba"),
            "MALFORMED_TIMESTAMP",
        ),
        (
            "legacy",
            jane("%2B1700000000", "c792b94e31ef79e65c0ca3ffa7c70d60863984af"),
            "MALFORMED_TIMESTAMP",
        ),
        (
            "strict",
            jane("1700000000", &good[1..]),
            "MALFORMED_SIGNATURE",
        ),
        (
            "strict",
            jane("1700000000", &good.replace('b', "c")),
            "SIGNATURE_MISMATCH",
        ),
        (
            "strict",
            jane("1700000000", good) + "&email=evil%40example.com",
            "DUPLICATE_FIELD",
        ),
        (
            "strict",
            jane("1700000000", good).replace("lastname=Doe&", ""),
            "MISSING_FIELD",
        ),
        (
            "strict",
            link(
                "AnnLee",
                "",
                "bigbob%40corp.example",
                "1700000000",
                "7754791986a6c4eee58c80f2c2d5af6f45f29ea5",
            ),
            "EMPTY_FIELD",
        ),
    ] {
        let (code, answer) = onelogin(mode, &query, &[]);
        assert_eq!(
            (code, &answer["error"]),
            (1, &json!(error)),
            "{mode} {query}: {answer}"
        );
        assert_eq!(answer["verified"], false);
    }
}

/// Fields without borders: the other readings of the same signed text are shown.
#[test]
fn a_onelogin_link_that_reads_in_several_ways_says_so() {
    let query = link(
        "Ann",
        "Leebig",
        "bob%40corp.example",
        "1700000000",
        "7754791986a6c4eee58c80f2c2d5af6f45f29ea5",
    );
    let (code, answer) = onelogin("strict", &query, &[]);
    assert_eq!(code, 0);
    let emails = answer["ambiguous_emails"].as_array().expect("list");
    assert!(emails.contains(&json!("bigbob@corp.example")), "{answer}");
    let (code, answer) = onelogin("strict", &query, &["--email-domain", "other.example"]);
    assert_eq!(
        (code, answer["verified"].as_bool()),
        (1, Some(false)),
        "{answer}"
    );
}

/// Only what the directory says about the account makes an identity of the claim.
#[test]
fn the_email_of_a_onelogin_link_is_proven_by_its_account() {
    let signature = "7754791986a6c4eee58c80f2c2d5af6f45f29ea5";
    let link = |last, email| link("Ann", last, email, "1700000000", signature);
    let (genuine, shifted) = (
        link("Lee", "bigbob%40corp.example"),
        link("Leebig", "bob%40corp.example"),
    );
    let big = ["--known-email", "bigbob@corp.example"];
    for (query, more, code) in [
        (&genuine, vec!["--account", "Ann", "Lee"], 0),
        (&genuine, big.to_vec(), 0),
        (
            &genuine,
            [&["--account", "Ann", "Lee"], &big[..]].concat(),
            0,
        ),
        (&shifted, vec!["--account", "Bob", "Roe"], 1),
        (&shifted, big.to_vec(), 1),
        (
            &genuine,
            [&big[..], &["--known-email", "bob@corp.example"]].concat(),
            1,
        ),
    ] {
        let (got, answer) = onelogin("strict", query, &more);
        assert_eq!(got, code, "{more:?}: {answer}");
        if code == 0 {
            assert_eq!(answer["email"], "bigbob@corp.example");
        } else {
            assert_eq!(answer["error"], "PROFILE_MISMATCH");
        }
    }
}

#[test]
fn what_is_signed_is_verified_from_every_source() {
    let sign: Vec<_> = [
        "sign-query",
        "email=jane@example.com",
        "role=a&b=c d",
        "--now-ms",
        NOW,
    ]
    .into_iter()
    .chain(V1)
    .collect();
    let output = run(&sign, SECRET, "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let query = text(&output.stdout).trim_end().to_owned();
    let url = format!("https://example.com/in?{query}#top");

    let verify: Vec<_> = ["verify-query", "--json", "--now-ms", NOW]
        .into_iter()
        .chain(V1)
        .collect();
    for (given, input) in [
        (query.as_str(), ""),
        (&url, ""),
        ("-", &format!("{query}\n")),
        ("-", &query),
    ] {
        let args: Vec<_> = verify.iter().copied().chain([given]).collect();
        let output = run(&args, SECRET, input);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(output.status.code(), Some(0), "{answer}");
        assert_eq!(
            answer["fields"],
            json!({"email": "jane@example.com", "role": "a&b=c d"})
        );
        assert_eq!(
            (&answer["key_id"], &answer["tenant"]),
            (&json!("2026-11"), &json!("acme"))
        );
    }

    let refused = |change: &dyn Fn(&mut Vec<&str>), secret: &str| {
        let mut args: Vec<_> = verify.iter().copied().chain([query.as_str()]).collect();
        change(&mut args);
        let output = run(&args, secret, "");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        answer["error"].as_str().expect("error").to_owned()
    };
    let replace = |old: &'static str, new: &'static str| {
        move |args: &mut Vec<&str>| {
            args.iter_mut()
                .filter(|arg| **arg == old)
                .for_each(|arg| *arg = new);
        }
    };
    assert_eq!(
        refused(&|_| (), "another secret, long enough"),
        "SIGNATURE_MISMATCH"
    );
    assert_eq!(
        refused(&replace("example", "elsewhere"), SECRET),
        "AUDIENCE_MISMATCH"
    );
    assert_eq!(
        refused(&replace("acme", "umbrella"), SECRET),
        "TENANT_MISMATCH"
    );
    assert_eq!(
        refused(&replace(NOW, "1700000241000"), SECRET),
        "TIMESTAMP_TOO_OLD"
    );
}

/// By the system's clock: what was signed in one time zone is of now in every other.
#[test]
fn the_time_zone_changes_nothing() {
    let in_zone = |zone: &str, args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_countermark"))
            .args(args.iter().chain(&V1))
            .envs([("LINK_SECRET", SECRET), ("TZ", zone)])
            .output()
            .expect("runs")
    };
    // As POSIX writes them, so that no table of zones is needed: 13:45 h before, and 12 h behind UTC.
    let zones = ["EAST-13:45", "WEST+12"];
    for (here, there) in [(zones[0], zones[1]), (zones[1], zones[0])] {
        let signed = in_zone(here, &["sign-query", "email=jane@example.com"]);
        let query = text(&signed.stdout);
        let verified = in_zone(there, &["verify-query", query.trim_end()]);
        assert_eq!(
            verified.status.code(),
            Some(0),
            "{}",
            text(&verified.stderr)
        );
    }
}

/// An environment variable, a file and standard input hold the same secret; one line break at the end is not part of it.
#[test]
fn a_secret_comes_from_three_places() {
    let file =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-secret", std::process::id()));
    let name = file.to_str().expect("path").to_owned();
    let query = jane("1700000000", "b73e910e057b593f3ce101a0cf82a292c726bae2");
    let common = [
        "verify-query",
        &query,
        "--profile",
        "onelogin",
        "--allow-demo-secret",
        "--now-ms",
        NOW,
    ];
    let verify = |source: &[&str], input: &str| {
        let args: Vec<_> = common
            .iter()
            .copied()
            .chain(source.iter().copied())
            .collect();
        run(&args, DEMO, input).status.code()
    };
    assert_eq!(verify(&["--secret-env", "LINK_SECRET"], ""), Some(0));
    for end in ["", "\n", "\r\n"] {
        std::fs::write(&file, format!("{DEMO}{end}")).expect("file");
        assert_eq!(verify(&["--secret-file", &name], ""), Some(0));
        assert_eq!(
            verify(&["--secret-stdin"], &format!("{DEMO}{end}")),
            Some(0)
        );
    }
    for end in ["\n\n", " ", "\r"] {
        assert_eq!(
            verify(&["--secret-stdin"], &format!("{DEMO}{end}")),
            Some(1),
            "{end:?} is part of the secret"
        );
    }
}

#[test]
fn wrong_usage_has_its_own_exit_code_and_tells_no_secret() {
    let common = ["verify-query", "a=b", "--audience", "example"];
    for (args, input) in [
        (&[][..], ""),
        (&["--secret", SECRET], ""),
        (&["--secret-env", "LINK_SECRET", "--secret-stdin"], SECRET),
        (&["--secret-env", "NO_SUCH_VARIABLE"], ""),
        (&["--secret-file", "/no/such/file"], ""),
        (&["--secret-stdin"], ""),
        (&["--secret-stdin"], "\n"),
        (&["--secret-stdin"], "short"),
        (&["--secret-stdin", "--mode", "strict"], SECRET),
        (&["--secret-stdin", "--max-age-s", "-1"], SECRET),
        (&["--secret-stdin", "--profile", "md5"], SECRET),
    ] {
        let args: Vec<_> = common.iter().chain(args).copied().collect();
        let output = run(&args, SECRET, input);
        assert_eq!(
            (output.status.code(), output.stdout.as_slice()),
            (Some(2), &b""[..]),
            "{args:?}"
        );
    }
    // Both would be read from one stream.
    let output = run(
        &["verify-query", "--audience", "example", "--secret-stdin"],
        "",
        SECRET,
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(!text(&output.stderr).contains(SECRET));
    for fields in [&["a=1", "a=2"][..], &["no field"], &["bad name=1"]] {
        let args: Vec<_> = ["sign-query"]
            .into_iter()
            .chain(fields.iter().copied())
            .chain(V1)
            .collect();
        assert_eq!(run(&args, SECRET, "").status.code(), Some(2), "{fields:?}");
    }
}

#[test]
fn a_profile_goes_by_the_name_that_the_library_has_for_it() {
    let query = jane("1700000000", "b73e910e057b593f3ce101a0cf82a292c726bae2");
    let common = [
        "--json",
        "--secret-env",
        "LINK_SECRET",
        "--allow-demo-secret",
        "--now-ms",
        NOW,
    ];
    for (profile, mode) in [
        ("legacy-onelogin-strict", "strict"),
        ("legacy-onelogin", "legacy"),
    ] {
        let args = ["verify-query", &query, "--profile", profile];
        let output = run(&[&args[..], &common].concat(), DEMO, "");
        assert_eq!(output.status.code(), Some(0), "{profile}: {output:?}");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer, onelogin(mode, &query, &[]).1, "{profile}");
        let both = [&args[..], &common, &["--mode", "strict"]].concat();
        assert_eq!(run(&both, DEMO, "").status.code(), Some(2), "{profile}");
    }
}
