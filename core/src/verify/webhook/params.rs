//! Queries and forms: parsed once, joined by the rule of the scheme.

use super::row::{PairText, Pairs, Repeats, names};
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
    /// The first bytes of the name as a number, which most names differ in.
    start: u64,
    pub(crate) name: Cow<'a, [u8]>,
    pub(crate) value: Cow<'a, [u8]>,
}

/// The pairs of a query or a form, in the order of arrival.
#[derive(Debug, Clone)]
pub(crate) struct Params<'a>(Vec<Pair<'a>>);

/// Which pairs are signed, in the order in which they are, by their places in the order of arrival.
#[derive(Debug)]
pub(crate) struct Order(Vec<usize>);

impl Order {
    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

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
            // Most pairs have no escape, so that one look at each byte finds the borders.
            let mut equals = scan::find(rest, [b'=', b'&', b'%', b'+']);
            let mut end = equals;
            if rest.get(equals) == Some(&b'=') {
                end += 1 + scan::find_far(&rest[equals + 1..], [b'&', b'%', b'+']);
            }
            let escaped = matches!(rest.get(end), Some(b'%' | b'+'));
            if escaped {
                end += scan::find_far(&rest[end..], [b'&'; 3]);
                equals = memchr::memchr(b'=', &rest[..end]).unwrap_or(end);
            }
            let (raw, after) = cut(rest, end);
            let (name, value) = cut(raw, equals);
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
                start: start(name),
                name: Cow::Borrowed(name),
                value: Cow::Borrowed(value),
            });
            if let (true, Some(pair)) = (escaped, pairs.last_mut()) {
                pair.name = percent::decode(name, Space::Plus)?;
                pair.value = percent::decode(value, Space::Plus)?;
                pair.start = start(&pair.name);
            }
        }
        Ok(Self(pairs))
    }

    /// The decoded value of a parameter; `None` if it is absent or empty.
    ///
    /// # Errors
    /// `AMBIGUOUS_INPUT` when it occurs more than once.
    pub(crate) fn find(&self, name: &str) -> Result<Option<&[u8]>> {
        let mut values = self.0.iter().filter(|pair| *pair.name == *name.as_bytes());
        let first = values.next();
        if values.next().is_some() {
            return Err(Error::with_detail(
                ErrorCode::AmbiguousInput,
                name.to_owned(),
            ));
        }
        Ok(first
            .map(|pair| &*pair.value)
            .filter(|value| !value.is_empty()))
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
            .filter(|pair| *pair.name != *name.as_bytes())
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
        order.0.iter().filter_map(|at| self.0.get(*at))
    }

    /// The signed text of the pairs.
    ///
    /// # Errors
    /// As [`Self::order`].
    pub(crate) fn join(&self, rule: &Pairs<'_>, signature: &str) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut last: Option<&[u8]> = None;
        for pair in self.in_order(&self.order(rule, signature)?) {
            if rule.repeats == Repeats::Comma && last == Some(&*pair.name) {
                out.push(b',');
                write(&mut out, &pair.value, rule.text);
                continue;
            }
            if last.is_some() {
                out.extend_from_slice(rule.join.as_bytes());
            }
            out.extend_from_slice(rule.start.as_bytes());
            write(&mut out, &pair.name, rule.text);
            out.extend_from_slice(rule.equals.as_bytes());
            write(&mut out, &pair.value, rule.text);
            last = Some(&pair.name);
        }
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

/// The first eight bytes of a name, in whose order names are as far as they reach.
#[inline]
fn start(name: &[u8]) -> u64 {
    if let Some(eight) = name.first_chunk() {
        return u64::from_be_bytes(*eight);
    }
    let bytes = name
        .iter()
        .fold(0, |word, byte| word << 8 | u64::from(*byte));
    // A name is at most seven bytes long here; the shift of an empty one is of no matter.
    bytes << ((8 * (8 - name.len())) & 63)
}

fn order(all: &[Pair<'_>], rule: &Pairs<'_>, signature: &str) -> Result<Vec<usize>> {
    let signs_all = rule.only.len() + rule.except.len() + signature.len() == 0;
    let is_signed = |name: &[u8]| {
        name.starts_with(rule.only.as_bytes())
            && name != signature.as_bytes()
            && !names(rule.except).any(|other| other.as_bytes() == name)
    };
    let mut places: Vec<usize> = (0..all.len()).collect();
    if !signs_all {
        places.retain(|at| is_signed(&all[*at].name));
    }
    // Sorting compares every two names that end up next to each other.
    let mut repeated = false;
    places.sort_unstable_by(|&a, &b| {
        let (first, second) = (&all[a], &all[b]);
        if first.start != second.start {
            return first.start.cmp(&second.start);
        }
        let names = first.name.cmp(&second.name);
        repeated |= names.is_eq();
        names.then_with(|| match rule.repeats {
            Repeats::Unique => first.value.cmp(&second.value),
            _ => a.cmp(&b),
        })
    });
    // A decoded value that holds the separator would sign the same bytes as two parameters.
    let separated = rule.text == PairText::Decoded && !rule.join.is_empty();
    let holds = |text: &[u8]| {
        text.windows(rule.join.len())
            .any(|bytes| bytes == rule.join.as_bytes())
    };
    let mut pairs = places.iter().map(|at| &all[*at]);
    if separated && pairs.any(|pair| holds(&pair.name) || holds(&pair.value)) {
        return Err(Error::with_detail(
            ErrorCode::AmbiguousInput,
            "a signed parameter holds a separator",
        ));
    }
    if repeated {
        check_repeats(all, &mut places, rule)?;
    }
    Ok(places)
}

/// Refuses names that a rule does not allow to repeat, and leaves out what it takes for one.
#[cold]
fn check_repeats(all: &[Pair<'_>], places: &mut Vec<usize>, rule: &Pairs<'_>) -> Result<()> {
    for two in places.windows(2) {
        let [a, b] = two else { continue };
        let name = &all[*a].name;
        let may_repeat = || match rule.repeats {
            Repeats::Refuse => false,
            Repeats::Arrays => name.ends_with(b"[]"),
            Repeats::Comma | Repeats::Unique => {
                !names(rule.single).any(|single| single.as_bytes() == &**name)
            }
        };
        if *name == all[*b].name && !may_repeat() {
            return Err(Error::with_detail(
                ErrorCode::AmbiguousInput,
                "a signed parameter is repeated",
            ));
        }
    }
    if rule.repeats == Repeats::Unique {
        places.dedup_by(|a, b| {
            let (a, b) = (&all[*a], &all[*b]);
            a.name == b.name && a.value == b.value
        });
    }
    Ok(())
}

fn write(out: &mut Vec<u8>, text: &[u8], form: PairText) {
    let mut encoded = String::new();
    match form {
        PairText::Decoded => return out.extend_from_slice(text),
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
            return out.extend(text.iter().map(|&byte| {
                if matches!(byte, b'&' | b'=') {
                    b'_'
                } else {
                    byte
                }
            }));
        }
    }
    out.extend_from_slice(encoded.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::{super::row::BASE, *};

    fn join(text: &str, rule: Pairs<'_>) -> Result<String> {
        let joined = Params::parse(text.as_bytes())?.join(&rule, "sig")?;
        Ok(String::from_utf8(joined).unwrap())
    }

    #[test]
    fn sorts_by_bytes_and_leaves_the_signature_out() {
        assert_eq!(
            join("b=2&a=1&sig=x&A=0", BASE.pairs).unwrap(),
            "A=0&a=1&b=2"
        );
        let rule = Pairs {
            text: PairText::Percent,
            ..BASE.pairs
        };
        assert_eq!(join("a=x+y%26", rule).unwrap(), "a=x%20y%26");
        let rule = Pairs {
            text: PairText::UrlStandard,
            ..BASE.pairs
        };
        assert_eq!(join("a=x+y%26*~%7e", rule).unwrap(), "a=x%20y%26*%7E%7E");
    }

    #[test]
    fn the_start_of_a_name_sorts_as_the_name() {
        let names: Vec<&[u8]> = alloc::vec![
            b"",
            b"\0",
            b"a",
            b"a\0",
            b"aa",
            b"ab",
            b"abcdefg",
            b"abcdefgh",
            b"abcdefgi",
            b"b",
            b"\xff",
            b"\xff\xff\xff\xff\xff\xff\xff\xff"
        ];
        for two in names.windows(2) {
            assert!(start(two[0]) <= start(two[1]) && two[0] < two[1]);
        }
        assert_eq!(
            join("FromCountry=1&FromCity=2&FromC=3&From=4", BASE.pairs).unwrap(),
            "From=4&FromC=3&FromCity=2&FromCountry=1"
        );
    }

    #[test]
    fn pairs_end_at_an_ampersand_wherever_they_stand() {
        for length in 0..70 {
            let value = "v".repeat(length);
            for escape in ["", "+", "%2b", "=", "=%3D"] {
                let text = alloc::format!("&n={value}{escape}&{value}m{escape}={value}&&{value}");
                let parsed = Params::parse(text.as_bytes()).unwrap();
                let found: Vec<_> = parsed.all().iter().map(|p| (&*p.name, &*p.value)).collect();
                let expected: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
                let expected: Vec<_> = expected
                    .iter()
                    .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
                    .collect();
                assert_eq!(found, expected, "{text}");
            }
        }
    }

    #[test]
    fn repeats_follow_the_rule() {
        assert_eq!(
            join("a=1&a=2", BASE.pairs).map_err(|e| e.code()),
            Err(ErrorCode::AmbiguousInput)
        );
        let rule = |repeats| Pairs {
            repeats,
            equals: "=",
            join: "",
            ..BASE.pairs
        };
        assert_eq!(
            join("b=1&a=2&a=1&a=2", rule(Repeats::Comma)).unwrap(),
            "a=2,1,2b=1"
        );
        assert_eq!(
            join("b=1&a=2&a=1&a=2", rule(Repeats::Unique)).unwrap(),
            "a=1a=2b=1"
        );
        assert_eq!(
            join("i[]=1&i[]=2", rule(Repeats::Arrays)).unwrap(),
            "i[]=1i[]=2"
        );
        assert!(join("i=1&i=2", rule(Repeats::Arrays)).is_err());
        let single = Pairs {
            single: "shop",
            ..rule(Repeats::Comma)
        };
        assert!(join("shop=1&shop=2", single).is_err());
    }

    #[test]
    fn finds_single_parameters_only() {
        let params = Params::parse(b"a=1&b=&c&d=1&d=1").unwrap();
        assert_eq!(params.find("a"), Ok(Some(&b"1"[..])));
        assert_eq!(params.find("b"), Ok(None));
        assert_eq!(
            params.find("d").map_err(|e| e.code()),
            Err(ErrorCode::AmbiguousInput)
        );
        assert_eq!(
            params.require("c").map_err(|e| e.code()),
            Err(ErrorCode::MissingParameter)
        );
        assert_eq!(params.raw_without("b"), b"a=1&c&d=1&d=1");
    }
}
