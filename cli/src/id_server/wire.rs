//! The form protocol's two notations: percent-encoded requests, raw replies. Written for the emulator alone, since it
//! judges clients that have their own.

use std::borrow::Cow;

/// The parameters of a request, decoded, in the order of arrival.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form body. Empty parts are skipped, since two of the old clients end their requests with `&`.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, &'static str> {
        body.split(|&b| b == b'&')
            .filter(|part| !part.is_empty())
            .map(|part| {
                let equals = part
                    .iter()
                    .position(|&b| b == b'=')
                    .ok_or("a parameter has no value")?;
                Ok((decode(&part[..equals])?, decode(&part[equals + 1..])?))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The value of that name; the first one, if there are several.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// Undoes form encoding: `+` and `%20` are both blanks, everything is UTF-8.
fn decode(text: &[u8]) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (digits, after) = rest
                    .split_at_checked(2)
                    .ok_or("a percent sign without two digits")?;
                rest = after;
                hex(digits[0])? << 4 | hex(digits[1])?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| "a parameter is not UTF-8")
}

fn hex(digit: u8) -> Result<u8, &'static str> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .ok_or("a percent sign without two digits")
}

/// One part of a reply; without a value only where a fault wants it so.
pub(crate) type Field = (Cow<'static, str>, Option<Cow<'static, str>>);

/// A field with a value.
pub(crate) fn field(name: &'static str, value: impl Into<Cow<'static, str>>) -> Field {
    (name.into(), Some(value.into()))
}

/// Writes a reply as the server does: nothing is encoded, and nothing ends it.
pub(crate) fn render(fields: &[Field]) -> String {
    let mut out = String::new();
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        if let Some(value) = value {
            out.push('=');
            out.push_str(value);
        }
    }
    out
}

/// Writes a reply percent-encoded, as the vendor's page claims it is: a fault, since no client expects it.
pub(crate) fn render_encoded(fields: &[Field]) -> String {
    let encoded: Vec<Field> = fields
        .iter()
        .map(|(name, value)| {
            (
                name.clone(),
                value.as_ref().map(|value| percent_encode(value).into()),
            )
        })
        .collect();
    render(&encoded)
}

pub(crate) fn percent_encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Vec<(String, String)>, &'static str> {
        Form::parse(body.as_bytes()).map(|form| form.0)
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn both_spellings_of_a_blank_and_utf8_are_read() {
        let wanted = pairs(&[("servicename", "A & B+C ä")]);
        assert_eq!(parse("servicename=A+%26+B%2BC+%C3%A4").unwrap(), wanted);
        assert_eq!(
            parse("servicename=A%20%26%20B%2bC%20%c3%a4").unwrap(),
            wanted
        );
    }

    #[test]
    fn only_the_first_equals_sign_divides_and_a_trailing_separator_is_allowed() {
        assert_eq!(
            parse("a=b=c==&d=&").unwrap(),
            pairs(&[("a", "b=c=="), ("d", "")])
        );
        assert_eq!(parse("").unwrap(), vec![]);
    }

    #[test]
    fn malformed_requests_are_refused() {
        for body in [
            "a", "a=%", "a=%4", "a=%4g", "a=%g4", "a=%+1", "a=%ff", "a=1&b",
        ] {
            assert!(parse(body).is_err(), "{body}");
        }
        assert!(Form::parse(b"a=\xff").is_err());
    }

    #[test]
    fn replies_are_raw() {
        let fields = [
            field("servicename", "Node.js test"),
            field("icon", "+/8="),
            ("bare".into(), None),
        ];
        assert_eq!(render(&fields), "servicename=Node.js test&icon=+/8=&bare");
        assert_eq!(
            render_encoded(&fields),
            "servicename=Node.js%20test&icon=%2B%2F8%3D&bare"
        );
    }
}
