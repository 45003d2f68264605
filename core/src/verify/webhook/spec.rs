//! A scheme that the caller describes, with what the rows of the table say.
#![cfg_attr(
    not(feature = "custom"),
    allow(dead_code, reason = "such a build refuses every description")
)]

use super::{
    border::free_parts_are_apart,
    header,
    row::{
        BASE, Digest, Headers, KeyEncoding, PairText, Pairs, Place, Repeats, Row,
        SignatureEncoding, TimeAt, TimeUnit, UrlForm, names,
    },
    template::{self, Part},
};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_MAX_AGE_S,
    verify::mac::Hash,
};
use alloc::{borrow::ToOwned, string::String};

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashKind {
    /// SHA-1, where a sender dictates it.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl From<Hash> for HashKind {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::Sha1,
            Hash::Sha256 => Self::Sha256,
            Hash::Sha512 => Self::Sha512,
        }
    }
}

/// A webhook scheme of your own. Begin with [`SchemeSpec::new`], then change the public fields.
///
/// An empty text means "none". Exactly one of [`signature_header`](Self::signature_header) and
/// [`signature_parameter`](Self::signature_parameter) is set, and at most one of the four time fields.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemeSpec {
    /// Your name for the scheme; part of every replay key.
    pub id: String,
    /// Comma list of the headers with signatures; `Name-#` stands for `Name-1`, `Name-2` and so on.
    pub signature_header: String,
    /// The query parameter with the signature. `{url}` would hold it, so it cannot be signed then; `{url:no-query}` and `{query:raw}` can.
    pub signature_parameter: String,
    /// What stands before the signature, such as `sha256=`; in a list the label of the elements that count.
    pub prefix: String,
    /// The one ASCII character that splits a list of labelled elements.
    pub separator: String,
    /// How signature bytes are written.
    pub encoding: SignatureEncoding,
    /// What the signature is.
    pub digest: Digest,
    /// The hash.
    pub hash: HashKind,
    /// How keys are written unless a key says otherwise.
    pub key: KeyEncoding,
    /// The signed bytes, such as `{id}.{timestamp}.{body}`.
    ///
    /// Parts: `{id}` `{timestamp}` `{body}` `{body:sha256}` `{body:crc32}` `{method}` `{url}` `{url:no-query}`
    /// `{url:path}` `{url:call}` `{query}` `{query:raw}` `{form}` `{param:NAME}` `{header:NAME}` `{secret}` `{key:id}`
    /// `{key:salt}` `{sorted:A,B}`. Everything else is literal; braces cannot be.
    ///
    /// An id, a header or a parameter between two literals may hold anything but the byte that ends it and the one that leads to
    /// it; any other only letters, digits, `_`, `-` and `=`. Between two parts that may have any length, all but the time, the
    /// secret, a part of the key and `{body:sha256}`, there must be a literal. Beside a second part that may hold any byte, a query and a
    /// method may not hold the bytes at their borders: choose a border that no query has, such as a line break. A [`Token`](Digest::Token) signs nothing.
    pub signed: String,
    /// How `{url}` is written.
    pub url: UrlForm,
    /// The header with the message id.
    pub id_header: String,
    /// The header with the time.
    pub time_header: String,
    /// The label of the time in the signature header, such as `t=`.
    pub time_label: String,
    /// The query parameter with the time. Where `{url}` is signed, it is the URL that has it, and a query that is given beside it must be the same.
    pub time_parameter: String,
    /// The member of the JSON body with the time; read after the signature has matched.
    pub time_json: String,
    /// How the time is written.
    pub time_unit: TimeUnit,
    /// Oldest accepted time, in seconds.
    pub max_age_s: u32,
    /// Newest accepted time, in seconds ahead of the clock.
    pub max_future_s: u32,
    /// `{query}`: only names that start so.
    pub pairs_only: String,
    /// `{query}`: comma list of names that are left out.
    pub pairs_except: String,
    /// `{query}` and `{form}`: how names and values are written.
    pub pairs_text: PairText,
    /// `{query}` and `{form}`: what stands between name and value. Without it, and without a text between pairs, the signature does not say
    /// where a name or a value ends. A name or a value that holds, as it is written, what ends it is refused.
    pub pairs_equals: String,
    /// `{query}` and `{form}`: what stands between pairs.
    pub pairs_join: String,
    /// `{query}` and `{form}`: what happens to repeated names. Where commas join their values, what stands between pairs holds none.
    pub pairs_repeats: Repeats,
}

impl SchemeSpec {
    /// HMAC-SHA256 of the body in hex in one header, the secret as text.
    #[must_use]
    pub fn new(id: &str, signature_header: &str) -> Self {
        Self {
            id: id.to_owned(),
            signature_header: signature_header.to_owned(),
            signature_parameter: String::new(),
            prefix: String::new(),
            separator: String::new(),
            encoding: SignatureEncoding::Hex,
            digest: Digest::Hmac,
            hash: HashKind::Sha256,
            key: KeyEncoding::Utf8,
            signed: "{body}".to_owned(),
            url: UrlForm::Exact,
            id_header: String::new(),
            time_header: String::new(),
            time_label: String::new(),
            time_parameter: String::new(),
            time_json: String::new(),
            time_unit: TimeUnit::Seconds,
            max_age_s: WEBHOOK_MAX_AGE_S,
            max_future_s: WEBHOOK_MAX_AGE_S,
            pairs_only: String::new(),
            pairs_except: String::new(),
            pairs_text: PairText::Decoded,
            pairs_equals: "=".to_owned(),
            pairs_join: "&".to_owned(),
            pairs_repeats: Repeats::Refuse,
        }
    }

    /// The contradictions that a row of the table cannot have.
    pub(crate) fn check(&self) -> Result<()> {
        let bad = |what| Err(Error::with_detail(ErrorCode::InvalidConfig, what));
        if self.id.is_empty() || super::schemes::find(&self.id).is_some() {
            return bad("a scheme of your own needs an id of its own");
        }
        if self.signature_header.is_empty() == self.signature_parameter.is_empty() {
            return bad("either a signature header or a signature parameter");
        }
        let times = [
            &self.time_header,
            &self.time_label,
            &self.time_parameter,
            &self.time_json,
        ];
        if times.iter().filter(|time| !time.is_empty()).count() > 1 {
            return bad("more than one place for the time");
        }
        if !matches!(self.separator.as_bytes(), [] | [0x20..=0x7e]) {
            return bad("the separator is one ASCII character");
        }
        if !self.separator.is_empty() && self.prefix.is_empty() {
            return bad("the elements of a list need a prefix");
        }
        let is_list = !(self.separator.is_empty() || self.signature_header.is_empty());
        if !self.time_label.is_empty() && !is_list {
            return bad("a time label needs a list in a header");
        }
        if self.reads_a_header_twice() {
            return bad("signature, id and time are each in a header of their own");
        }
        if self.digest == Digest::Token {
            let signs = !matches!(self.signed.as_str(), "" | "{body}");
            if signs || !self.id_header.is_empty() || times.iter().any(|time| !time.is_empty()) {
                return bad("a token signs nothing: no id, no time and no other part");
            }
            return Ok(());
        }
        // Asked of the parts, not of the text: a literal `timestamp` signs nothing.
        let parts = template::parse(&self.signed)?;
        let says = |part| parts.iter().flat_map(Part::flat).any(|one| *one == part);
        if says(Part::Items) || says(Part::UrlRest) {
            return bad("this part is for schemes of the table only");
        }
        if self.signs_its_signature(&parts) {
            return bad("the signature stands in what it is to be made of");
        }
        if self.pairs_repeats == Repeats::Comma && self.pairs_join.contains(',') {
            return bad("a comma between pairs cannot be told from one between values");
        }
        let has_form = |named| {
            let is_one = |part: &Part| matches!(part, Part::Form(hash) if hash.is_some() == named);
            parts.iter().flat_map(Part::flat).any(is_one)
        };
        if has_form(true) && !says(Part::Url) {
            return bad("a form beside the hash of the body needs the URL that holds it");
        }
        if has_form(false) && !(self.pairs_only.is_empty() && self.pairs_except.is_empty()) {
            return bad("a form is signed whole: what else it holds would be handed over with it");
        }
        let signs_time = says(Part::Timestamp);
        let has_time = !(self.time_header.is_empty() && self.time_label.is_empty());
        if says(Part::Id) == self.id_header.is_empty() || (has_time && !signs_time) {
            return bad(
                "an id or a time is configured but not signed, or signed but not configured",
            );
        }
        if signs_time && !has_time && self.time_parameter.is_empty() {
            return bad("the time is signed, but where it stands is not configured");
        }
        if !signs_time && !self.time_is_covered(&parts) {
            return bad("the time stands where the signature does not reach");
        }
        if says(Part::Secret) == (self.digest != Digest::Hash) {
            return bad("the secret is a signed part of plain hashes, and of nothing else");
        }
        if says(Part::Id) && !self.id_is_bordered(&parts) {
            return bad("the id stands next to a part that it cannot be told from");
        }
        if !free_parts_are_apart(&parts, self.time_has_form()) {
            return bad("two signed parts of any length stand side by side without a text between");
        }
        Ok(())
    }

    /// Whether one header would be two of signature, id and time: none is written as another.
    fn reads_a_header_twice(&self) -> bool {
        let (id, time) = (&*self.id_header, &*self.time_header);
        let is_signature = |name: &str| header::is_listed(&self.signature_header, name);
        let is_twice = |name: &str| !name.is_empty() && is_signature(name);
        is_twice(id) || is_twice(time) || !id.is_empty() && id.eq_ignore_ascii_case(time)
    }

    /// Whether the signed bytes, or the time, would hold the signature: nobody can make such a one.
    fn signs_its_signature(&self, parts: &[Part]) -> bool {
        let parameter = self.signature_parameter.as_str();
        if parameter.is_empty() {
            let is_own = |name: &str| header::is_listed(&self.signature_header, name);
            let mut flat = parts.iter().flat_map(Part::flat);
            return flat.any(|part| matches!(part, Part::Header(name) if is_own(name)));
        }
        let is_own = |part: &Part| match part {
            Part::Url => true,
            Part::Parameter(name) => name == parameter,
            _ => false,
        };
        self.time_parameter == parameter || parts.iter().flat_map(Part::flat).any(is_own)
    }

    /// Whether a time can be told from digits.
    fn time_has_form(&self) -> bool {
        matches!(self.time_unit, TimeUnit::Rfc3339 | TimeUnit::ImfFixdate)
    }

    /// Whether nothing can move between the id and its neighbours: each is a literal, the end, or a time that has its own form or whose
    /// usual number of digits begins or ends at one of these.
    fn id_is_bordered(&self, parts: &[Part]) -> bool {
        let is_fixed = |part: Option<&Part>| matches!(part, None | Some(Part::Literal(_)));
        let has_form = self.time_has_form();
        let Some(at) = parts.iter().position(|part| *part == Part::Id) else {
            return false;
        };
        let part = |at: Option<usize>| at.and_then(|at| parts.get(at));
        let sides = [
            (part(at.checked_sub(1)), part(at.checked_sub(2))),
            (part(at.checked_add(1)), part(at.checked_add(2))),
        ];
        sides.into_iter().all(|(next, beyond)| match next {
            Some(Part::Timestamp) => has_form || is_fixed(beyond),
            next => is_fixed(next),
        })
    }

    /// Whether a time in a parameter or in the body is among the signed bytes.
    fn time_is_covered(&self, parts: &[Part]) -> bool {
        let mut flat = parts.iter().flat_map(Part::flat);
        match (self.time_parameter.as_str(), self.time_json.as_str()) {
            ("", "") => true,
            ("", _) => flat.any(|part| matches!(part, Part::Body | Part::BodySha256)),
            (time, _) => {
                let in_pairs = time.starts_with(&self.pairs_only)
                    && !names(&self.pairs_except).any(|name| name == time);
                flat.any(|part| match part {
                    Part::Url | Part::RawQuery => true,
                    Part::Query => in_pairs,
                    Part::Parameter(name) => name == time,
                    _ => false,
                })
            }
        }
    }

    /// The same as a row.
    pub(crate) fn row(&self) -> Row<'_> {
        Row {
            id: &self.id,
            title: &self.id,
            place: match self.signature_parameter.as_str() {
                "" => Place::Header,
                name => Place::Parameter(name),
            },
            headers: Headers {
                signature: &self.signature_header,
                time: &self.time_header,
                id: &self.id_header,
            },
            prefix: &self.prefix,
            separator: &self.separator,
            encoding: self.encoding,
            digest: self.digest,
            hash: match self.hash {
                HashKind::Sha1 => &[Hash::Sha1],
                HashKind::Sha256 => &[Hash::Sha256],
                HashKind::Sha512 => &[Hash::Sha512],
            },
            key: self.key,
            signed: match self.digest {
                Digest::Token => "",
                _ => &self.signed,
            },
            url: self.url,
            pairs: Pairs {
                only: &self.pairs_only,
                except: &self.pairs_except,
                text: self.pairs_text,
                start: "",
                equals: &self.pairs_equals,
                join: &self.pairs_join,
                repeats: self.pairs_repeats,
                single: "",
            },
            time: if !self.time_header.is_empty() {
                TimeAt::Header
            } else if !self.time_label.is_empty() {
                TimeAt::Label(&self.time_label)
            } else if !self.time_parameter.is_empty() {
                TimeAt::Parameter(&self.time_parameter)
            } else if !self.time_json.is_empty() {
                TimeAt::Json(&self.time_json)
            } else {
                TimeAt::None
            },
            unit: self.time_unit,
            max_age_s: self.max_age_s,
            max_future_s: self.max_future_s,
            ..BASE
        }
    }
}
