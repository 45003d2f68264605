//! The HTTP transport against servers that misbehave, over real sockets.

use countermark::{
    facade::{FailureKind, FailurePhase, Header, HttpRequest},
    transport::{HttpReply, HttpTransport, Transport as _, TransportFailure},
};
use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const LIMIT: u32 = 64 * 1024;

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        method: "POST".into(),
        url: url.into(),
        headers: vec![Header {
            name: "Content-Type".into(),
            value: "application/x-www-form-urlencoded".into(),
        }],
        body: b"request=ReqGetAuthSessionState&requestid=C0FFEE".to_vec(),
        connect_timeout_ms: 500,
        total_timeout_ms: 500,
        max_reply_bytes: LIMIT,
    }
}

fn send(url: &str) -> Result<HttpReply, TransportFailure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("runtime");
    let transport = HttpTransport::new(&[], 500).expect("transport");
    runtime.block_on(transport.send(&request(url)))
}

/// A server that gives each connection to `serve`; it also counts them.
fn server(
    serve: impl Fn(&mut TcpStream, &str) + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let address = listener.local_addr().expect("address");
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let serve = serve.clone();
            thread::spawn(move || {
                let mut stream = stream;
                let request = read_request(&mut stream);
                serve(&mut stream, &request);
            });
        }
    });
    (format!("http://{address}/"), count)
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&request).ends_with("requestid=C0FFEE") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(n) => request.extend_from_slice(&buffer[..n]),
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}

fn failure(kind: FailureKind, phase: FailurePhase) -> Result<HttpReply, TransportFailure> {
    Err(TransportFailure { kind, phase })
}

#[test]
fn sends_the_request_as_it_stands_and_nothing_that_identifies_the_visitor() {
    let (url, count) = server(|stream, request| {
        let (head, body) = request.split_once("\r\n\r\n").expect("request");
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("post / http/1.1\r\n"));
        assert!(head.contains("content-type: application/x-www-form-urlencoded"));
        assert!(
            !head.contains("cookie") && !head.contains("referer") && !head.contains("user-agent")
        );
        assert!(!head.contains("accept-encoding"));
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
    });
    let reply = send(&url).expect("reply");
    assert_eq!((reply.status, reply.body), (200, request("").body));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn a_refused_connection_was_certainly_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let url = format!("http://{}/", listener.local_addr().expect("address"));
    drop(listener);
    assert_eq!(
        send(&url),
        failure(FailureKind::Unreachable, FailurePhase::NotSent)
    );
}

#[test]
fn an_unknown_name_was_certainly_not_sent() {
    let error = send("https://countermark.invalid/").expect_err("no such name");
    assert_eq!(error.phase, FailurePhase::NotSent);
}

#[test]
fn a_silent_server_ends_in_a_time_out_and_may_have_the_request() {
    // It hangs up after that, which fails in another way.
    let (url, _) = server(|_, _| thread::sleep(Duration::from_secs(15)));
    assert_eq!(
        send(&url),
        failure(FailureKind::Timeout, FailurePhase::MaybeSent)
    );
}

#[test]
fn a_dripping_answer_does_not_stretch_the_time_out() {
    let (url, _) = server(|stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while stream.write_all(b"a").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let start = Instant::now();
    assert_eq!(
        send(&url),
        failure(FailureKind::Timeout, FailurePhase::MaybeSent)
    );
    // All of it would take 50 s.
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_connection_cut_before_or_in_the_answer_may_have_delivered_the_request() {
    for start_of_answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nauth"] {
        let (url, count) = server(move |stream, _| {
            let _ = stream.write_all(start_of_answer.as_bytes());
        });
        assert_eq!(
            send(&url),
            failure(FailureKind::Unreachable, FailurePhase::MaybeSent)
        );
        assert_eq!(count.load(Ordering::SeqCst), 1, "never retried");
    }
}

#[test]
fn a_server_without_tls_is_a_tls_failure_before_anything_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let port = listener.local_addr().expect("address").port();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("accept");
        let mut seen = [0; 1024];
        let length = stream.read(&mut seen).expect("hello");
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        String::from_utf8_lossy(&seen[..length]).into_owned()
    });
    let result = send(&format!("https://localhost:{port}/"));
    assert_eq!(result, failure(FailureKind::Tls, FailurePhase::NotSent));
    assert!(!server.join().expect("server").contains("requestid"));
}

#[test]
fn a_handshake_that_hangs_is_a_time_out_in_connecting() {
    let (url, _) = server(|_, _| thread::sleep(Duration::from_secs(5)));
    let mut patient = request(&url.replacen("http", "https", 1));
    patient.total_timeout_ms = 10_000;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("runtime");
    let transport = HttpTransport::new(&[], 200).expect("transport");
    let result = runtime.block_on(transport.send(&patient));
    assert_eq!(result, failure(FailureKind::Timeout, FailurePhase::NotSent));
}

#[test]
fn plain_http_reaches_loopback_only() {
    for url in [
        "http://192.0.2.1/",
        "http://localhost.example/",
        "http://127.0.0.1.example/",
        "ftp://127.0.0.1/",
    ] {
        // What is resolved or connected to fails in another way.
        assert_eq!(
            send(url),
            failure(FailureKind::Tls, FailurePhase::NotSent),
            "{url}"
        );
    }
}

#[test]
fn redirects_are_handed_back_and_not_followed() {
    let (target, followed) = server(|_, _| ());
    let (url, _) = server(move |stream, _| {
        let _ = write!(
            stream,
            "HTTP/1.1 307 Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        );
    });
    assert_eq!(send(&url).expect("reply").status, 307);
    assert_eq!(followed.load(Ordering::SeqCst), 0);
}

#[test]
fn a_huge_answer_is_cut_one_byte_after_the_limit() {
    let written = Arc::new(AtomicUsize::new(0));
    let counted = written.clone();
    let (url, _) = server(move |stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        let block = [b'a'; 8192];
        while counted.load(Ordering::SeqCst) < 64 << 20 && stream.write_all(&block).is_ok() {
            counted.fetch_add(block.len(), Ordering::SeqCst);
        }
    });
    assert_eq!(send(&url).expect("reply").body.len(), LIMIT as usize + 1);
    thread::sleep(Duration::from_millis(100));
    assert!(
        written.load(Ordering::SeqCst) < 64 << 20,
        "the rest was not read"
    );
}

#[test]
fn unusable_roots_are_refused_when_the_transport_is_made() {
    for pem in [
        "no PEM at all",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let error = HttpTransport::new(pem.as_bytes(), 500).expect_err("refused");
        assert_eq!(error.code().name(), "INVALID_CONFIG");
    }
}

#[test]
fn nothing_that_is_printed_holds_the_body_or_the_address() {
    let request = request("https://id.example/?requestid=C0FFEE");
    let reply = HttpReply {
        status: 200,
        body: b"requestid=C0FFEE".to_vec(),
    };
    let printed = format!("{request:?} {reply:?} {:?}", TransportFailure::HUNG_UP);
    assert!(
        !printed.contains("C0FFEE") && !printed.contains("id.example"),
        "{printed}"
    );
}
