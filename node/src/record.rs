//! Several texts as one JavaScript string: making a string takes 60 ns, an object with ten of them a microsecond.
//!
//! One unit holds the number of texts. Then four units for each hold where it ends, in UTF-16 units from the beginning of the first
//! (little endian; the highest bit says that it is absent). Then come the texts. `js/record.mjs` reads it.

use crate::value::Made;
use napi::{Env, sys};
use std::ptr;

const ABSENT: u32 = 1 << 31;

pub(crate) struct Record {
    bytes: Vec<u8>,
    head: usize,
    next: usize,
    end: u32,
    is_ascii: bool,
}

impl Record {
    /// A record of `count` texts.
    pub(crate) fn new(count: usize) -> Self {
        let head = 1 + 4 * count;
        let mut bytes = Vec::with_capacity(head + 256);
        bytes.push(u8::try_from(count).unwrap_or(u8::MAX));
        bytes.resize(head, 0);
        Self {
            bytes,
            head,
            next: 1,
            end: 0,
            is_ascii: true,
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        let units = if text.is_ascii() {
            text.len()
        } else {
            self.is_ascii = false;
            text.encode_utf16().count()
        };
        self.end += u32::try_from(units).unwrap_or(0);
        self.mark(self.end);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.mark(self.end | ABSENT),
        }
    }

    /// A number as decimal text.
    pub(crate) fn number(&mut self, number: Option<i64>) {
        let Some(number) = number else {
            return self.mark(self.end | ABSENT);
        };
        self.text(&number.to_string());
    }

    pub(crate) fn finish(self, env: &Env) -> napi::Result<Made> {
        let mut made = ptr::null_mut();
        let status = if self.is_ascii {
            let length = isize::try_from(self.bytes.len()).unwrap_or(isize::MAX);
            // SAFETY: the bytes are copied during the call.
            unsafe {
                sys::napi_create_string_latin1(
                    env.raw(),
                    self.bytes.as_ptr().cast(),
                    length,
                    &mut made,
                )
            }
        } else {
            let (head, texts) = self.bytes.split_at(self.head);
            let mut units: Vec<u16> = head.iter().copied().map(u16::from).collect();
            units.extend(String::from_utf8_lossy(texts).encode_utf16());
            let length = isize::try_from(units.len()).unwrap_or(isize::MAX);
            // SAFETY: the units are copied during the call.
            unsafe { sys::napi_create_string_utf16(env.raw(), units.as_ptr(), length, &mut made) }
        };
        napi::check_status!(status)?;
        Ok(Made(made))
    }

    fn mark(&mut self, end: u32) {
        if let Some(place) = self.bytes.get_mut(self.next..self.next + 4) {
            place.copy_from_slice(&end.to_le_bytes());
        }
        self.next += 4;
    }
}

/// The text of an error in place of a record.
pub(crate) fn refusal(env: &Env, error: &countermark::Error) -> napi::Result<Made> {
    let text = crate::error::text(error);
    let length = isize::try_from(text.len()).unwrap_or(isize::MAX);
    let mut made = ptr::null_mut();
    // SAFETY: the text is copied during the call.
    let status =
        unsafe { sys::napi_create_string_utf8(env.raw(), text.as_ptr().cast(), length, &mut made) };
    napi::check_status!(status)?;
    Ok(Made(made))
}
