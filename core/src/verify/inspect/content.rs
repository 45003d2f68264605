//! The bytes that a signature is over, part by part. A secret among them is named and left out.

use super::difference::{self, Difference};
use crate::verify::webhook::{
    content::{self, Fill, Made},
    context::Request,
    engine::{self, Opened},
    key::{Material, Prepared},
    plan::Plan,
    row::UrlForm,
    signature::Kinds,
    template::Part,
    url,
};
use alloc::{borrow::Cow, vec::Vec};

/// A part of the signed bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedPart {
    /// What it is, such as `body`, or `literal` for text of the scheme.
    pub name: &'static str,
    /// The bytes; empty for a `secret`.
    pub bytes: Vec<u8>,
}

/// Shows no bytes: they are those of the request.
impl core::fmt::Debug for SignedPart {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}[{}]", self.name, self.bytes.len())
    }
}

/// What the signature of a request is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedContent {
    /// The bytes that the verifier takes for the signed ones.
    pub received: Vec<SignedPart>,
    /// Those that the sender has signed, where a cause of the explanation brings them back; else none.
    pub signed: Vec<SignedPart>,
    /// Where the two differ, as offsets into their parts joined; none where `signed` is empty.
    pub differences: Vec<Difference>,
}

/// A request as its sender signed it.
#[derive(Debug)]
pub(crate) struct Restored {
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) url: Option<alloc::string::String>,
    pub(crate) method: Option<&'static str>,
}

impl Restored {
    /// It arrived as it was signed, as far as is known.
    pub(crate) const NOTHING: Self = Self {
        body: None,
        url: None,
        method: None,
    };

    fn is_nothing(&self) -> bool {
        self.body.is_none() && self.url.is_none() && self.method.is_none()
    }
}

/// What the signature is over; `None` when the request cannot be taken apart.
pub(crate) fn of(
    plan: &Plan,
    request: &Request<'_>,
    restored: &Restored,
    key: Option<&Prepared>,
) -> Option<SignedContent> {
    let received = parts(plan, request, key)?;
    let signed = if restored.is_nothing() {
        Vec::new()
    } else {
        let request = Request {
            body: restored.body.as_deref().unwrap_or(request.body),
            url: restored.url.as_deref().or(request.url),
            method: restored.method.or(request.method),
            ..*request
        };
        parts(plan, &request, key).unwrap_or_default()
    };
    let differences = if signed.is_empty() {
        Vec::new()
    } else {
        difference::between(&join(&received), &join(&signed))
    };
    Some(SignedContent {
        received,
        signed,
        differences,
    })
}

fn join(parts: &[SignedPart]) -> Vec<u8> {
    parts
        .iter()
        .flat_map(|part| part.bytes.iter().copied())
        .collect()
}

fn parts(plan: &Plan, request: &Request<'_>, key: Option<&Prepared>) -> Option<Vec<SignedPart>> {
    let kinds = Kinds {
        main: true,
        ed25519: true,
    };
    let opened = engine::open(plan, request, kinds).ok()?;
    let secret = match key.map(|key| &key.material) {
        Some(Material::Secret(secret)) => secret.expose(),
        _ => &[],
    };
    let url = request.url.unwrap_or_default();
    let url = match opened.context.row.url {
        UrlForm::Exact => Cow::Borrowed(url),
        form => url::forms(url, form).next().unwrap_or(Cow::Borrowed(url)),
    };
    let fill = Fill {
        secret,
        companion: key.map_or(&[], |key| key.companion.expose()),
        url: &url,
    };
    Some(read(&opened, fill))
}

fn read(opened: &Opened<'_>, fill: Fill<'_>) -> Vec<SignedPart> {
    let context = &opened.context;
    let mut found = Vec::new();
    for job in opened.jobs() {
        let mut made = job.made.iter();
        for part in &context.plan.parts {
            let mut group: Vec<(&'static str, Cow<'_, [u8]>)> = part
                .flat()
                .iter()
                .map(|part| match part {
                    Part::Form(_) => ("form", form(made.next())),
                    part => (
                        name(part),
                        Cow::Borrowed(content::text(context, part, fill, &mut made)),
                    ),
                })
                .collect();
            if matches!(part, Part::Sorted(_)) {
                group.sort_by(|(_, a), (_, b)| a.cmp(b));
            }
            found.extend(group.into_iter().map(|(name, bytes)| SignedPart {
                name,
                bytes: if name == "secret" {
                    Vec::new()
                } else {
                    bytes.into_owned()
                },
            }));
        }
    }
    found
}

fn form<'a>(made: Option<&'a Made<'_>>) -> Cow<'a, [u8]> {
    match made {
        Some(Made::Text(text)) => Cow::Borrowed(text),
        Some(Made::Pairs(form, order)) => {
            let texts = form
                .in_order(order)
                .flat_map(|pair| [pair.name(), pair.value()]);
            Cow::Owned(texts.flat_map(|text| text.iter().copied()).collect())
        }
        None => Cow::Borrowed(&[]),
    }
}

fn name(part: &Part) -> &'static str {
    match part {
        Part::Literal(_) | Part::Sorted(_) => "literal",
        Part::Id => "id",
        Part::Timestamp => "timestamp",
        Part::Body => "body",
        Part::BodySha256 => "body_sha256",
        Part::BodyCrc32 => "body_crc32",
        Part::Method => "method",
        Part::Url => "url",
        Part::UrlWithoutQuery => "url_without_query",
        Part::UrlPath | Part::UrlCall | Part::UrlRest => "path",
        Part::Query | Part::RawQuery => "query",
        Part::Form(_) => "form",
        Part::Parameter(_) => "parameter",
        Part::Header(_) => "header",
        // The companion of a key is an id for some schemes, a salt for others.
        Part::Secret | Part::Companion => "secret",
        Part::Items => "item",
    }
}
