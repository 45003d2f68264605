//! A started emulator, and an HTTP client small enough to see every byte.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

/// The real program, ended when the test is.
pub(crate) struct Emulator {
    pub(crate) child: Child,
    pub(crate) addresses: Value,
    _stdout: BufReader<ChildStdout>,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself, which is what some tests are about.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A whole reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    /// A field of a protocol reply: raw, divided at the first `=`.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        field(self.text(), name)
    }
}

pub(crate) fn field<'a>(reply: &'a str, name: &str) -> Option<&'a str> {
    reply
        .split('&')
        .filter_map(|part| part.split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v)
}

impl Emulator {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countermark"))
            .arg("id-server")
            .args(args)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let addresses = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("not one line of JSON: {line:?}"));
        Self {
            child,
            addresses,
            _stdout: stdout,
        }
    }

    /// Host and port of an address.
    pub(crate) fn authority(&self, name: &str) -> String {
        let url = self.addresses[name].as_str().unwrap();
        url.split_once("://")
            .unwrap()
            .1
            .trim_end_matches('/')
            .to_owned()
    }

    pub(crate) fn post(&self, body: &str) -> io::Result<Reply> {
        request(connect(&self.authority("server")), "POST", "/", FORM, body)
    }

    /// A protocol request that gets a whole reply.
    pub(crate) fn ask(&self, body: &str) -> Reply {
        self.post(body).unwrap()
    }

    pub(crate) fn start_session(&self, secsignid: &str) -> Session {
        Session::read(&self.ask(&start_body(secsignid)))
    }

    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Reply {
        let token = self.addresses["token"].as_str().unwrap();
        let headers =
            format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        request(
            connect(&self.authority("control")),
            method,
            path,
            &headers,
            &body,
        )
        .unwrap()
    }

    /// A control request that succeeds.
    pub(crate) fn tell(&self, method: &str, path: &str, body: &Value) -> Value {
        let reply = self.control(method, path, body);
        assert_eq!(reply.status, 200, "{}", reply.text());
        serde_json::from_slice(&reply.body).unwrap()
    }

    pub(crate) fn act(&self, session: &Session, action: &str) -> Value {
        self.tell(
            "POST",
            &format!("/sessions/{}", session.number),
            &json!({ "action": action }),
        )
    }

    pub(crate) fn fault(&self, fault: &Value) {
        self.tell("POST", "/faults", &json!([fault]));
    }

    pub(crate) fn state(&self, session: &Session) -> String {
        let reply = self.ask(&session.body("ReqGetAuthSessionState"));
        reply
            .field("authsessionstate")
            .map_or_else(|| reply.text().to_owned(), str::to_owned)
    }

    pub(crate) fn transcript(&self) -> Vec<Value> {
        self.tell("GET", "/transcript", &Value::Null)
            .as_array()
            .unwrap()
            .clone()
    }

    pub(crate) fn phone(&self, method: &str, path: &str, body: &str) -> Reply {
        request(connect(&self.authority("phone")), method, path, FORM, body).unwrap()
    }

    /// Sends a signal and tells the exit code, or nothing if a signal ended it.
    pub(crate) fn signal(&mut self, name: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &pid])
                .status()
                .unwrap()
                .success()
        );
        for _ in 0..500 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("still running five seconds after {name}");
    }
}

/// What an emulator says that does not start.
pub(crate) fn refusal(args: &[&str]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countermark"))
        .arg("id-server")
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // If it starts all the same, the first line of its output comes and the signal ends it.
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (first.as_str(), output.status.code()),
        ("", Some(2)),
        "{args:?}"
    );
    String::from_utf8(output.stderr).unwrap()
}

/// A session as its service knows it.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) secsignid: String,
    pub(crate) number: String,
    pub(crate) request_id: String,
}

impl Session {
    pub(crate) fn read(reply: &Reply) -> Self {
        let text = |name| {
            reply
                .field(name)
                .unwrap_or_else(|| panic!("no {name} in {:?}", reply.text()))
                .to_owned()
        };
        Self {
            secsignid: text("secsignid"),
            number: text("authsessionid"),
            request_id: text("requestid"),
        }
    }

    pub(crate) fn body(&self, request: &str) -> String {
        let Self {
            secsignid,
            number,
            request_id,
        } = self;
        format!(
            "apimethod=Test&request={request}&secsignid={secsignid}&authsessionid={number}&requestid={request_id}"
        )
    }
}

pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

pub(crate) fn start_body(secsignid: &str) -> String {
    format!(
        "apimethod=Test&request=ReqRequestAuthSession&secsignid={secsignid}&servicename=Test+shop&serviceaddress=https%3A%2F%2Fshop.example"
    )
}

pub(crate) fn connect(authority: &str) -> TcpStream {
    let stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
}

/// Sends one request and reads the reply to its end. A reply that is shorter than announced is an error.
pub(crate) fn request<S: Read + Write>(
    mut stream: S,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> io::Result<Reply> {
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{headers}");
    write!(text, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    stream.write_all(text.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let reply = Reply {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    };
    match reply
        .header("content-length")
        .map(|length| length.parse::<usize>() == Ok(reply.body.len()))
    {
        Some(false) => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(reply),
    }
}

/// A TLS connection that trusts that authority only and expects that name.
pub(crate) fn connect_tls(
    authority: &str,
    name: &str,
    ca_pem: &str,
) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let port = authority.rsplit(':').next().unwrap();
    let stream = connect(&format!("127.0.0.1:{port}"));
    StreamOwned::new(
        ClientConnection::new(Arc::new(config), name).unwrap(),
        stream,
    )
}
