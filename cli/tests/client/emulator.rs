//! `countermark id-server` as a test starts it, and its control API.

use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_countermark");

/// A running emulator, which ends with this value.
pub(crate) struct Emulator {
    process: Child,
    addresses: Value,
    ca: Option<PathBuf>,
}

impl Emulator {
    pub(crate) fn start(args: &[&str]) -> Self {
        let ca = args.contains(&"--tls").then(|| file("ca.pem"));
        let mut process = Command::new(BINARY)
            .arg("id-server")
            .args(args)
            .args(
                ca.iter()
                    .flat_map(|path| ["--ca-out".as_ref(), path.as_os_str()]),
            )
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("stdout"))
            .read_line(&mut line)
            .expect("addresses");
        let addresses =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("{args:?} printed {line:?}"));
        Self {
            process,
            addresses,
            ca,
        }
    }

    pub(crate) fn url(&self) -> &str {
        self.address("server")
    }

    pub(crate) fn ca_pem(&self) -> String {
        fs::read_to_string(self.ca.as_ref().expect("started with --tls")).expect("ca.pem")
    }

    /// Sends one command to the control API.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let host = self
            .address("control")
            .trim_start_matches("http://")
            .trim_end_matches('/');
        let mut stream = TcpStream::connect(host).expect("control API");
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address("token"),
            body.len()
        )
        .expect("sent");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("reply");
        let (head, body) = reply.split_once("\r\n\r\n").expect("reply");
        assert!(head.starts_with("HTTP/1.1 200"), "{method} {path}: {reply}");
        serde_json::from_str(body).expect("JSON")
    }

    /// The kinds of request that have come, oldest first.
    pub(crate) fn requests(&self) -> Vec<String> {
        let transcript = self.control("GET", "/transcript", &Value::Null);
        let entries = transcript.as_array().expect("entries");
        entries
            .iter()
            .map(|entry| entry["request"].as_str().unwrap_or("none").to_owned())
            .collect()
    }

    fn address(&self, name: &str) -> &str {
        self.addresses[name].as_str().expect("address")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The path of a file that no other test uses.
pub(crate) fn file(name: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("{}-{number}-{name}", std::process::id()))
}
