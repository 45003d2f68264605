//! Randomness of the operating system, as the core takes it: bytes in an argument.

use std::io;

/// `N` random bytes.
///
/// # Errors
///
/// The operating system has no randomness to give.
pub(super) fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

/// A token that nobody guesses: 256 bits in hex.
///
/// # Errors
///
/// The operating system has no randomness to give.
pub(super) fn token() -> io::Result<String> {
    Ok(bytes::<32>()?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
