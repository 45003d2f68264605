//! The table as a list of what each row says other than [`BASE`]: a row takes 260 bytes, nearly all of them the same in every other.
//! For builds that have to be small; what only people read is not in it.

use super::FAMILIES;
use crate::{
    limits::WEBHOOK_MAX_AGE_S,
    verify::{
        mac::Hash,
        webhook::row::{
            BASE, Digest, Expect, KeyEncoding, PairText, Place, Repeats, Row, SignatureEncoding,
            TimeAt, TimeUnit, UrlForm,
        },
    },
};

/// Each field of a row: whether a row says something of its own there, and where it goes.
macro_rules! fields {
    ($row:ident; $($field:ident($type:ty) $differs:expr, $($place:ident).+;)*) => {
        #[derive(Clone, Copy)]
        enum Field {
            /// Here a row begins.
            Id(&'static str),
            Alias(&'static str, Part),
            $($field($type),)*
        }

        const fn count() -> usize {
            let mut count = 0;
            let mut family = 0;
            while family < FAMILIES.len() {
                let mut at = 0;
                while at < FAMILIES[family].len() {
                    let $row = &FAMILIES[family][at];
                    count += 1;
                    if let Some(alias) = $row.alias {
                        count += is_some(alias.signature) as usize + is_some(alias.time) as usize + is_some(alias.id) as usize;
                    }
                    $(if $differs { count += 1; })*
                    at += 1;
                }
                family += 1;
            }
            count
        }

        static FIELDS: [Field; count()] = {
            let mut fields = [Field::Id(""); count()];
            let mut count = 0;
            let mut family = 0;
            while family < FAMILIES.len() {
                let mut at = 0;
                while at < FAMILIES[family].len() {
                    let $row = &FAMILIES[family][at];
                    fields[count] = Field::Id($row.id);
                    count += 1;
                    if let Some(alias) = $row.alias {
                        let parts = [(alias.signature, Part::Signature), (alias.time, Part::Time), (alias.id, Part::Id)];
                        let mut part = 0;
                        while part < parts.len() {
                            if is_some(parts[part].0) {
                                fields[count] = Field::Alias(parts[part].0, parts[part].1);
                                count += 1;
                            }
                            part += 1;
                        }
                    }
                    $(if $differs {
                        fields[count] = Field::$field($row.$($place).+);
                        count += 1;
                    })*
                    at += 1;
                }
                family += 1;
            }
            fields
        };

        impl Field {
            fn set(&self, $row: &mut Row<'static>) {
                match *self {
                    Self::Id(id) => $row.id = id,
                    Self::Alias(name, part) => {
                        let alias = $row.alias.get_or_insert(BASE.headers);
                        match part {
                            Part::Signature => alias.signature = name,
                            Part::Time => alias.time = name,
                            Part::Id => alias.id = name,
                        }
                    }
                    $(Self::$field(value) => $row.$($place).+ = value,)*
                }
            }
        }
    };
}

/// A part of a second set of header names.
#[derive(Clone, Copy)]
enum Part {
    Signature,
    Time,
    Id,
}

const fn is_some(text: &str) -> bool {
    !text.is_empty()
}

const fn is(text: &str, other: &str) -> bool {
    let (text, other) = (text.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < text.len() && at < other.len() && text[at] == other[at] {
        at += 1;
    }
    at == text.len() && at == other.len()
}

fields! { row;
    Place(Place<'static>) !matches!(row.place, Place::Header), place;
    Signature(&'static str) is_some(row.headers.signature), headers.signature;
    TimeHeader(&'static str) is_some(row.headers.time), headers.time;
    IdHeader(&'static str) is_some(row.headers.id), headers.id;
    Expect(&'static [Expect<'static>]) !row.expect.is_empty(), expect;
    Prefix(&'static str) is_some(row.prefix), prefix;
    Separator(&'static str) is_some(row.separator), separator;
    Encoding(SignatureEncoding) !matches!(row.encoding, SignatureEncoding::Hex), encoding;
    Digest(Digest) !matches!(row.digest, Digest::Hmac), digest;
    Hash(&'static [Hash]) !matches!(row.hash, [Hash::Sha256]), hash;
    Ed25519Prefix(&'static str) is_some(row.ed25519_prefix), ed25519_prefix;
    Key(KeyEncoding) !matches!(row.key, KeyEncoding::Utf8), key;
    KeyLabel(&'static str) is_some(row.key_label), key_label;
    NotSecrets(&'static str) is_some(row.not_secrets), not_secrets;
    Signed(&'static str) !is(row.signed, BASE.signed), signed;
    Url(UrlForm) !matches!(row.url, UrlForm::Exact), url;
    Only(&'static str) is_some(row.pairs.only), pairs.only;
    Except(&'static str) is_some(row.pairs.except), pairs.except;
    Text(PairText) !matches!(row.pairs.text, PairText::Decoded), pairs.text;
    Start(&'static str) is_some(row.pairs.start), pairs.start;
    Equals(&'static str) !is(row.pairs.equals, BASE.pairs.equals), pairs.equals;
    Join(&'static str) !is(row.pairs.join, BASE.pairs.join), pairs.join;
    Repeats(Repeats) !matches!(row.pairs.repeats, Repeats::Refuse), pairs.repeats;
    Single(&'static str) is_some(row.pairs.single), pairs.single;
    Required(&'static str) is_some(row.required), required;
    Time(TimeAt<'static>) !matches!(row.time, TimeAt::None), time;
    Unit(TimeUnit) !matches!(row.unit, TimeUnit::Seconds), unit;
    MaxAge(u32) row.max_age_s != WEBHOOK_MAX_AGE_S, max_age_s;
    MaxFuture(u32) row.max_future_s != WEBHOOK_MAX_AGE_S, max_future_s;
}

/// The row of an id.
pub(super) fn find(id: &str) -> Option<Row<'static>> {
    let mut fields = FIELDS.iter();
    let first = fields.find(|field| matches!(field, Field::Id(other) if *other == id))?;
    let mut row = BASE;
    first.set(&mut row);
    for field in fields.take_while(|field| !matches!(field, Field::Id(_))) {
        field.set(&mut row);
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn says_what_the_table_says() {
        for row in super::super::all() {
            let bare = Row {
                title: "",
                source: "",
                weakness: "",
                ..*row
            };
            let found = find(row.id).map(|found| format!("{found:?}"));
            assert_eq!(found, Some(format!("{bare:?}")));
        }
        assert!(find("").is_none() && find("githu").is_none());
    }
}
