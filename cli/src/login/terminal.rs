//! What the terminal can show.

use super::picture::Picture;
use crate::output::{note, note_inline};
use std::io::IsTerminal as _;

/// Widest picture in half blocks, in characters: half of a usual terminal.
const COLUMNS: usize = 44;

/// Shows a picture on standard error, as sixels if the terminal says that it knows them. Without a terminal, nothing.
pub(super) fn show(png: &[u8]) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    match Picture::decode(png) {
        Some(picture) if knows_sixel() => note(picture.sixel()),
        Some(picture) => note_inline(picture.shrunk(COLUMNS).half_blocks()),
        None => note("the access pass cannot be shown here; --png writes it to a file"),
    }
}

/// Asks for the primary device attributes (DA1), which every terminal answers; a 4 among them says sixel graphics.
#[cfg(unix)]
fn knows_sixel() -> bool {
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
    use std::io::{Read as _, Write as _};

    let Ok(mut terminal) = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
    else {
        return false;
    };
    let Ok(before) = tcgetattr(&terminal) else {
        return false;
    };
    let mut raw = before.clone();
    raw.local_modes
        .remove(LocalModes::ICANON | LocalModes::ECHO);
    // A read returns what there is, or nothing after 0.3 s.
    raw.special_codes[SpecialCodeIndex::VMIN] = 0;
    raw.special_codes[SpecialCodeIndex::VTIME] = 3;
    if tcsetattr(&terminal, OptionalActions::Flush, &raw).is_err() {
        return false;
    }
    let mut answer = Vec::new();
    if terminal.write_all(b"\x1b[c").is_ok() {
        let mut byte = [0];
        while answer.len() < 64
            && !answer.ends_with(b"c")
            && matches!(terminal.read(&mut byte), Ok(1))
        {
            answer.push(byte[0]);
        }
    }
    // If this fails, the next program's own settings repair it.
    let _ = tcsetattr(&terminal, OptionalActions::Flush, &before);
    says_sixel(&answer)
}

#[cfg(not(unix))]
fn knows_sixel() -> bool {
    false
}

/// Reads `ESC [ ? 62 ; 4 ; 22 c`.
#[cfg(unix)]
fn says_sixel(answer: &[u8]) -> bool {
    answer
        .strip_prefix(b"\x1b[?")
        .and_then(|rest| rest.strip_suffix(b"c"))
        .is_some_and(|list| {
            list.split(|byte| *byte == b';')
                .skip(1)
                .any(|attribute| attribute == b"4")
        })
}

#[cfg(all(test, unix))]
mod tests {
    use super::says_sixel;

    #[test]
    fn only_an_attribute_of_four_says_sixel() {
        assert!(says_sixel(b"\x1b[?62;4;22c") && says_sixel(b"\x1b[?63;1;2;4c"));
        for other in [
            &b""[..],
            b"\x1b[?4c",
            b"\x1b[?62;22c",
            b"\x1b[?62;44c",
            b"\x1b[?62;4",
            b"62;4c",
        ] {
            assert!(!says_sixel(other));
        }
    }
}
