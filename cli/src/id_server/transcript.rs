//! Every request to the ID server and what was sent back: the newest in memory, all in a file if one is named.

use std::collections::VecDeque;
use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::output::note;

/// At most so many entries stay in memory.
const MAX_ENTRIES: usize = 10_000;
/// At most so many bytes of bodies and headers stay in memory.
const MAX_BYTES: usize = 16 << 20;
/// Longer reply bodies are cut in the transcript; the entry tells the full length.
const MAX_BODY: usize = 64 << 10;

/// One request and its reply.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    /// Counts from 1 and goes on after a reset.
    pub(crate) seq: u64,
    /// By the server's clock, in Unix milliseconds.
    pub(crate) time_ms: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    #[serde(flatten)]
    pub(crate) body: Text,
    /// What was asked; nothing if it was not understood.
    pub(crate) request: Option<super::faults::Request>,
    pub(crate) faults: Vec<&'static str>,
    /// What was sent back; nothing if the connection was ended instead.
    pub(crate) reply: Option<Reply>,
}

/// What was sent back.
#[derive(Debug, Serialize)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    #[serde(flatten)]
    pub(crate) body: Text,
    /// Length of the whole body, which may be cut here or on the way.
    pub(crate) body_bytes: usize,
}

/// A body: as text where it is UTF-8, else in base64.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Text {
    Utf8 { body: String },
    Bytes { body_base64: String },
}

impl Text {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(MAX_BODY)];
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Utf8 {
                body: text.to_owned(),
            },
            Err(_) => Self::Bytes {
                body_base64: STANDARD.encode(bytes),
            },
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Utf8 { body } => body.len(),
            Self::Bytes { body_base64 } => body_base64.len(),
        }
    }
}

impl Entry {
    fn size(&self) -> usize {
        let headers = |list: &[(String, String)]| {
            list.iter()
                .map(|(n, v)| n.len() + v.len() + 48)
                .sum::<usize>()
        };
        let reply = self
            .reply
            .as_ref()
            .map_or(0, |reply| reply.body.len() + headers(&reply.headers));
        size_of::<Self>() + self.path.len() + headers(&self.headers) + self.body.len() + reply
    }
}

/// The transcript.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    entries: VecDeque<Entry>,
    bytes: usize,
    last: u64,
    file: Option<File>,
}

impl Transcript {
    /// Opens the file, which has to be a new one or empty: the transcript of another run is neither lost nor mixed with this one.
    pub(crate) fn new(path: Option<&Path>) -> Result<Self, String> {
        let file = path.map(open).transpose()?;
        Ok(Self {
            file,
            ..Self::default()
        })
    }

    /// Adds an entry, which gets its number here.
    pub(crate) fn add(&mut self, mut entry: Entry) {
        self.last += 1;
        entry.seq = self.last;
        if let Some(file) = &mut self.file {
            let line = serde_json::to_vec(&entry).map(|mut line| {
                line.push(b'\n');
                line
            });
            let written = line
                .map_err(std::io::Error::other)
                .and_then(|line| file.write_all(&line));
            if let Err(error) = written {
                note(format_args!("the transcript ends here: {error}"));
                self.file = None;
            }
        }
        self.bytes += entry.size();
        self.entries.push_back(entry);
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.bytes -= oldest.size();
        }
    }

    /// The entries in memory that came after that number.
    pub(crate) fn after(&self, seq: u64) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.seq > seq)
    }

    /// Empties the memory; the numbers go on.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }
}

fn open(path: &Path) -> Result<File, String> {
    let named =
        |why: &dyn Display| format!("cannot write the transcript {}: {why}", path.display());
    let mut options = File::options();
    let file = options.append(true).create(true).open(path);
    let file = file.map_err(|error| named(&error))?;
    let length = file.metadata().map_err(|error| named(&error))?.len();
    if length > 0 {
        return Err(named(
            &"it holds something already; remove it, or name another file",
        ));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: &[u8]) -> Entry {
        Entry {
            seq: 0,
            time_ms: 1,
            method: "POST".to_owned(),
            path: "/".to_owned(),
            headers: vec![("host".to_owned(), "localhost".to_owned())],
            body: Text::new(body),
            request: None,
            faults: Vec::new(),
            reply: None,
        }
    }

    #[test]
    fn memory_is_bounded_by_count_and_by_bytes() {
        let mut transcript = Transcript::default();
        for _ in 0..MAX_ENTRIES + 5 {
            transcript.add(entry(b"a=b"));
        }
        assert_eq!(transcript.after(0).count(), MAX_ENTRIES);
        assert_eq!(transcript.after(0).next().map(|e| e.seq), Some(6));
        let big = vec![b'x'; MAX_BODY];
        for _ in 0..2 * MAX_BYTES / MAX_BODY {
            transcript.add(entry(&big));
        }
        assert!(
            transcript.bytes <= MAX_BYTES && transcript.after(0).count() < MAX_BYTES / MAX_BODY
        );
        transcript.clear();
        assert_eq!(transcript.bytes, 0);
    }

    #[test]
    fn bodies_are_text_or_base64() {
        let json = |body| serde_json::to_value(entry(body)).unwrap();
        assert_eq!(json(b"a=\xc3\xa4")["body"], "a=\u{e4}");
        assert_eq!(json(b"\xff")["body_base64"], "/w==");
    }
}
