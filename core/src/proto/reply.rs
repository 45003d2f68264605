//! The raw reply reader: split at `&` and at the first `=`, nothing decoded, nothing copied, nothing guessed.
//!
//! Decoding would turn the `+` of an access pass into a blank; splitting at every `=` would cut its padding.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::{REPLY_FIELDS_MAX, REPLY_KEY_MAX, REPLY_MAX},
};

/// The fields that the protocol knows, in the order of [`Fields`].
const KNOWN: [&str; 10] = [
    "secsignid",
    "authsessionid",
    "requestid",
    "servicename",
    "serviceaddress",
    "authsessionstate",
    "authsessionicondata",
    "error",
    "errorcode",
    "errormsg",
];

/// A field of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    SecsignId,
    AuthSessionId,
    RequestId,
    ServiceName,
    ServiceAddress,
    State,
    Icon,
    Error,
    ErrorCode,
    ErrorMessage,
}

impl Field {
    /// The name on the wire.
    pub(crate) fn name(self) -> &'static str {
        KNOWN[self as usize]
    }
}

/// The fields of a reply, as they stand in its body.
#[derive(Clone)]
pub(crate) struct Fields<'a> {
    known: [Option<&'a str>; KNOWN.len()],
    /// How many fields the protocol does not know; they are ignored.
    pub(crate) unknown: u32,
}

impl<'a> Fields<'a> {
    /// Reads a body.
    ///
    /// `service_name` is the name that was sent. A server echoes it raw, so one that holds `&` would fall apart; where its
    /// exact text is found as the value of that field, it is taken whole.
    pub(crate) fn read(body: &'a [u8], service_name: &str) -> Result<Self> {
        if body.len() > REPLY_MAX {
            return Err(ErrorCode::ResponseTooLarge.into());
        }
        let text = core::str::from_utf8(body).map_err(|_| protocol("not UTF-8"))?;
        let text = text
            .strip_suffix('\n')
            .map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        let mut fields = Self {
            known: [None; KNOWN.len()],
            unknown: 0,
        };
        let mut seen = [""; REPLY_FIELDS_MAX];
        let mut rest = Some(text);
        let mut count = 0;
        while let Some(part) = rest {
            let (key, tail) = part
                .split_once('=')
                .filter(|(key, _)| is_key(key))
                .ok_or_else(|| protocol("not key=value pairs"))?;
            let (value, next) = split_value(key, tail, service_name);
            if seen[..count].contains(&key) {
                return Err(Error::with_detail(
                    ErrorCode::DuplicateField,
                    known_name(key),
                ));
            }
            *seen
                .get_mut(count)
                .ok_or_else(|| protocol("too many fields"))? = key;
            count += 1;
            fields.put(key, value)?;
            rest = next;
        }
        if fields.known.iter().all(Option::is_none) {
            return Err(protocol("no known field"));
        }
        Ok(fields)
    }

    fn put(&mut self, key: &str, value: &'a str) -> Result<()> {
        match KNOWN
            .iter()
            .position(|known| known.eq_ignore_ascii_case(key))
        {
            Some(at) if KNOWN[at] == key => self.known[at] = Some(value),
            // Other readers fold case: they would see a field here that this reader does not.
            Some(_) => return Err(protocol("a field name in another spelling")),
            None => self.unknown += 1,
        }
        Ok(())
    }

    /// The value of a field, if the reply has it.
    pub(crate) fn get(&self, field: Field) -> Option<&'a str> {
        self.known[field as usize]
    }

    /// The value of a field that must be there.
    pub(crate) fn need(&self, field: Field) -> Result<&'a str> {
        self.get(field).ok_or_else(|| missing(field))
    }
}

/// The value at the start of `tail`, and what follows the `&` after it.
fn split_value<'a>(key: &str, tail: &'a str, service_name: &str) -> (&'a str, Option<&'a str>) {
    if key == Field::ServiceName.name() && service_name.contains('&') {
        match tail.strip_prefix(service_name) {
            Some("") => return (tail, None),
            Some(after) if after.starts_with('&') => {
                return (&tail[..service_name.len()], Some(&after[1..]));
            }
            _ => {}
        }
    }
    match tail.split_once('&') {
        Some((value, next)) => (value, Some(next)),
        None => (tail, None),
    }
}

/// Whether `key` can be a field name at all. Anything that a trimming or decoding reader would see otherwise cannot.
fn is_key(key: &str) -> bool {
    (1..=REPLY_KEY_MAX).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// `key` for an error text: only names of the protocol, never received text.
fn known_name(key: &str) -> &'static str {
    KNOWN
        .iter()
        .copied()
        .find(|known| *known == key)
        .unwrap_or("a field that the protocol does not know")
}

/// The error of a reply without `field`.
pub(crate) fn missing(field: Field) -> Error {
    Error::with_detail(ErrorCode::MissingField, field.name())
}

/// The error of a reply that cannot be read, with what is wrong with it.
pub(crate) fn protocol(detail: &'static str) -> Error {
    Error::with_detail(ErrorCode::Protocol, detail)
}
