//! Queries and forms: parsed once, joined by the rule of the scheme.

use super::{
    anchors::Anchors,
    row::{PairText, Pairs, Repeats, names},
};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_PARAMETERS_MAX,
    percent::{self, Space},
    scan,
};
use alloc::{borrow::Cow, borrow::ToOwned, string::String, vec::Vec};

/// Room for as many pairs as most forms and queries have.
const PAIRS_USUAL: usize = 16;

/// One pair of a query or a form.
#[derive(Debug, Clone)]
pub(crate) struct Pair<'a> {
    /// As received.
    raw: &'a [u8],
    /// Name and value, one behind the other, where they are not what was received.
    decoded: Vec<u8>,
    /// Length of the name.
    name: usize,
}

impl Pair<'_> {
    /// The decoded name.
    #[inline]
    pub(crate) fn name(&self) -> &[u8] {
        let text = if self.decoded.is_empty() {
            self.raw
        } else {
            &self.decoded
        };
        text.get(..self.name).unwrap_or_default()
    }

    /// The decoded value.
    #[inline]
    pub(crate) fn value(&self) -> &[u8] {
        let value = if self.decoded.is_empty() {
            self.raw.get(self.name + 1..)
        } else {
            self.decoded.get(self.name..)
        };
        value.unwrap_or_default()
    }

    fn decode(&mut self) -> Result<()> {
        if memchr::memchr2(b'%', b'+', self.raw).is_none() {
            return Ok(());
        }
        let mut decoded = Vec::with_capacity(self.raw.len());
        percent::decode_into(&mut decoded, self.name(), Space::Plus)?;
        let name = decoded.len();
        percent::decode_into(&mut decoded, self.value(), Space::Plus)?;
        (self.decoded, self.name) = (decoded, name);
        Ok(())
    }
}

/// The pairs of a query or a form, in the order of arrival.
#[derive(Debug, Clone)]
pub(crate) struct Params<'a>(Vec<Pair<'a>>);

/// Which pairs are signed, in the order in which they are.
#[derive(Debug)]
pub(crate) struct Order(Vec<SortKey>);

impl<'a> Params<'a> {
    /// Reads `a=1&b=2`. Empty places between two `&` are skipped, as all readers do.
    ///
    /// # Errors
    /// `INVALID_ENCODING` for a broken percent-escape, `TOO_LARGE` for too many pairs.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self> {
        let mut pairs = Vec::new();
        if !text.is_empty() {
            pairs.reserve(PAIRS_USUAL);
        }
        let mut rest = text;
        while !rest.is_empty() {
            let equals = scan::find(rest, [b'=', b'&']);
            let end = match rest.get(equals) {
                Some(b'=') => equals + 1 + scan::find_far(&rest[equals + 1..], b'&'),
                _ => equals,
            };
            let (raw, after) = cut(rest, end);
            rest = after;
            if raw.is_empty() {
                continue;
            }
            if pairs.len() == WEBHOOK_PARAMETERS_MAX {
                return Err(Error::with_detail(
                    ErrorCode::TooLarge,
                    "number of parameters",
                ));
            }
            pairs.push(Pair {
                raw,
                decoded: Vec::new(),
                name: equals,
            });
        }
        // Most texts have no escape, and one look at all of it is cheaper than one at each name and value.
        if memchr::memchr2(b'%', b'+', text).is_some() {
            pairs.iter_mut().try_for_each(Pair::decode)?;
        }
        Ok(Self(pairs))
    }

    /// The decoded value of a parameter; `None` if it is absent or empty.
    ///
    /// # Errors
    /// `AMBIGUOUS_INPUT` when it occurs more than once.
    pub(crate) fn find(&self, name: &str) -> Result<Option<&[u8]>> {
        let mut values = self.0.iter().filter(|pair| pair.name() == name.as_bytes());
        let first = values.next();
        if values.next().is_some() {
            return Err(Error::with_detail(
                ErrorCode::AmbiguousInput,
                name.to_owned(),
            ));
        }
        Ok(first.map(Pair::value).filter(|value| !value.is_empty()))
    }

    /// As [`Self::find`], but the parameter must be there.
    ///
    /// # Errors
    /// `MISSING_PARAMETER`, `AMBIGUOUS_INPUT`.
    pub(crate) fn require(&self, name: &str) -> Result<&[u8]> {
        self.find(name)?
            .ok_or_else(|| Error::with_detail(ErrorCode::MissingParameter, name.to_owned()))
    }

    /// The text as received without one parameter.
    pub(crate) fn raw_without(&self, name: &str) -> Vec<u8> {
        let kept: Vec<&[u8]> = self
            .0
            .iter()
            .filter(|pair| pair.name() != name.as_bytes())
            .map(|pair| pair.raw)
            .collect();
        kept.join(&b'&')
    }

    /// The pairs that a rule signs, sorted by the bytes of the decoded names; equal names keep their order. `signature` names the
    /// pair that is the signature, if one is.
    ///
    /// # Errors
    /// `AMBIGUOUS_INPUT` for a repeated name where the rule does not allow it.
    pub(crate) fn order(&self, rule: &Pairs<'_>, signature: &str) -> Result<Order> {
        order(&self.0, rule, signature).map(Order)
    }

    /// The pairs of an order.
    pub(crate) fn in_order(&self, order: &Order) -> impl Iterator<Item = &Pair<'a>> {
        order.0.iter().filter_map(|key| self.0.get(place(*key)))
    }

    /// The signed text of the pairs.
    ///
    /// # Errors
    /// As [`Self::order`], and those of [`Anchors::check`].
    pub(crate) fn join(&self, rule: &Pairs<'_>, signature: &str) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut last: Option<&[u8]> = None;
        let mut anchors = Anchors::of(rule);
        let order = self.order(rule, signature)?;
        for pair in self.in_order(&order) {
            if rule.repeats == Repeats::Comma && last == Some(pair.name()) {
                out.push(b',');
                write(&mut out, pair.value(), rule.text);
                continue;
            }
            if last.is_some() {
                out.extend_from_slice(rule.join.as_bytes());
            }
            out.extend_from_slice(rule.start.as_bytes());
            anchors.add(out.len(), pair);
            write(&mut out, pair.name(), rule.text);
            out.extend_from_slice(rule.equals.as_bytes());
            write(&mut out, pair.value(), rule.text);
            last = Some(pair.name());
        }
        anchors.check(&out)?;
        Ok(out)
    }

    /// All pairs.
    pub(crate) fn all(&self) -> &[Pair<'a>] {
        &self.0
    }
}

/// What is before a place, and what is after it.
#[inline]
fn cut(text: &[u8], at: usize) -> (&[u8], &[u8]) {
    let (before, from) = text.split_at_checked(at).unwrap_or((text, &[]));
    (before, from.get(1..).unwrap_or_default())
}

/// The first six bytes of a name, and below them the place of its pair in the order of arrival: one number, which sorts as the name
/// does as far as it reaches, and most names reach no further.
type SortKey = u64;

/// Bits of a place.
const PLACE: u32 = 16;
const _: () = assert!(WEBHOOK_PARAMETERS_MAX <= 1 << PLACE);

#[inline]
fn sort_key(at: usize, name: &[u8]) -> SortKey {
    let start = match name.first_chunk() {
        Some(eight) => u64::from_be_bytes(*eight),
        None => {
            let short = name.iter().rev();
            short.fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56)
        }
    };
    start >> PLACE << PLACE | at as u64
}

#[inline]
fn place(key: SortKey) -> usize {
    (key & ((1 << PLACE) - 1)) as usize
}

fn order(all: &[Pair<'_>], rule: &Pairs<'_>, signature: &str) -> Result<Vec<SortKey>> {
    let signs_all = rule.only.len() + rule.except.len() + signature.len() == 0;
    let is_signed = |name: &[u8]| {
        name.starts_with(rule.only.as_bytes())
            && name != signature.as_bytes()
            && !names(rule.except).any(|other| other.as_bytes() == name)
    };
    let keys = all.iter().enumerate();
    let mut keys: Vec<SortKey> = keys.map(|(at, pair)| sort_key(at, pair.name())).collect();
    if !signs_all {
        keys.retain(|key| is_signed(all[place(*key)].name()));
    }
    keys.sort_unstable();
    let repeated = keys
        .windows(2)
        .any(|two| two[0] >> PLACE == two[1] >> PLACE)
        && sort_by_all(all, rule, &mut keys);
    check_marks(rule, keys.iter().map(|key| &all[place(*key)]))?;
    if repeated {
        check_repeats(all, &mut keys, rule)?;
    }
    Ok(keys)
}

/// A text that holds, as it is signed, what ends it would sign the same bytes as two parameters, and a name that holds the sign behind it the
/// same as a shorter name with a longer value.
fn check_marks<'p, 'a: 'p>(
    rule: &Pairs<'_>,
    mut pairs: impl Iterator<Item = &'p Pair<'a>>,
) -> Result<()> {
    let Pairs {
        text, equals, join, ..
    } = *rule;
    // Without a text between pairs, nothing ends a value.
    let comma = match rule.repeats {
        Repeats::Comma if !join.is_empty() => ",",
        _ => "",
    };
    // Most rules write texts without what their marks begin with.
    if ![equals, join, comma]
        .iter()
        .any(|mark| may_begin(text, mark))
    {
        return Ok(());
    }
    let is_torn = |pair: &Pair<'_>| {
        let (name, value) = (written(pair.name(), text), written(pair.value(), text));
        let is_open = |whole: &[u8]| holds(whole, join) || holds(whole, comma);
        match equals {
            "" => is_open(&[&*name, &*value].concat()),
            _ => holds(&name, equals) || holds(&name, join) || is_open(&value),
        }
    };
    if pairs.any(is_torn) {
        return Err(holds_separator());
    }
    Ok(())
}

/// Whether a mark may begin in a text that is written so.
fn may_begin(form: PairText, mark: &str) -> bool {
    let first = mark.bytes().next();
    first.is_some_and(|byte| match form {
        PairText::Decoded => true,
        PairText::Underscore => !matches!(byte, b'&' | b'='),
        PairText::Percent | PairText::Form | PairText::UrlStandard => {
            byte.is_ascii_alphanumeric() || b"-._~%+*".contains(&byte)
        }
    })
}

/// Whether a mark, if there is one, begins in the text before the one that follows it: wholly there, or with its end in that one.
fn holds(text: &[u8], mark: &str) -> bool {
    let mark = mark.as_bytes();
    let begins = |tail: &[u8]| match mark.split_at_checked(tail.len()) {
        Some((start, rest)) => start == tail && mark.starts_with(rest),
        None => tail.starts_with(mark),
    };
    match mark {
        [] => false,
        [byte] => memchr::memchr(*byte, text).is_some(),
        _ => (0..text.len()).any(|at| begins(&text[at..])),
    }
}

/// `AMBIGUOUS_INPUT` for a text that holds what separates it from the next.
pub(crate) fn holds_separator() -> Error {
    Error::with_detail(
        ErrorCode::AmbiguousInput,
        "a signed parameter holds a separator",
    )
}

/// Sorts by the whole names; whether two of them are the same.
#[cold]
fn sort_by_all(all: &[Pair<'_>], rule: &Pairs<'_>, keys: &mut [SortKey]) -> bool {
    // Sorting compares every two names that end up next to each other.
    let mut repeated = false;
    keys.sort_unstable_by(|&a, &b| {
        let (first, second) = (&all[place(a)], &all[place(b)]);
        let names = first.name().cmp(second.name());
        repeated |= names.is_eq();
        names.then_with(|| match rule.repeats {
            Repeats::Unique => first.value().cmp(second.value()),
            _ => a.cmp(&b),
        })
    });
    repeated
}

/// Refuses names that a rule does not allow to repeat, and leaves out what it takes for one.
#[cold]
fn check_repeats(all: &[Pair<'_>], keys: &mut Vec<SortKey>, rule: &Pairs<'_>) -> Result<()> {
    for two in keys.windows(2) {
        let [a, b] = [place(two[0]), place(two[1])];
        let name = all[a].name();
        let may_repeat = || match rule.repeats {
            Repeats::Refuse => false,
            Repeats::Arrays => name.ends_with(b"[]"),
            Repeats::Comma | Repeats::Unique => {
                !names(rule.single).any(|single| single.as_bytes() == name)
            }
        };
        if name == all[b].name() && !may_repeat() {
            return Err(Error::with_detail(
                ErrorCode::AmbiguousInput,
                "a signed parameter is repeated",
            ));
        }
    }
    if rule.repeats == Repeats::Unique {
        keys.dedup_by(|a, b| {
            let (a, b) = (&all[place(*a)], &all[place(*b)]);
            a.name() == b.name() && a.value() == b.value()
        });
    }
    Ok(())
}

fn write(out: &mut Vec<u8>, text: &[u8], form: PairText) {
    out.extend_from_slice(&written(text, form));
}

fn written(text: &[u8], form: PairText) -> Cow<'_, [u8]> {
    let mut encoded = String::new();
    match form {
        PairText::Decoded => return Cow::Borrowed(text),
        PairText::Percent => percent::encode_into(&mut encoded, text, Space::Percent20),
        PairText::Form => percent::encode_into(&mut encoded, text, Space::Plus),
        PairText::UrlStandard => {
            for byte in text.chunks(1) {
                match byte {
                    b"*" => encoded.push('*'),
                    b"~" => encoded.push_str("%7E"),
                    _ => percent::encode_into(&mut encoded, byte, Space::Percent20),
                }
            }
        }
        PairText::Underscore => {
            let replaced = text.iter().map(|&byte| match byte {
                b'&' | b'=' => b'_',
                _ => byte,
            });
            return Cow::Owned(replaced.collect());
        }
    }
    Cow::Owned(encoded.into_bytes())
}

#[cfg(test)]
#[path = "params_tests.rs"]
mod tests;
