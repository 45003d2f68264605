//! Containers that allocate in rare cases only: a request has one signature, of the length of a MAC.

use alloc::{vec, vec::Vec};
use core::ops::Deref;

/// Bytes on the stack up to a length; as a rule that of the longest MAC.
#[derive(Debug, Clone)]
pub(crate) enum Bytes<const SHORT: usize = 64> {
    Short { bytes: [u8; SHORT], length: usize },
    Long(Vec<u8>),
}

impl<const SHORT: usize> Bytes<SHORT> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self::Short {
            bytes: [0; SHORT],
            length: 0,
        }
    }

    /// Room for so many bytes, in place of what was there.
    #[inline]
    pub(crate) fn room(&mut self, wanted: usize) -> &mut [u8] {
        match self {
            Self::Short { length, .. } if wanted <= SHORT => *length = wanted,
            _ => *self = Self::Long(vec![0; wanted]),
        }
        match self {
            Self::Short { bytes, length } => bytes.get_mut(..*length).unwrap_or_default(),
            Self::Long(bytes) => bytes,
        }
    }
}

impl<const SHORT: usize> From<&[u8]> for Bytes<SHORT> {
    fn from(bytes: &[u8]) -> Self {
        let mut copy = Self::new();
        copy.room(bytes.len()).copy_from_slice(bytes);
        copy
    }
}

impl<const SHORT: usize> From<Vec<u8>> for Bytes<SHORT> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Long(bytes)
    }
}

impl<const SHORT: usize> PartialEq for Bytes<SHORT> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<const SHORT: usize> Eq for Bytes<SHORT> {}

impl<const SHORT: usize> Deref for Bytes<SHORT> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Short { bytes, length } => bytes.get(..*length).unwrap_or_default(),
            Self::Long(bytes) => bytes,
        }
    }
}

/// A list whose first element needs no allocation.
#[derive(Debug)]
pub(crate) struct Few<T> {
    first: Option<T>,
    rest: Vec<T>,
}

impl<T> Few<T> {
    pub(crate) fn new() -> Self {
        Self {
            first: None,
            rest: Vec::new(),
        }
    }

    pub(crate) fn one(element: T) -> Self {
        Self {
            first: Some(element),
            rest: Vec::new(),
        }
    }

    /// Adds an element, and gives its place.
    #[inline]
    pub(crate) fn push(&mut self, element: T) -> &mut T {
        if self.first.is_none() {
            return self.first.insert(element);
        }
        let at = self.rest.len();
        self.rest.push(element);
        &mut self.rest[at]
    }

    /// Takes the last element away.
    pub(crate) fn pop(&mut self) {
        if self.rest.pop().is_none() {
            self.first = None;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.rest)
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_length() {
        for length in 0..130 {
            let bytes: Vec<u8> = (0..length).collect();
            assert_eq!(&*<Bytes>::from(&bytes[..]), &bytes[..]);
            let mut other = <Bytes>::from(&[7; 70][..usize::from(length / 2)]);
            other.room(bytes.len()).copy_from_slice(&bytes);
            assert_eq!(&*other, &bytes[..]);
        }
    }

    #[test]
    fn few_keeps_the_order() {
        let mut few = Few::new();
        assert!(few.is_empty());
        (1..4).for_each(|number| *few.push(0) = number);
        assert_eq!(few.iter().copied().collect::<Vec<_>>(), [1, 2, 3]);
        few.pop();
        assert_eq!(few.iter().copied().collect::<Vec<_>>(), [1, 2]);
        (1..3).for_each(|_| few.pop());
        assert!(few.is_empty());
    }
}
