//! The smallest HTTP client: sends bytes, reads a whole answer.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// The values of a header, in order.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        self.head
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The value of a header that must come exactly once.
    pub(crate) fn header(&self, name: &str) -> &str {
        let values = self.headers(name);
        assert_eq!(values.len(), 1, "{name} in {:?}", self.head);
        values[0]
    }
}

/// Sends a request that asks to close the connection, and reads to its end.
pub(crate) fn send(host: &str, request: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(host).expect("a listener");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a time-out");
    // A server that refuses early may close before it has read all.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    // A reset after the answer, for a body that was not read to its end, leaves the answer whole.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).expect("UTF-8");
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {text:?}"));
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|code| code.parse().ok());
    Reply {
        status: status.expect("a status line"),
        head: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}
