//! Where two texts differ that were written from one value: what stands in one of them only is mostly short.

use alloc::{vec, vec::Vec};
use core::ops::Range;

/// A place where the received bytes are not the signed ones. Either range may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The bytes as received.
    pub received: Range<usize>,
    /// The bytes as signed.
    pub signed: Range<usize>,
}

/// How far a place is looked for where both go on alike, in bytes of both together.
const REACH: usize = 96;

/// How many bytes must be alike there.
const ALIKE: usize = 2;

/// Most differences; what comes after them is one.
const COUNT_MAX: usize = 1000;

/// The differences in their order; none for equal texts. Texts that are less than half alike have one.
pub(crate) fn between(received: &[u8], signed: &[u8]) -> Vec<Difference> {
    let found = step_by_step(received, signed);
    let other: usize = found.iter().map(|one| one.received.len()).sum();
    if other * 2 <= received.len() || found.len() < 2 {
        return found;
    }
    let start = common(received.iter(), signed.iter());
    let (rest, rest_signed) = (after(received, start), after(signed, start));
    let end = common(rest.iter().rev(), rest_signed.iter().rev());
    vec![Difference {
        received: start..received.len() - end,
        signed: start..signed.len() - end,
    }]
}

fn after(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

fn step_by_step(received: &[u8], signed: &[u8]) -> Vec<Difference> {
    let mut found = Vec::new();
    let (mut at, mut at_signed) = (0, 0);
    loop {
        let same = common(after(received, at).iter(), after(signed, at_signed).iter());
        at += same;
        at_signed += same;
        let (rest, rest_signed) = (after(received, at), after(signed, at_signed));
        if rest.is_empty() && rest_signed.is_empty() {
            return found;
        }
        let next = if found.len() + 1 < COUNT_MAX {
            next_alike(rest, rest_signed)
        } else {
            None
        };
        let (skip, skip_signed) = next.unwrap_or_else(|| {
            let end = common(rest.iter().rev(), rest_signed.iter().rev());
            (rest.len() - end, rest_signed.len() - end)
        });
        found.push(Difference {
            received: at..at + skip,
            signed: at_signed..at_signed + skip_signed,
        });
        at += skip;
        at_signed += skip_signed;
    }
}

fn common<'a>(a: impl Iterator<Item = &'a u8>, b: impl Iterator<Item = &'a u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// The nearest place where both go on alike.
fn next_alike(received: &[u8], signed: &[u8]) -> Option<(usize, usize)> {
    (1..=REACH).find_map(|reach| {
        (0..=reach)
            .map(|skip| (reach - skip, skip))
            .find(|&(skip, skip_signed)| {
                let (Some(a), Some(b)) = (received.get(skip..), signed.get(skip_signed..)) else {
                    return false;
                };
                let whole = a.len() == b.len() && a.len() < ALIKE;
                let (a, b) = if whole {
                    (Some(a), Some(b))
                } else {
                    (a.get(..ALIKE), b.get(..ALIKE))
                };
                a.is_some() && a == b
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec, vec::Vec};

    fn show(received: &str, signed: &str) -> Vec<(Range<usize>, Range<usize>)> {
        let found = between(received.as_bytes(), signed.as_bytes());
        found
            .into_iter()
            .map(|one| (one.received, one.signed))
            .collect()
    }

    #[test]
    fn finds_each_blank_and_escape() {
        assert_eq!(show("", ""), vec![]);
        assert_eq!(show("same", "same"), vec![]);
        assert_eq!(show("body\n", "body"), vec![(4..5, 4..4)]);
        assert_eq!(show("body", "body\r\n"), vec![(4..4, 4..6)]);
        assert_eq!(show("\u{feff}{}", "{}"), vec![(0..3, 0..0)]);
        assert_eq!(
            show("{\"a\": 1, \"b\": 2}", "{\"a\":1,\"b\":2}"),
            vec![(5..6, 5..5), (8..9, 7..7), (13..14, 11..11)]
        );
        assert_eq!(
            show("{\"a\":\"ä/b\"}", "{\"a\":\"\\u00e4/b\"}"),
            vec![(6..8, 6..12)]
        );
        assert_eq!(show("http://x/", "https://x/"), vec![(4..4, 4..5)]);
    }

    #[test]
    fn what_has_nothing_alike_is_one_difference() {
        let (a, b) = ("a".repeat(500), "b".repeat(700));
        assert_eq!(
            show(&format!("<{a}>"), &format!("<{b}>")),
            vec![(1..501, 1..701)]
        );
        assert_eq!(show(&a, ""), vec![(0..500, 0..0)]);
    }

    #[test]
    fn the_differences_turn_one_text_into_the_other() {
        let pretty = "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}".repeat(400);
        for (a, b) in [
            (pretty.clone(), pretty.replace([' ', '\n'], "")),
            (pretty.replace([' ', '\n'], ""), pretty.clone()),
            (pretty.clone(), pretty.replace('\n', "\r\n")),
            ("abcdabcd".repeat(50), "abdcabdc".repeat(50)),
        ] {
            let found = between(a.as_bytes(), b.as_bytes());
            assert!(found.len() <= COUNT_MAX);
            let (mut made, mut at) = (Vec::new(), 0);
            for one in &found {
                made.extend_from_slice(&a.as_bytes()[at..one.received.start]);
                made.extend_from_slice(&b.as_bytes()[one.signed.clone()]);
                at = one.received.end;
            }
            made.extend_from_slice(&a.as_bytes()[at..]);
            assert_eq!(made, b.as_bytes());
        }
    }
}
