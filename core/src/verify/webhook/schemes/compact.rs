//! The table as a list of what each row says other than [`BASE`]: a row takes 260 bytes, nearly all of them the same in every other.
//! For builds that have to be small; what only people read is not in it.
//!
//! A field takes six bytes: what it is, and its value, or where that stands among the texts or the rare values.

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

/// Where a text stands in [`TEXTS`].
#[derive(Clone, Copy)]
struct Text {
    length: u8,
    start: u16,
}

impl Text {
    fn get(self) -> &'static str {
        let start = usize::from(self.start);
        let text = TEXTS.get(start..start + usize::from(self.length));
        text.unwrap_or_default()
    }
}

/// What is collected, with more room than it takes.
struct Table {
    fields: [Field; 700],
    field_count: usize,
    rare: [Rare; 100],
    rare_count: usize,
    texts: [u8; 8000],
    text_end: usize,
    known: [Text; 500],
    known_count: usize,
}

impl Table {
    const fn push(&mut self, field: Field) {
        self.fields[self.field_count] = field;
        self.field_count += 1;
    }

    const fn push_rare(&mut self, rare: Rare) {
        self.push(Field::Rare(self.rare_count as u8));
        self.rare[self.rare_count] = rare;
        self.rare_count += 1;
    }

    /// Puts a text behind the others, or finds it there.
    const fn text(&mut self, text: &str) -> Text {
        assert!(text.len() <= u8::MAX as usize);
        let mut at = 0;
        while at < self.known_count {
            if self.is(self.known[at], text) {
                return self.known[at];
            }
            at += 1;
        }
        let new = Text {
            length: text.len() as u8,
            start: self.text_end as u16,
        };
        self.known[self.known_count] = new;
        self.known_count += 1;
        let mut at = 0;
        while at < text.len() {
            self.texts[self.text_end] = text.as_bytes()[at];
            self.text_end += 1;
            at += 1;
        }
        new
    }

    const fn is(&self, known: Text, text: &str) -> bool {
        let mut same = 0;
        while same < text.len() && self.texts[known.start as usize + same] == text.as_bytes()[same]
        {
            same += 1;
        }
        known.length as usize == text.len() && same == text.len()
    }
}

const TABLE: Table = collect();

static FIELDS: [Field; TABLE.field_count] = {
    let mut fields = [Field::Rare(0); TABLE.field_count];
    fields.copy_from_slice(TABLE.fields.split_at(TABLE.field_count).0);
    fields
};

static RARE: [Rare; TABLE.rare_count] = {
    let mut rare = [Rare::MaxAge(0); TABLE.rare_count];
    rare.copy_from_slice(TABLE.rare.split_at(TABLE.rare_count).0);
    rare
};

static TEXTS: &str = {
    const BYTES: [u8; TABLE.text_end] = {
        let mut bytes = [0; TABLE.text_end];
        bytes.copy_from_slice(TABLE.texts.split_at(TABLE.text_end).0);
        bytes
    };
    match core::str::from_utf8(&BYTES) {
        Ok(texts) => texts,
        Err(_) => panic!("texts are put there whole"),
    }
};

/// Each field of a row: whether a row says something of its own there, and where it goes.
macro_rules! fields {
    (
        $row:ident;
        texts { $($text:ident $text_differs:expr, $($text_place:ident).+;)* }
        values { $($value:ident($type:ty) $value_differs:expr, $($value_place:ident).+;)* }
        rare { $($rare:ident($rare_type:ty) $rare_differs:expr, $($rare_place:ident).+;)* }
    ) => {
        #[derive(Clone, Copy)]
        enum Field {
            /// Here a row begins.
            Id(Text),
            Alias(Part, Text),
            $($text(Text),)*
            $($value($type),)*
            Rare(u8),
        }

        #[derive(Clone, Copy)]
        enum Rare {
            $($rare($rare_type),)*
        }

        const fn collect() -> Table {
            let mut table = Table {
                fields: [Field::Rare(0); 700],
                field_count: 0,
                rare: [Rare::MaxAge(0); 100],
                rare_count: 0,
                texts: [0; 8000],
                text_end: 0,
                known: [Text { length: 0, start: 0 }; 500],
                known_count: 0,
            };
            let mut family = 0;
            while family < FAMILIES.len() {
                let mut at = 0;
                while at < FAMILIES[family].len() {
                    let $row = &FAMILIES[family][at];
                    let id = table.text($row.id);
                    table.push(Field::Id(id));
                    if let Some(alias) = $row.alias {
                        let parts = [(Part::Signature, alias.signature), (Part::Time, alias.time), (Part::Id, alias.id)];
                        let mut part = 0;
                        while part < parts.len() {
                            if is_some(parts[part].1) {
                                let name = table.text(parts[part].1);
                                table.push(Field::Alias(parts[part].0, name));
                            }
                            part += 1;
                        }
                    }
                    $(if $text_differs {
                        let text = table.text($row.$($text_place).+);
                        table.push(Field::$text(text));
                    })*
                    $(if $value_differs {
                        table.push(Field::$value($row.$($value_place).+));
                    })*
                    $(if $rare_differs {
                        table.push_rare(Rare::$rare($row.$($rare_place).+));
                    })*
                    at += 1;
                }
                family += 1;
            }
            table
        }

        impl Field {
            fn set(self, $row: &mut Row<'static>) {
                let (place, text) = match self {
                    Self::Id(text) => (&mut $row.id, text),
                    Self::Alias(part, text) => {
                        let alias = $row.alias.get_or_insert(BASE.headers);
                        let place = match part {
                            Part::Signature => &mut alias.signature,
                            Part::Time => &mut alias.time,
                            Part::Id => &mut alias.id,
                        };
                        (place, text)
                    }
                    $(Self::$text(text) => (&mut $row.$($text_place).+, text),)*
                    $(Self::$value(value) => return $row.$($value_place).+ = value,)*
                    Self::Rare(at) => {
                        match RARE[usize::from(at)] {
                            $(Rare::$rare(value) => $row.$($rare_place).+ = value,)*
                        }
                        return;
                    }
                };
                *place = text.get();
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
    texts {
        Signature is_some(row.headers.signature), headers.signature;
        TimeHeader is_some(row.headers.time), headers.time;
        IdHeader is_some(row.headers.id), headers.id;
        Prefix is_some(row.prefix), prefix;
        Separator is_some(row.separator), separator;
        Ed25519Prefix is_some(row.ed25519_prefix), ed25519_prefix;
        KeyLabel is_some(row.key_label), key_label;
        NotSecrets is_some(row.not_secrets), not_secrets;
        Signed !is(row.signed, BASE.signed), signed;
        Only is_some(row.pairs.only), pairs.only;
        Except is_some(row.pairs.except), pairs.except;
        Start is_some(row.pairs.start), pairs.start;
        Equals !is(row.pairs.equals, BASE.pairs.equals), pairs.equals;
        Join !is(row.pairs.join, BASE.pairs.join), pairs.join;
        Single is_some(row.pairs.single), pairs.single;
        Required is_some(row.required), required;
        Topic is_some(row.topic), topic;
    }
    values {
        Encoding(SignatureEncoding) !matches!(row.encoding, SignatureEncoding::Hex), encoding;
        Digest(Digest) !matches!(row.digest, Digest::Hmac), digest;
        Key(KeyEncoding) !matches!(row.key, KeyEncoding::Utf8), key;
        Url(UrlForm) !matches!(row.url, UrlForm::Exact), url;
        PairText(PairText) !matches!(row.pairs.text, PairText::Decoded), pairs.text;
        Repeats(Repeats) !matches!(row.pairs.repeats, Repeats::Refuse), pairs.repeats;
        Unit(TimeUnit) !matches!(row.unit, TimeUnit::Seconds), unit;
        ComesAgain(bool) row.comes_again, comes_again;
        ShopifyLists(bool) row.shopify_lists, shopify_lists;
    }
    rare {
        Place(Place<'static>) !matches!(row.place, Place::Header), place;
        Expect(&'static [Expect<'static>]) !row.expect.is_empty(), expect;
        Hash(&'static [Hash]) !matches!(row.hash, [Hash::Sha256]), hash;
        Time(TimeAt<'static>) !matches!(row.time, TimeAt::None), time;
        MaxAge(u32) row.max_age_s != WEBHOOK_MAX_AGE_S, max_age_s;
        MaxFuture(u32) row.max_future_s != WEBHOOK_MAX_AGE_S, max_future_s;
    }
}

/// The row of an id.
pub(super) fn find(id: &str) -> Option<Row<'static>> {
    let mut fields = FIELDS.iter();
    let first = fields.find(|field| matches!(field, Field::Id(other) if other.get() == id))?;
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
        assert_eq!(size_of::<Field>(), 6);
        assert!(find("").is_none() && find("githu").is_none());
    }
}
