//! Reading a query: its five values, and the signed text decoded from them, on the stack, since nothing is allocated before the
//! signature is known to fit.

use super::{NAMES, check_form};
use crate::{
    error::{Error, ErrorCode, Result},
    hex,
    limits::QUERY_FIELD_MAX,
    scan,
    verify::query,
};

/// What a query says, but for what was written to the room: first name, last name, email and time, one behind the other. That is
/// what is signed, together with the token.
pub(super) struct Read {
    /// The lengths of names and email.
    pub(super) lengths: [u16; 3],
    pub(super) signed_s: i64,
    pub(super) claimed: [u8; 20],
}

impl Read {
    /// The length of what was written.
    pub(super) fn length(&self) -> usize {
        let values = self.lengths.iter().map(|length| usize::from(*length));
        values.sum::<usize>() + TIME
    }

    /// Names and email together, and each of them.
    pub(super) fn values<'r>(&self, room: &'r [u8]) -> (&'r [u8], [&'r [u8]; 3]) {
        let mut rest = room;
        let each = self.lengths.map(|length| {
            let value;
            (value, rest) = rest.split_at_checked(length.into()).unwrap_or_default();
            value
        });
        let all = self.length() - TIME;
        (room.get(..all).unwrap_or_default(), each)
    }
}

const TIME: usize = 10;

/// Room for the text of most queries. Whatever is longer goes to the room of any, which takes longer to zero.
pub(super) const SHORT: [u8; 128] = [0; 128];

/// Room for the text of any query.
pub(super) const LONG: [u8; 3 * QUERY_FIELD_MAX + TIME] = [0; 3 * QUERY_FIELD_MAX + TIME];

/// Reads a query of printable ASCII with the five parameters in signed order and nothing else, where decoding gives printable
/// ASCII too. `None` for any other, which [`any`] reads, or says what is wrong with it.
#[inline]
pub(super) fn usual(query: &[u8], room: &mut [u8; SHORT.len()]) -> Option<Read> {
    let mut rest = query.strip_prefix(b"firstname=")?;
    let first_end = value(&mut rest, room, 0)?;
    rest = rest.strip_prefix(b"lastname=")?;
    let last_end = value(&mut rest, room, first_end)?;
    rest = rest.strip_prefix(b"email=")?;
    let end = value(&mut rest, room, last_end)?;
    let lengths = [first_end, last_end - first_end, end - last_end].map(|length| length as u16);
    if lengths.contains(&0) {
        return None;
    }
    let (timestamp, rest) = rest
        .strip_prefix(b"timestamp=")?
        .split_first_chunk::<TIME>()?;
    let signed_s = query::seconds(timestamp)?;
    let claimed = signature_bytes(rest.strip_prefix(b"&signature=")?)?;
    *room.get_mut(end..)?.first_chunk_mut()? = *timestamp;
    Some(Read {
        lengths,
        signed_s,
        claimed,
    })
}

/// Takes a value and the `&` behind it off the query, and writes it, decoded, to the room from `end` on. Gives its end.
///
/// Eight bytes are looked at and written at once. What is written behind the end is written over by what follows, at last by
/// the time.
#[inline(always)]
fn value(query: &mut &[u8], room: &mut [u8], mut end: usize) -> Option<usize> {
    loop {
        let eight = query.first_chunk()?;
        *room.get_mut(end..)?.first_chunk_mut()? = *eight;
        let stop = scan::first_of(*eight, [b'&', b'%', b'+']);
        end += stop;
        let rest = query.get(stop..)?;
        let byte;
        (byte, *query) = match rest {
            _ if stop == 8 => {
                *query = rest;
                continue;
            }
            [b'+', after @ ..] => (b' ', after),
            [b'%', high, low, after @ ..] => (hex::pair(*high, *low)?, after),
            [b'&', after @ ..] => {
                *query = after;
                return Some(end);
            }
            _ => return None,
        };
        if !is_printable(byte) {
            return None;
        }
        *room.get_mut(end)? = byte;
        end += 1;
    }
}

/// Reads any query.
#[inline(never)]
pub(super) fn any(
    query: &[u8],
    printable: bool,
    allow_empty_names: bool,
    room: &mut [u8; LONG.len()],
) -> Result<Read> {
    let [names_and_email @ .., timestamp, signature] = values(query, allow_empty_names)?;
    let claimed = signature_bytes(signature).ok_or(Error::new(ErrorCode::MalformedSignature))?;
    let (mut end, mut lengths) = (0, [0; 3]);
    for ((raw, length), field) in names_and_email.iter().zip(&mut lengths).zip(NAMES) {
        let place = room.get_mut(end..end + QUERY_FIELD_MAX);
        let decoded = text(raw, printable, place.unwrap_or_default(), field)?;
        end += decoded;
        *length = decoded as u16;
    }
    let Some(signed_s) = query::seconds(timestamp) else {
        return Err(Error::new(ErrorCode::MalformedTimestamp));
    };
    if let Some(place) = room.get_mut(end..end + TIME) {
        place.copy_from_slice(timestamp);
    }
    Ok(Read {
        lengths,
        signed_s,
        claimed,
    })
}

/// The five values, still encoded.
fn values(query: &[u8], allow_empty_names: bool) -> Result<[&[u8]; 5]> {
    let (mut rest, mut found) = (query, [None::<&[u8]>; 5]);
    while let Some((name, value)) = query::parameter(&mut rest) {
        let Some(at) = position(name)? else { continue };
        if found[at].replace(value).is_some() {
            return Err(Error::with_detail(ErrorCode::DuplicateField, NAMES[at]));
        }
    }
    let mut values = [&[][..]; 5];
    for (at, value) in found.into_iter().enumerate() {
        values[at] = value.ok_or_else(|| Error::with_detail(ErrorCode::MissingField, NAMES[at]))?;
        if values[at].is_empty() && !(at < 2 && allow_empty_names) {
            return Err(Error::with_detail(ErrorCode::EmptyField, NAMES[at]));
        }
    }
    Ok(values)
}

/// Which of the five parameters a name is, in any encoding of it.
fn position(name: &[u8]) -> Result<Option<usize>> {
    let name = query::decode(name, "a parameter name")?;
    Ok(NAMES.iter().position(|known| known.as_bytes() == &*name))
}

/// 40 hex digits of either case.
#[inline]
fn signature_bytes(text: &[u8]) -> Option<[u8; 20]> {
    let mut bytes = [0; 20];
    hex::decode(text, &mut bytes).then_some(bytes)
}

/// Decodes a value to the front of its place, and gives its length. `printable` says that the raw value is printable ASCII.
fn text(raw: &[u8], printable: bool, place: &mut [u8], field: &'static str) -> Result<usize> {
    let (length, decoded_printable) = decode(raw, place, field)?;
    if !(printable && decoded_printable) {
        let value = place.get(..length).unwrap_or_default();
        let value = core::str::from_utf8(value).map_err(|_| encoding(field))?;
        check_form(value, field)?;
    }
    Ok(length)
}

/// As [`text`], and whether all that was encoded is printable ASCII.
fn decode(raw: &[u8], place: &mut [u8], field: &'static str) -> Result<(usize, bool)> {
    let too_large = || Error::with_detail(ErrorCode::TooLarge, field);
    let (mut rest, mut length, mut printable) = (raw, 0, true);
    loop {
        let end = scan::find(rest, [b'%', b'+']);
        let (run, encoded) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let places = place.get_mut(length..length + run.len());
        places.ok_or_else(too_large)?.copy_from_slice(run);
        length += run.len();
        let byte;
        (byte, rest) = match encoded {
            [] => return Ok((length, printable)),
            [b'+', rest @ ..] => (b' ', rest),
            [_, high, low, rest @ ..] => {
                let byte = hex::pair(*high, *low).ok_or_else(|| encoding(field))?;
                (byte, rest)
            }
            _ => return Err(encoding(field)),
        };
        *place.get_mut(length).ok_or_else(too_large)? = byte;
        length += 1;
        printable &= is_printable(byte);
    }
}

#[inline]
fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

#[cold]
fn encoding(field: &'static str) -> Error {
    Error::with_detail(ErrorCode::InvalidEncoding, field)
}
