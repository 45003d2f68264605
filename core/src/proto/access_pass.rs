//! The picture of an access pass: strict base64 around a PNG that is sound down to its last chunk.
//!
//! The picture goes into a page of the service. What is not provably a small PNG is refused: markup in place of base64, other
//! formats, data hidden after the end, and a size that a browser would choke on.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::{ACCESS_PASS_MAX, ACCESS_PASS_MAX_SIDE},
};
use alloc::{string::String, vec::Vec};
use base64::{Engine as _, engine::general_purpose::STANDARD};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Encodes as standard base64 with padding.
pub(crate) fn encode(png: &[u8]) -> String {
    STANDARD.encode(png)
}

/// Decodes standard base64 with padding, in its one canonical form.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>> {
    // Four letters for each three bytes: refused before anything is allocated.
    if text.len() / 4 * 3 > ACCESS_PASS_MAX + 2 {
        return Err(refuse("too long"));
    }
    let bytes = STANDARD.decode(text).map_err(|_| refuse("not base64"))?;
    if bytes.len() > ACCESS_PASS_MAX {
        return Err(refuse("too long"));
    }
    Ok(bytes)
}

/// Checks a PNG and gives its width and height.
pub(crate) fn check(png: &[u8]) -> Result<(u32, u32)> {
    if png.len() > ACCESS_PASS_MAX {
        return Err(refuse("too long"));
    }
    let mut rest = png
        .strip_prefix(SIGNATURE)
        .ok_or_else(|| refuse("not a PNG"))?;
    let (kind, header) = next_chunk(&mut rest)?;
    let size = if &kind == b"IHDR" {
        read_header(header)?
    } else {
        return Err(refuse("IHDR is not first"));
    };
    let mut has_pixels = false;
    loop {
        match next_chunk(&mut rest)? {
            (kind, _) if &kind == b"IHDR" => return Err(refuse("two IHDR")),
            (kind, _) if &kind == b"IDAT" => has_pixels = true,
            (kind, content) if &kind == b"IEND" => {
                return if content.is_empty() && rest.is_empty() && has_pixels {
                    Ok(size)
                } else {
                    Err(refuse("bad end"))
                };
            }
            _ => {}
        }
    }
}

/// Takes one chunk off `rest`: length, type, content, checksum over type and content.
fn next_chunk<'a>(rest: &mut &'a [u8]) -> Result<([u8; 4], &'a [u8])> {
    let cut = || refuse("cut short");
    let (length, tail) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (kind, content) = tail.split_first_chunk::<4>().ok_or_else(cut)?;
    let (content, after) = content.split_at_checked(length).ok_or_else(cut)?;
    let (sum, after) = after.split_first_chunk::<4>().ok_or_else(cut)?;
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(refuse("bad chunk type"));
    }
    if crc32fast::hash(&tail[..4 + length]) != u32::from_be_bytes(*sum) {
        return Err(refuse("bad checksum"));
    }
    *rest = after;
    Ok((*kind, content))
}

/// Width and height, from an IHDR whose every value the PNG standard allows.
fn read_header(header: &[u8]) -> Result<(u32, u32)> {
    let [
        w0,
        w1,
        w2,
        w3,
        h0,
        h1,
        h2,
        h3,
        depth,
        colour,
        compression,
        filter,
        interlace,
    ] = *header
    else {
        return Err(refuse("bad IHDR"));
    };
    let (width, height) = (
        u32::from_be_bytes([w0, w1, w2, w3]),
        u32::from_be_bytes([h0, h1, h2, h3]),
    );
    let sides = 1..=ACCESS_PASS_MAX_SIDE;
    if !sides.contains(&width) || !sides.contains(&height) {
        return Err(refuse("bad size"));
    }
    let depth_fits = match colour {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        3 => matches!(depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        _ => false,
    };
    if depth_fits && compression == 0 && filter == 0 && interlace <= 1 {
        Ok((width, height))
    } else {
        Err(refuse("bad IHDR"))
    }
}

fn refuse(detail: &'static str) -> Error {
    Error::with_detail(ErrorCode::InvalidAccessPass, detail)
}
