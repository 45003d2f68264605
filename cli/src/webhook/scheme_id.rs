//! The id of a scheme on the command line.

use clap::{
    Arg, Command, Error,
    builder::{PossibleValue, TypedValueParser},
};
use countermark::facade::list_schemes;
use std::ffi::OsStr;

/// Takes the ids that are known, and offers them to shells that complete. Clap's own parser of known values would print all of them after
/// every slip of the pen.
#[derive(Debug, Clone)]
pub(super) struct SchemeId;

impl TypedValueParser for SchemeId {
    type Value = String;

    fn parse_ref(&self, cmd: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        known.parse_ref(cmd, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let ids = list_schemes().into_iter().map(|scheme| scheme.id);
        Some(Box::new(ids.map(PossibleValue::new)))
    }
}

fn known(id: &str) -> Result<String, String> {
    let ids: Vec<String> = list_schemes().into_iter().map(|scheme| scheme.id).collect();
    if ids.iter().any(|known| known == id) {
        return Ok(id.to_owned());
    }
    let near: Vec<&str> = ids
        .iter()
        .map(String::as_str)
        .filter(|known| is_near(known, id))
        .collect();
    let told = "no scheme has this id; `countermark webhook schemes` lists them all";
    if near.is_empty() {
        return Err(told.to_owned());
    }
    Err(format!("{told}; near it: {}", near.join(", ")))
}

/// Whether the text is the id but for case, the kind of its divider, or a letter or two; or is a part of it.
fn is_near(id: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase().replace(['_', ' ', '.'], "-");
    let is_part = text.len() >= 4 && (id.contains(&text) || (id.len() >= 4 && text.contains(id)));
    is_part || distance(id.as_bytes(), text.as_bytes()) <= 1 + usize::from(id.len() > 6)
}

/// How many letters have to be added, removed or exchanged.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let best = (corner + usize::from(x != y)).min(above + 1).min(left + 1);
            if let Some(place) = row.get_mut(j) {
                *place = left;
            }
            (corner, left) = (above, best);
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, known};

    #[test]
    fn letters_that_differ_are_counted() {
        for (a, b, wanted) in [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "", 2),
            ("github", "githb", 1),
            ("kitten", "sitting", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 2),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), wanted, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), wanted, "{b} {a}");
        }
    }

    #[test]
    fn near_ids_are_told_and_far_ones_are_not() {
        for (text, near) in [
            ("GitHub", "near it: github, github-sha1"),
            ("githb", "near it: github"),
            ("hubspot", "near it: hubspot-v3, hubspot-v1, hubspot-v2"),
            ("standard_webhooks", "near it: standard-webhooks"),
            ("strip", "near it: stripe"),
        ] {
            let told = known(text).unwrap_err();
            assert!(told.ends_with(near), "{text}: {told}");
        }
        for text in ["", "x", "nosuch"] {
            assert!(!known(text).unwrap_err().contains("near"), "{text}");
        }
        assert_eq!(known("github").unwrap(), "github");
    }
}
