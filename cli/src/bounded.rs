//! Files that a person names. One without an end, such as a device, is a mistake that must not fill the memory.

use std::{
    fs::File,
    io::{self, ErrorKind, Read as _},
    path::Path,
};

/// The bundle of a system has about 250 KiB; the keys of an emulator are a few lines.
const FILE_MAX: u64 = 4 * 1024 * 1024;

/// Reads a file of at most 4 MiB.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(FILE_MAX + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("it is longer than {FILE_MAX} bytes"),
        ));
    }
    Ok(bytes)
}

/// As [`read`], for text.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
}
