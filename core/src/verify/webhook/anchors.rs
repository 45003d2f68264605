//! Names that the sender itself sets, where nothing stands between the signed pairs.
//!
//! Others may choose the rest of the pairs, and so write such a name and its sign into a name or a value. What is signed would then have a second
//! reading, in which that is the parameter, and the sender's own one is part of another. Names are sorted, so a second reading has the parameter
//! between the two of the sender's that stand around it: only there is it looked for.

use super::{
    params::{Pair, holds_separator},
    row::{Pairs, names},
};
use crate::error::Result;
use alloc::vec::Vec;

/// The sender's own parameters of one request, as they stand in the signed text.
pub(crate) struct Anchors<'r, 'p> {
    rule: &'r Pairs<'r>,
    /// Where each begins.
    found: Vec<(usize, &'p [u8])>,
    /// One of them has a value that none has of itself: it goes on with the next pair.
    goes_on: bool,
}

impl<'r, 'p> Anchors<'r, 'p> {
    pub(crate) fn of(rule: &'r Pairs<'r>) -> Self {
        Self {
            rule,
            found: Vec::new(),
            goes_on: false,
        }
    }

    /// Takes the next pair of the text, which begins there.
    #[inline]
    pub(crate) fn add(&mut self, at: usize, pair: &'p Pair<'_>) {
        if self.names().any(|name| name == pair.name()) {
            self.goes_on |= ends_at(pair.value(), self.rule.equals).next().is_some();
            self.found.push((at, pair.name()));
        }
    }

    /// # Errors
    /// `AMBIGUOUS_INPUT` where the text has a second reading with another parameter of the sender's.
    pub(crate) fn check(&self, text: &[u8]) -> Result<()> {
        if self.goes_on || (!self.found.is_empty() && self.is_ambiguous(text)) {
            return Err(holds_separator());
        }
        Ok(())
    }

    /// Nothing, where something stands between the pairs.
    fn names(&self) -> impl Iterator<Item = &'r [u8]> + use<'r> {
        let list = match self.rule.join {
            "" => self.rule.single,
            _ => "",
        };
        names(list).map(str::as_bytes)
    }

    fn is_ambiguous(&self, text: &[u8]) -> bool {
        ends_at(text, self.rule.equals).any(|end| {
            let before = text.get(..end).unwrap_or_default();
            // The parameter would end before the sender's own, whose sign no value of it holds: with a name that is sorted behind it.
            let may_end_before = |name: &[u8], own: usize| {
                let between = text.get(end + self.rule.equals.len()..own);
                between.is_some_and(|between| between.iter().any(|byte| name.first() <= Some(byte)))
            };
            let is_other = |name: &[u8]| {
                let Some(at) = before.strip_suffix(name).map(<[u8]>::len) else {
                    return false;
                };
                self.found
                    .iter()
                    .all(|&(own, other)| match other.cmp(name) {
                        core::cmp::Ordering::Less => own < at,
                        core::cmp::Ordering::Equal => {
                            own < at || (at < own && may_end_before(name, own))
                        }
                        core::cmp::Ordering::Greater => at < own,
                    })
            };
            self.names().any(is_other)
        })
    }
}

/// Wherever a sign stands behind a name.
fn ends_at<'t>(text: &'t [u8], equals: &'t str) -> impl Iterator<Item = usize> + use<'t> {
    let equals = equals.as_bytes();
    let first = equals.first().copied();
    let all = first.map(|byte| memchr::memchr_iter(byte, text));
    all.into_iter()
        .flatten()
        .filter(move |&at| text.get(at..).is_some_and(|rest| rest.starts_with(equals)))
}
