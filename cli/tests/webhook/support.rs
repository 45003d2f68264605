//! The command, a listener that it runs, and files for it.

use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

pub(crate) const SECRET: &str = "It is a secret to everybody";

pub(crate) const BODY: &str = r#"{"a":1}"#;

pub(crate) const COMMON: [&str; 4] = ["--scheme", "github", "--secret-env", "HOOK_SECRET"];

pub(crate) fn command(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countermark"));
    command
        .args(["webhook", name])
        .args(args)
        .env("HOOK_SECRET", SECRET)
        .env("VERIFY_TOKEN", "a secret")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn run(name: &str, args: &[&str], input: &str) -> Output {
    let mut child = command(name, args).spawn().expect("runs");
    // A command that refuses its arguments does not read.
    let _ = child
        .stdin
        .take()
        .expect("stdin")
        .write_all(input.as_bytes());
    let output = child.wait_with_output().expect("ends");
    for text in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(text).contains(SECRET));
    }
    output
}

pub(crate) fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    COMMON.iter().chain(more).copied().collect()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn signature(body: &str) -> String {
    let output = run("sign", &COMMON, body);
    assert_eq!(output.status.code(), Some(0));
    out(&output).trim().to_owned()
}

pub(crate) struct Listener {
    pub(crate) child: Child,
    pub(crate) lines: Option<BufReader<std::process::ChildStdout>>,
    pub(crate) url: String,
}

impl Listener {
    pub(crate) fn start(more: &[&str]) -> Self {
        Self::of("github", more)
    }

    pub(crate) fn of(scheme: &str, more: &[&str]) -> Self {
        let mut this = Self::spawn(scheme, &[&["--json"], more].concat());
        let line = this.line();
        this.url = format!("{}/hook", line["listening"].as_str().expect("address"));
        this
    }

    /// As [`of`](Self::of), without JSON.
    pub(crate) fn for_people(scheme: &str, more: &[&str]) -> Self {
        let mut this = Self::spawn(scheme, more);
        let mut line = String::new();
        let lines = this.lines.as_mut().expect("open");
        lines.read_line(&mut line).expect("a line");
        let address = line.split(' ').nth(2).expect("an address");
        this.url = format!("{address}/hook");
        this
    }

    fn spawn(scheme: &str, more: &[&str]) -> Self {
        let mut args = vec!["--scheme", scheme, "--secret-env", "HOOK_SECRET"];
        args.extend(["--listen", "127.0.0.1:0"]);
        args.extend(more);
        let mut command = command("listen", &args);
        let mut child = command.spawn().expect("runs");
        let lines = BufReader::new(child.stdout.take().expect("stdout"));
        Self {
            child,
            lines: Some(lines),
            url: String::new(),
        }
    }

    /// Ends it, and gives what it has printed since.
    pub(crate) fn rest(mut self) -> String {
        let mut lines = self.lines.take().expect("open");
        assert_eq!(self.end(), Some(0));
        let mut text = String::new();
        lines.read_to_string(&mut text).expect("reads");
        text
    }

    pub(crate) fn line(&mut self) -> Value {
        let mut line = String::new();
        let lines = self.lines.as_mut().expect("open");
        lines.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    pub(crate) fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.expect("kill").success());
        self.child.wait().expect("ends").code()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct TempFile(PathBuf);

impl TempFile {
    pub(crate) fn new(text: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("countermark-raw-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).expect("writes");
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
