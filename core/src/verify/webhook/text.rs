//! Signature bytes as text. Strict: one text for one value, but hex digits may be of either case.

use super::row::SignatureEncoding;
use crate::{hex, limits::WEBHOOK_SIGNATURE_MAX, verify::small::Bytes};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded, Encoding as _};

/// The bytes of a signature text; `None` when it is not exactly of the form.
pub(crate) fn decode(text: &[u8], encoding: SignatureEncoding) -> Option<Bytes> {
    let mut bytes = Bytes::new();
    decode_into(&mut bytes, text, encoding).then_some(bytes)
}

/// As [`decode`], to the place where the bytes are to stay; whether the text is of the form.
///
/// The text comes from the sender, so its decoding need not be constant in time.
pub(crate) fn decode_into(out: &mut Bytes, text: &[u8], encoding: SignatureEncoding) -> bool {
    if text.is_empty() || text.len() > WEBHOOK_SIGNATURE_MAX {
        return false;
    }
    match encoding {
        SignatureEncoding::Hex => {
            let out = out.room(text.len() / 2);
            // The usual length for itself: with it, the compiler makes straight code.
            match (<&[u8; 64]>::try_from(text), out.first_chunk_mut::<32>()) {
                (Ok(text), Some(out)) => hex::decode(text, out),
                _ => hex::decode(text, out),
            }
        }
        SignatureEncoding::Base64 => base64(out, text, &STANDARD, true),
        SignatureEncoding::Base64Url => base64(out, text, &URL_SAFE, false),
        SignatureEncoding::Base64UrlPadded => base64(out, text, &URL_SAFE, true),
    }
}

/// The text of signature bytes.
pub(crate) fn encode(bytes: &[u8], encoding: SignatureEncoding) -> String {
    match encoding {
        SignatureEncoding::Hex => base16ct::lower::encode_string(bytes),
        SignatureEncoding::Base64 => Base64::encode_string(bytes),
        SignatureEncoding::Base64Url => Base64UrlUnpadded::encode_string(bytes),
        SignatureEncoding::Base64UrlPadded => Base64Url::encode_string(bytes),
    }
}

/// Secret bytes in base64, decoded in constant time.
pub(crate) fn secret_base64(text: &str) -> Option<Vec<u8>> {
    Base64Unpadded::decode_vec(unpadded(text)).ok()
}

/// Secret bytes in URL-safe base64, decoded in constant time.
pub(crate) fn secret_base64url(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(unpadded(text)).ok()
}

/// Takes the padding away where it is right. Anywhere else `=` is no letter of either alphabet.
fn unpadded(text: &str) -> &str {
    if !text.len().is_multiple_of(4) {
        return text;
    }
    let short = text.strip_suffix('=').unwrap_or(text);
    short.strip_suffix('=').unwrap_or(short)
}

/// Secret bytes in hex, decoded in constant time.
pub(crate) fn secret_hex(text: &str) -> Option<Vec<u8>> {
    base16ct::mixed::decode_vec(text).ok()
}

const NONE: u8 = 0xff;
const STANDARD: [u8; 256] = alphabet(b"+/");
const URL_SAFE: [u8; 256] = alphabet(b"-_");

const fn alphabet(last: &[u8; 2]) -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut at = 0;
    while at < 26 {
        table[b'A' as usize + at] = at as u8;
        table[b'a' as usize + at] = 26 + at as u8;
        at += 1;
    }
    at = 0;
    while at < 10 {
        table[b'0' as usize + at] = 52 + at as u8;
        at += 1;
    }
    table[last[0] as usize] = 62;
    table[last[1] as usize] = 63;
    table
}

fn base64(out: &mut Bytes, text: &[u8], alphabet: &[u8; 256], padded: bool) -> bool {
    let data = match text {
        _ if !padded => text,
        _ if !text.len().is_multiple_of(4) => return false,
        [data @ .., b'=', b'='] | [data @ .., b'='] => data,
        data => data,
    };
    if data.len() % 4 == 1 {
        return false;
    }
    let out = out.room(data.len() * 3 / 4);
    let mut bad = 0;
    let mut six = |letters: &[u8]| {
        let bits = letters.iter().fold(0_u64, |bits, letter| {
            let value = alphabet[usize::from(*letter)];
            bad |= value;
            bits << 6 | u64::from(value)
        });
        let [_, _, bytes @ ..] = bits.to_be_bytes();
        bytes
    };
    let (mut places, mut eights) = (out.chunks_exact_mut(6), data.chunks_exact(8));
    for (place, letters) in places.by_ref().zip(eights.by_ref()) {
        place.copy_from_slice(&six(letters));
    }
    // The rest, with zeros behind it. The bits that do not fill a byte must be zero too, else several texts would be one signature.
    let (place, rest) = (places.into_remainder(), eights.remainder());
    let mut letters = [b'A'; 8];
    letters[..rest.len()].copy_from_slice(rest);
    let bytes = six(&letters);
    let (last, beyond) = bytes.split_at(place.len());
    place.copy_from_slice(last);
    bad & 0xc0 == 0 && beyond.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [SignatureEncoding; 4] = [
        SignatureEncoding::Hex,
        SignatureEncoding::Base64,
        SignatureEncoding::Base64Url,
        SignatureEncoding::Base64UrlPadded,
    ];

    #[test]
    fn decodes_what_it_encodes() {
        for length in 1..=70_u8 {
            let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(37) ^ length).collect();
            for encoding in ALL {
                assert_eq!(
                    decode(encode(&bytes, encoding).as_bytes(), encoding).as_deref(),
                    Some(&bytes[..])
                );
            }
        }
    }

    #[test]
    fn refuses_second_spellings() {
        for text in ["", "a", "abc", "g0", "0x00", "ab ", "a-b-"] {
            assert!(
                decode(text.as_bytes(), SignatureEncoding::Hex).is_none(),
                "{text}"
            );
        }
        for text in [
            "QQ", "QR==", "QUI", "QUJ=", "Q===", "====", "QQ=A", "QQ==\n", "-_==", "QQQ==",
            "QUJDRA",
        ] {
            assert!(
                decode(text.as_bytes(), SignatureEncoding::Base64).is_none(),
                "{text}"
            );
        }
        for text in ["QQ==", "QR", "Q", "+/", "QUJ"] {
            assert!(
                decode(text.as_bytes(), SignatureEncoding::Base64Url).is_none(),
                "{text}"
            );
        }
    }

    #[test]
    fn secrets_with_and_without_padding() {
        // Every text of up to six of these letters. Of `B` and `w` the last bits are not zero.
        let letters = ["A", "B", "w", "+", "-", "_", "="];
        let mut texts = alloc::vec![String::new()];
        let mut at = 0;
        while let Some(text) = texts.get(at).filter(|text| text.len() < 6).cloned() {
            texts.extend(letters.map(|letter| text.clone() + letter));
            at += 1;
        }
        for text in &texts {
            let either = Base64::decode_vec(text).or_else(|_| Base64Unpadded::decode_vec(text));
            assert_eq!(secret_base64(text), either.ok(), "{text}");
            let either =
                Base64Url::decode_vec(text).or_else(|_| Base64UrlUnpadded::decode_vec(text));
            assert_eq!(secret_base64url(text), either.ok(), "{text}");
        }
    }
}
