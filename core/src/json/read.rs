//! The reader: one pass, nested no deeper than the limit.

use super::{Malformed, Value};
use crate::limits::{JSON_DEPTH_MAX, JSON_VALUES_MAX};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// Reads one value that fills all of `bytes`, of which there may be `max`.
pub(crate) fn read(bytes: &[u8], max: usize) -> Result<Value<'_>, Malformed> {
    if bytes.len() > max {
        return Err(Malformed("JSON longer than the limit"));
    }
    read_with(bytes, false)
}

/// Reads a webhook, of which a few members are wanted: a sender that cuts a title in the middle of an emoji writes half of a surrogate pair,
/// and would be refused for what nobody asks for.
pub(crate) fn read_webhook(body: &[u8]) -> Result<Value<'_>, Malformed> {
    read_with(body, true)
}

fn read_with(bytes: &[u8], may_be_no_text: bool) -> Result<Value<'_>, Malformed> {
    let text = core::str::from_utf8(bytes).map_err(|_| Malformed("JSON is not UTF-8"))?;
    let mut reader = Reader {
        text,
        at: 0,
        values_left: JSON_VALUES_MAX,
        may_be_no_text,
    };
    reader.skip_blanks();
    let value = reader.value(0)?;
    reader.skip_blanks();
    if reader.at == text.len() {
        Ok(value)
    } else {
        Err(Malformed("something follows the JSON value"))
    }
}

/// `at` is always on a character border, since it only moves past whole characters.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    values_left: u32,
    /// Whether a value may be a string that is no text.
    may_be_no_text: bool,
}

const LONE: Malformed = Malformed("a lone surrogate in a JSON string");

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Moves past an ASCII byte if it is next.
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, Malformed> {
        self.values_left = self
            .values_left
            .checked_sub(1)
            .ok_or(Malformed("JSON holds more values than the limit"))?;
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => {
                let start = self.at;
                match self.string()? {
                    Some(text) => Ok(Value::Text(text)),
                    None if self.may_be_no_text => Ok(Value::NoText(&self.text[start..self.at])),
                    None => Err(LONE),
                }
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(Malformed("a JSON value was expected")),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, Malformed> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Malformed("a JSON value was expected"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn list(&mut self, depth: usize) -> Result<Value<'a>, Malformed> {
        let mut items = Vec::new();
        self.members(depth, b']', |reader| {
            items.push(reader.value(depth)?);
            Ok(())
        })?;
        Ok(Value::List(items))
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>, Malformed> {
        let mut members = Vec::new();
        self.members(depth, b'}', |reader| {
            let key = reader.string()?.ok_or(LONE)?;
            reader.skip_blanks();
            if !reader.eat(b':') {
                return Err(Malformed("a colon was expected in JSON"));
            }
            reader.skip_blanks();
            members.push((key, reader.value(depth)?));
            Ok(())
        })?;
        // Sorting keeps a hostile object of many keys from costing a quadratic time.
        let mut keys: Vec<&str> = members.iter().map(|(key, _)| &**key).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Malformed("a JSON key occurs twice"));
        }
        Ok(Value::Object(members))
    }

    /// The part that lists and objects share: the brackets, the commas and the depth.
    fn members(
        &mut self,
        depth: usize,
        close: u8,
        mut member: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        if depth > JSON_DEPTH_MAX {
            return Err(Malformed("JSON nested deeper than the limit"));
        }
        self.at += 1;
        self.skip_blanks();
        if self.eat(close) {
            return Ok(());
        }
        loop {
            member(self)?;
            self.skip_blanks();
            if self.eat(close) {
                return Ok(());
            }
            if !self.eat(b',') {
                return Err(Malformed("a comma or bracket was expected in JSON"));
            }
            self.skip_blanks();
        }
    }

    fn number(&mut self) -> Result<&'a str, Malformed> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start {
            Ok(())
        } else {
            Err(Malformed("a digit was expected in a JSON number"))
        }
    }

    /// A string; `None` for one that is no text.
    fn string(&mut self) -> Result<Option<Cow<'a, str>>, Malformed> {
        if !self.eat(b'"') {
            return Err(Malformed("a JSON string was expected"));
        }
        let mut out = String::new();
        let mut is_text = true;
        loop {
            let start = self.at;
            while self
                .peek()
                .is_some_and(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
            {
                self.at += 1;
            }
            let plain = &self.text[start..self.at];
            if self.eat(b'"') {
                if out.is_empty() {
                    return Ok(is_text.then_some(Cow::Borrowed(plain)));
                }
                out.push_str(plain);
                return Ok(is_text.then_some(Cow::Owned(out)));
            }
            if !self.eat(b'\\') {
                return Err(Malformed(
                    "a control character or the end inside a JSON string",
                ));
            }
            out.push_str(plain);
            match self.escape()? {
                Some(character) => out.push(character),
                None => is_text = false,
            }
        }
    }

    /// The character of an escape whose backslash was read; `None` for half of a surrogate pair.
    fn escape(&mut self) -> Result<Option<char>, Malformed> {
        let byte = self.peek().ok_or(Malformed("a JSON escape is cut"))?;
        let character = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(Malformed("an unknown JSON escape")),
        };
        self.at += 1;
        Ok(Some(character))
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair.
    fn unicode_escape(&mut self) -> Result<Option<char>, Malformed> {
        let first = self.hex4()?;
        if !(0xd800..=0xdbff).contains(&first) || !self.text[self.at..].starts_with("\\u") {
            return Ok(char::from_u32(first));
        }
        self.at += 2;
        let second = self.hex4()?;
        if !(0xdc00..=0xdfff).contains(&second) {
            return Ok(None);
        }
        let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        Ok(char::from_u32(code))
    }

    fn hex4(&mut self) -> Result<u32, Malformed> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code << 4
                | digit.ok_or(Malformed("four hex digits were expected in a JSON escape"))?;
            self.at += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
