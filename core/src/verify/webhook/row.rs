//! What a row of the scheme table can say. Rows are data; [`super::engine`] is the one reader of them.

use crate::verify::mac::Hash;

/// One webhook scheme. Empty text means "the scheme has none".
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "catalogue"),
    allow(dead_code, reason = "three fields are for the catalogue only")
)]
pub(crate) struct Row<'a> {
    /// The stable id, such as `stripe`.
    pub(crate) id: &'a str,
    /// The name for people.
    pub(crate) title: &'a str,
    /// The page of the vendor, or the source that the facts come from.
    pub(crate) source: &'a str,
    /// A weakness of the scheme itself that no verifier can mend.
    pub(crate) weakness: &'a str,
    /// Where the signature is.
    pub(crate) place: Place<'a>,
    /// The headers.
    pub(crate) headers: Headers<'a>,
    /// A second set of header names that the same scheme is sent with.
    pub(crate) alias: Option<Headers<'a>>,
    /// What other headers must say.
    pub(crate) expect: &'a [Expect<'a>],
    /// What stands before the signature, such as `sha256=`; in a list the label of the elements that count.
    pub(crate) prefix: &'a str,
    /// Splits a list of labelled elements: its first character when reading, the whole text when signing.
    pub(crate) separator: &'a str,
    /// How the signature bytes are written.
    pub(crate) encoding: SignatureEncoding,
    /// What the signature is.
    pub(crate) digest: Digest,
    /// The hash; of several the length of the signature chooses.
    pub(crate) hash: &'a [Hash],
    /// A second kind of signature in the same header: its label. Its digest is Ed25519, its keys are `whpk`.
    pub(crate) ed25519_prefix: &'a str,
    /// How keys are written unless the caller says otherwise.
    pub(crate) key: KeyEncoding,
    /// The MAC key is the HMAC-SHA256 of the secret under this label.
    pub(crate) key_label: &'a str,
    /// Comma list of prefixes of secrets of the same vendor that are not signing secrets.
    pub(crate) not_secrets: &'a str,
    /// The signed bytes, as a template: see [`super::template`].
    pub(crate) signed: &'a str,
    /// How `{url}` is written.
    pub(crate) url: UrlForm,
    /// How `{query}` and `{form}` are joined.
    pub(crate) pairs: Pairs<'a>,
    /// Comma list of query parameters that must be present.
    pub(crate) required: &'a str,
    /// Where the signed time is.
    pub(crate) time: TimeAt<'a>,
    /// How the time is written.
    pub(crate) unit: TimeUnit,
    /// Oldest accepted time, in seconds; in rows that say nothing else, `WEBHOOK_MAX_AGE_S`.
    pub(crate) max_age_s: u32,
    /// Newest accepted time, in seconds ahead of the clock.
    pub(crate) max_future_s: u32,
    /// The pairs of the query are also signed as Shopify's servers write them, see [`super::custom`]. Never of a scheme of one's own.
    pub(crate) shopify_lists: bool,
    /// The sender sends the same bytes again for something new, or every time that somebody uses them: a copy is no replay.
    pub(crate) comes_again: bool,
    /// Comma list of headers of which one may say what happened, where the body does not: the sender sends the same bytes for two events. They are
    /// not signed, and only tell the two apart.
    pub(crate) topic: &'a str,
}

/// What a row starts from.
pub(crate) const BASE: Row<'static> = Row {
    id: "",
    title: "",
    source: "",
    weakness: "",
    place: Place::Header,
    headers: Headers {
        signature: "",
        time: "",
        id: "",
    },
    alias: None,
    expect: &[],
    prefix: "",
    separator: "",
    encoding: SignatureEncoding::Hex,
    digest: Digest::Hmac,
    hash: &[Hash::Sha256],
    ed25519_prefix: "",
    key: KeyEncoding::Utf8,
    key_label: "",
    not_secrets: "",
    signed: "{body}",
    url: UrlForm::Exact,
    pairs: Pairs {
        only: "",
        except: "",
        text: PairText::Decoded,
        start: "",
        equals: "=",
        join: "&",
        repeats: Repeats::Refuse,
        single: "",
    },
    required: "",
    time: TimeAt::None,
    unit: TimeUnit::Seconds,
    max_age_s: crate::limits::WEBHOOK_MAX_AGE_S,
    max_future_s: crate::limits::WEBHOOK_MAX_AGE_S,
    shopify_lists: false,
    comes_again: false,
    topic: "",
};

/// Names of headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Headers<'a> {
    /// Comma list of the headers with signatures; `Name-#` stands for `Name-1`, `Name-2` and so on.
    pub(crate) signature: &'a str,
    pub(crate) time: &'a str,
    pub(crate) id: &'a str,
}

/// Where the signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// In a header.
    Header,
    /// In a query parameter.
    Parameter(&'a str),
    /// In the first segment of the path.
    PathSegment,
    /// In the body, where only [`super::custom`] can find it.
    Mailgun,
    AdyenItems,
}

/// A header that must have a certain value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expect<'a> {
    pub(crate) header: &'a str,
    pub(crate) required: bool,
    pub(crate) value: Expected<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected<'a> {
    /// Exactly this text.
    Is(&'a str),
    /// An https URL whose host is one of these.
    HttpsHost(&'a [&'a str]),
}

/// What a signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// HMAC over the signed bytes.
    Hmac,
    /// A plain hash; the secret is one of the signed parts.
    Hash,
    /// No signature: the secret itself is sent.
    Token,
    /// Ed25519.
    Ed25519,
    /// ECDSA over P-256 with SHA-256, in DER.
    EcdsaP256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    RsaSha256,
}

/// How signature bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureEncoding {
    /// Hex digits of either case.
    Hex,
    /// Standard base64 with padding.
    Base64,
    /// URL-safe base64 without padding.
    Base64Url,
    /// URL-safe base64 with padding.
    Base64UrlPadded,
}

/// How a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyEncoding {
    /// `utf8`: the bytes of the text as they stand.
    Utf8,
    /// `whsec`: base64 after an optional `whsec_`.
    Whsec,
    /// `base64`: standard base64 with padding.
    Base64,
    /// `base64url`: URL-safe base64, padding optional.
    Base64Url,
    /// `hex`: hex digits.
    Hex,
    /// `hexkey:hexsalt`: key and salt in hex.
    HexKeyHexSalt,
    /// `whpk`: an Ed25519 public key in base64 after an optional `whpk_`.
    Whpk,
    /// `ed25519_public_hex`: an Ed25519 public key in hex.
    Ed25519PublicHex,
    /// `botid:ed25519_hex`: an id that is part of the signed bytes, and an Ed25519 public key in hex.
    BotIdEd25519Hex,
    /// `spki_der_base64`: a P-256 public key as SubjectPublicKeyInfo, DER in base64.
    SpkiDerBase64,
    /// `webhookid:x509_pem`: an id that is part of the signed bytes, and an X.509 certificate in PEM.
    WebhookIdX509Pem,
    /// `whsk`: an Ed25519 key pair (seed and public key) in base64 after an optional `whsk_`. For signing.
    Whsk,
    /// `ed25519_seed_hex`: an Ed25519 seed in hex. For signing.
    Ed25519SeedHex,
    /// `botid:ed25519_seed_hex`: an id and an Ed25519 seed in hex. For signing.
    BotIdEd25519SeedHex,
    /// `pkcs8_der_base64`: a P-256 private key as PKCS#8, DER in base64. For signing.
    Pkcs8DerBase64,
    /// `webhookid:pkcs8_der_base64`: an id and an RSA private key as PKCS#8, DER in base64. For signing.
    WebhookIdPkcs8DerBase64,
}

/// How the URL is written in the signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UrlForm {
    /// As given.
    Exact,
    /// As given, without its port, or with the default port written out: senders differ.
    AnyPort,
    /// With the percent-escapes decoded that HubSpot decodes before it signs.
    HubSpot,
}

/// How the pairs of a query or a form are joined.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pairs<'a> {
    /// Only names that start so.
    pub(crate) only: &'a str,
    /// Comma list of names that are left out; the signature's own is always left out.
    pub(crate) except: &'a str,
    pub(crate) text: PairText,
    /// Before every pair.
    pub(crate) start: &'a str,
    /// Between name and value.
    pub(crate) equals: &'a str,
    /// Between pairs.
    pub(crate) join: &'a str,
    pub(crate) repeats: Repeats,
    /// Comma list of names that must not be repeated although others may.
    pub(crate) single: &'a str,
}

/// How names and values of pairs are written in the signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PairText {
    /// Decoded.
    Decoded,
    /// Percent-encoded, a space as `%20`.
    Percent,
    /// Percent-encoded, a space as `+`, as many servers write forms.
    Form,
    /// Percent-encoded as the URL standard's form serializer does it, and so browsers, but a space as `%20`: `*` as it is, `~`
    /// as `%7E`.
    UrlStandard,
    /// Decoded, with `&` and `=` replaced by `_`: texts that differ in nothing else share a signature.
    Underscore,
}

/// What happens to a name that occurs more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repeats {
    /// The request is refused.
    Refuse,
    /// Kept in order when the name ends in `[]`, else refused.
    Arrays,
    /// The values are joined by commas into one pair.
    Comma,
    /// The distinct values in byte order, each with the name.
    Unique,
}

/// Where the signed time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeAt<'a> {
    /// The scheme has no signed time.
    None,
    /// In the time header.
    Header,
    /// In the signature header, after this label.
    Label(&'a str),
    /// In a query parameter.
    Parameter(&'a str),
    /// In this member of the JSON body. Read only after the signature has matched.
    Json(&'a str),
    /// In the body, where [`super::custom`] reads it.
    Body,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Unix seconds.
    Seconds,
    /// Unix milliseconds.
    Milliseconds,
    /// RFC 3339 with zone.
    Rfc3339,
    /// The date form of HTTP, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ImfFixdate,
}

/// The names in a comma list.
pub(crate) fn names(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(list);
    let next = move || {
        let list = rest?;
        let Some(at) = memchr::memchr(b',', list.as_bytes()) else {
            return rest.take();
        };
        rest = list.get(at + 1..);
        list.get(..at)
    };
    core::iter::from_fn(next).filter(|name| !name.is_empty())
}
