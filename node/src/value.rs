//! Arguments: whole numbers that are checked, texts and bytes that are interchangeable, and the stack buffers of the hot calls.

use crate::error::{invalid, refuse};
use countermark::{Error, ErrorCode};
use napi::{
    ValueType,
    bindgen_prelude::{FromNapiValue, ToNapiValue, TypeName, ValidateNapiValue},
    sys,
};
use std::{mem::MaybeUninit, ptr, slice};

/// Room for texts on the stack, in UTF-16 units; longer ones take one allocation. Queries and signature headers are far below.
const ROOM: usize = 4 * 1024;

const TEXT: &str = "a string or a Uint8Array";

/// A number without a fraction, of a range that a `f64` can hold. Napi's own conversion wraps around: -1 s would be 136 years.
pub struct Whole<T>(pub(crate) T);

impl<T> TypeName for Whole<T> {
    fn type_name() -> &'static str {
        "number"
    }

    fn value_type() -> ValueType {
        ValueType::Number
    }
}

impl<T> ValidateNapiValue for Whole<T> {}

impl<T: TryFrom<i64>> FromNapiValue for Whole<T> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        const EXACT: f64 = 9_007_199_254_740_991.0;
        let mut number = 0.0;
        // SAFETY: napi hands in a value of this environment.
        let status = unsafe { sys::napi_get_value_double(env, value, &mut number) };
        if status != sys::Status::napi_ok || number.trunc() != number || number.abs() > EXACT {
            return Err(invalid("a whole number"));
        }
        T::try_from(number as i64)
            .map(Self)
            .map_err(|_| invalid("a whole number of this range"))
    }
}

pub type Time = Whole<i64>;
pub type Count = Whole<u32>;

/// What was given for a number of the configuration. One that cannot be is refused by its name, with the code that the core has for one that may not be.
pub struct Setting<T>(Option<T>);

pub type Span = Setting<u32>;

impl<T> TypeName for Setting<T> {
    fn type_name() -> &'static str {
        "number"
    }

    fn value_type() -> ValueType {
        ValueType::Number
    }
}

impl<T> ValidateNapiValue for Setting<T> {}

impl<T: TryFrom<i64>> FromNapiValue for Setting<T> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: napi hands in a value of this environment.
        let whole = unsafe { Whole::from_napi_value(env, value) };
        Ok(Self(whole.ok().map(|Whole(number)| number)))
    }
}

/// The value of a setting that may be absent.
pub(crate) fn setting<T>(given: Option<Setting<T>>, name: &'static str) -> napi::Result<Option<T>> {
    let refused = || refuse(&Error::with_detail(ErrorCode::InvalidConfig, name));
    given
        .map(|Setting(number)| number.ok_or_else(refused))
        .transpose()
}

/// The value of an absent or given whole number.
pub(crate) fn whole<T>(number: Option<Whole<T>>) -> Option<T> {
    number.map(|Whole(value)| value)
}

/// A time as a JavaScript number: whole milliseconds of any year that matters are exact.
#[expect(clippy::cast_precision_loss, reason = "exact up to the year 287396")]
pub(crate) fn number(time_ms: i64) -> f64 {
    time_ms as f64
}

/// A copy of a string, as UTF-8, or of a `Uint8Array`.
pub struct Bytes(pub(crate) Vec<u8>);

impl TypeName for Bytes {
    fn type_name() -> &'static str {
        "string | Uint8Array"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ValidateNapiValue for Bytes {
    unsafe fn validate(_: sys::napi_env, _: sys::napi_value) -> napi::Result<sys::napi_value> {
        Ok(ptr::null_mut()) // The conversion looks.
    }
}

impl FromNapiValue for Bytes {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: napi hands in a value of this environment.
        unsafe { Argument::new(env, value) }
            .with_bytes(<[u8]>::to_vec)
            .map(Self)
    }
}

/// A copy of a `Uint8Array`. Text is refused: what it spells out, in hex or base64, would be taken for the bytes.
pub struct Octets(pub(crate) Vec<u8>);

impl TypeName for Octets {
    fn type_name() -> &'static str {
        "Uint8Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Octets {
    unsafe fn validate(_: sys::napi_env, _: sys::napi_value) -> napi::Result<sys::napi_value> {
        Ok(ptr::null_mut()) // The conversion looks.
    }
}

impl FromNapiValue for Octets {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut kind = 0;
        // SAFETY: napi hands in a value of this environment.
        unsafe { sys::napi_typeof(env, value, &mut kind) };
        if kind == sys::ValueType::napi_string {
            return Err(invalid("a Uint8Array"));
        }
        // SAFETY: as above.
        unsafe { Bytes::from_napi_value(env, value) }.map(|Bytes(bytes)| Self(bytes))
    }
}

/// An argument that is not converted before the call.
pub struct Argument {
    env: sys::napi_env,
    value: sys::napi_value,
}

impl Argument {
    /// # Safety
    /// `value` is a value of `env`, in the scope of the present call.
    pub(crate) unsafe fn new(env: sys::napi_env, value: sys::napi_value) -> Self {
        Self { env, value }
    }

    /// Hands the bytes of a string, as UTF-8, or of a `Uint8Array` to `read`. The bytes of an array are not copied.
    pub(crate) fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> napi::Result<R> {
        let (mut kind, mut length) = (0, 0);
        let (mut data, mut buffer) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the constructor's promise; unwanted results may be NULL.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.env,
                self.value,
                &mut kind,
                &mut length,
                &mut data,
                &mut buffer,
                ptr::null_mut(),
            )
        };
        if status != sys::Status::napi_ok {
            return self.with_text(read);
        }
        if kind != sys::TypedarrayType::uint8_array {
            return Err(invalid(TEXT));
        }
        let (mut is_own, mut is_gone) = (false, false);
        // SAFETY: as above. A `SharedArrayBuffer` is no `ArrayBuffer`.
        unsafe { sys::napi_is_arraybuffer(self.env, buffer, &mut is_own) };
        if !is_own {
            return Err(invalid("an array whose memory threads do not share"));
        }
        if length == 0 || data.is_null() {
            // SAFETY: as above.
            unsafe { sys::napi_is_detached_arraybuffer(self.env, buffer, &mut is_gone) };
            return if is_gone {
                Err(invalid("an array whose memory is still its own"))
            } else {
                Ok(read(&[]))
            };
        }
        // SAFETY: the array has this many bytes and stays alive and in place during the call, in which no JavaScript of this
        // thread runs, and other threads do not have it.
        Ok(read(unsafe { slice::from_raw_parts(data.cast(), length) }))
    }

    /// Hands the UTF-8 of a string to `read`.
    fn with_text<R>(&self, read: impl FnOnce(&[u8]) -> R) -> napi::Result<R> {
        let mut room = Room::new();
        let mut texts = Texts::new(&mut room);
        texts.append(self).ok_or_else(|| invalid(TEXT))?;
        match texts.ascii() {
            Some(bytes) => Ok(read(bytes)),
            None => self.utf8().map(|bytes| read(&bytes)),
        }
    }

    #[cold]
    #[inline(never)]
    fn utf8(&self) -> napi::Result<Vec<u8>> {
        let room = self.copy(ptr::null_mut(), 0)? + 1;
        let mut bytes = Vec::<u8>::with_capacity(room);
        let written = self.copy(bytes.as_mut_ptr(), room)?;
        // SAFETY: that many bytes were written.
        unsafe { bytes.set_len(written) };
        Ok(bytes)
    }

    /// A whole number.
    pub(crate) fn whole<T: TryFrom<i64>>(&self) -> napi::Result<T> {
        // SAFETY: the constructor's promise.
        unsafe { Whole::from_napi_value(self.env, self.value) }.map(|Whole(number)| number)
    }

    /// Copies at most `room` bytes, or with NULL counts them. Lone surrogates become U+FFFD.
    fn copy(&self, to: *mut u8, room: usize) -> napi::Result<usize> {
        let mut written = 0;
        // SAFETY: the constructor's promise; `to` is NULL or has `room` bytes.
        let status = unsafe {
            sys::napi_get_value_string_utf8(self.env, self.value, to.cast(), room, &mut written)
        };
        if status == sys::Status::napi_ok {
            Ok(written)
        } else {
            Err(invalid(TEXT))
        }
    }
}

impl FromNapiValue for Argument {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: napi hands in a value of this environment.
        Ok(unsafe { Self::new(env, value) })
    }
}

/// Memory for [`Texts`]. It lies apart from them, since a struct of which one field is set is set as a whole, which takes as long as
/// a short verification.
pub(crate) struct Room {
    units: [MaybeUninit<u16>; ROOM],
    bytes: [MaybeUninit<u8>; ROOM],
}

impl Room {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            units: [const { MaybeUninit::uninit() }; ROOM],
            bytes: [const { MaybeUninit::uninit() }; ROOM],
        }
    }
}

/// Several short texts, one after the other. As UTF-16, which JavaScript copies as a block; UTF-8 it writes letter by letter.
pub(crate) struct Texts<'a> {
    room: &'a mut Room,
    used: usize,
}

impl<'a> Texts<'a> {
    #[inline]
    pub(crate) fn new(room: &'a mut Room) -> Self {
        Self { room, used: 0 }
    }

    /// Appends a string: its length, or `None` for another value.
    #[inline]
    pub(crate) fn append(&mut self, text: &Argument) -> Option<usize> {
        let free = self.room.units.get_mut(self.used..)?;
        let mut written = 0;
        // SAFETY: the promise of `Argument`; so many units are free.
        let status = unsafe {
            sys::napi_get_value_string_utf16(
                text.env,
                text.value,
                free.as_mut_ptr().cast(),
                free.len(),
                &mut written,
            )
        };
        self.used += written;
        (status == sys::Status::napi_ok).then_some(written)
    }

    /// All of them; `None` if they are not ASCII, or may have been cut.
    #[inline]
    pub(crate) fn ascii(self) -> Option<&'a [u8]> {
        // The last unit is a NUL.
        if self.used + 1 >= ROOM {
            return None;
        }
        // SAFETY: that many units were written.
        let units =
            unsafe { slice::from_raw_parts(self.room.units.as_ptr().cast::<u16>(), self.used) };
        let all = units.iter().fold(0_u16, |all, unit| all | *unit);
        if all > 0x7f {
            return None;
        }
        for (byte, unit) in self.room.bytes.iter_mut().zip(units) {
            byte.write(*unit as u8);
        }
        // SAFETY: as many bytes were written.
        Some(unsafe { slice::from_raw_parts(self.room.bytes.as_ptr().cast::<u8>(), self.used) })
    }
}

/// A result that is made by hand.
pub struct Made(pub(crate) sys::napi_value);

impl ToNapiValue for Made {
    unsafe fn to_napi_value(_: sys::napi_env, made: Self) -> napi::Result<sys::napi_value> {
        Ok(made.0)
    }
}
