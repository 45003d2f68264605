//! The one engine for all rows. Order of checks: context, headers there, headers well formed, time well formed,
//! signature, time window. So a stale request is called stale only when its signature is good.

use super::{
    content::{self, Made},
    context::{Context, Request, signed_fields},
    custom::{self, SignedField},
    header::{self, WebhookHeader},
    plan::Plan,
    row::{Expect, Expected, Headers, Place, Row, TimeAt, names},
    signature::{self, Kinds, Signature},
    time, url,
};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_ID_MAX,
    verify::small::Few,
};
use alloc::{borrow::Cow, borrow::ToOwned, vec::Vec};

/// A request taken apart: what is claimed, and over which bytes.
pub(crate) struct Opened<'a> {
    pub(crate) context: Context<'a>,
    pub(crate) timestamp_ms: Option<i64>,
    job: Job<'a>,
    more: Vec<Job<'a>>,
    pub(crate) fields: Vec<SignedField>,
    /// The topic, where it tells two events of the same bytes apart.
    pub(crate) topic: Option<&'a [u8]>,
}

/// Signatures, and the bytes that they are over.
#[derive(Debug, Default)]
pub(crate) struct Job<'a> {
    pub(crate) signatures: Few<Signature>,
    /// See [`content::make`].
    pub(crate) made: Few<Made<'a>>,
}

/// Takes a request apart, see [`Opened::read`].
///
/// # Errors
/// As there.
pub(crate) fn open<'a>(
    plan: &'a Plan,
    request: &'a Request<'a>,
    kinds: Kinds,
) -> Result<Opened<'a>> {
    let mut opened = Opened::new(plan, request);
    opened.read(kinds)?;
    Ok(opened)
}

impl<'a> Opened<'a> {
    /// A request that is not read yet.
    #[inline]
    pub(crate) fn new(plan: &'a Plan, request: &'a Request<'a>) -> Self {
        Self {
            context: Context::new(plan, request),
            timestamp_ms: None,
            job: Job::default(),
            more: Vec::new(),
            fields: Vec::new(),
            topic: None,
        }
    }

    /// Every job must be proved by the same key.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = &Job<'a>> {
        core::iter::once(&self.job).chain(&self.more)
    }

    /// Takes the request apart, in place: what is read is several hundred bytes long. All checks but signature and time
    /// window.
    ///
    /// # Errors
    /// Everything but `SIGNATURE_MISMATCH`, `BODY_HASH_MISMATCH` and the time window.
    pub(crate) fn read(&mut self, kinds: Kinds) -> Result<()> {
        let context = &mut self.context;
        context.read()?;
        let plan = context.plan;
        if context.row.place == Place::AdyenItems {
            return self.read_items();
        }
        read_signatures(context, kinds, &mut self.job.signatures)?;
        check_id(context)?;
        if !context.row.topic.is_empty() && !context.comes_again() {
            self.topic = topic(&context.row, context.request.headers)?;
        }
        if !matches!(context.row.time, TimeAt::None | TimeAt::Json(_)) {
            let time = time::parse(&context.timestamp, context.row.unit, plan.fixed_time);
            self.timestamp_ms = Some(time.ok_or(Error::new(ErrorCode::MalformedTimestamp))?);
        }
        if plan.makes {
            self.job.made = content::make(context)?;
        }
        if plan.names_fields {
            self.fields = signed_fields(context)?;
        }
        Ok(())
    }

    fn read_items(&mut self) -> Result<()> {
        let digest = self.context.row.digest;
        let items = custom::adyen_items(self.context.request.body)?;
        for (at, item) in items.into_iter().enumerate() {
            self.fields.extend(item.fields);
            let job = Job {
                signatures: Few::one(Signature {
                    bytes: item.signature,
                    digest,
                }),
                made: Few::one(Made::Text(Cow::Owned(item.signed))),
            };
            if at == 0 {
                self.job = job;
            } else {
                self.more.push(job);
            }
        }
        Ok(())
    }
}

/// The signatures, and with them id and time.
#[inline]
fn read_signatures<'a>(
    context: &mut Context<'a>,
    kinds: Kinds,
    signatures: &mut Few<Signature>,
) -> Result<()> {
    let (plan, request) = (context.plan, context.request);
    let row = plan.row();
    if row.place == Place::Mailgun {
        let found = custom::mailgun(request.body)?;
        signature::read(&row, &Few::one(&*found.signature), kinds, signatures)?;
        context.id = found.token;
        context.timestamp = found.timestamp;
    } else {
        let headers = match row.alias {
            None => row.headers,
            Some(alias) => headers_in_use(&row, alias, request.headers)?,
        };
        let mut texts = Few::new();
        signature_texts(context, headers.signature, &mut texts)?;
        let required = |name: &'a str| {
            header::find(request.headers, name)?.ok_or_else(|| header::missing(name))
        };
        if row.time == TimeAt::Header {
            context.timestamp = Cow::Borrowed(required(headers.time)?);
        }
        if plan.not_in_id.is_some() {
            context.id = Cow::Borrowed(required(headers.id)?);
        }
        check_expected(&row, request.headers)?;
        check_parameters(context)?;
        if !texts.is_empty() {
            if let Some(time) = signature::read(&row, &texts, kinds, signatures)? {
                context.timestamp = Cow::Borrowed(time);
            }
        } else if let Place::Parameter(name) = row.place {
            let params = context
                .params
                .as_ref()
                .ok_or(Error::with_detail(ErrorCode::MissingContext, "query"))?;
            let text = Few::one(params.require(name)?);
            signature::read(&row, &text, kinds, signatures)?;
        }
    }
    Ok(())
}

/// The set of header names that the request uses.
fn headers_in_use<'r>(
    row: &Row<'r>,
    alias: Headers<'r>,
    headers: &[WebhookHeader<'_>],
) -> Result<Headers<'r>> {
    let both = |a, b| Ok::<_, Error>((header::find(headers, a)?, header::find(headers, b)?));
    let signatures = both(row.headers.signature, alias.signature)?;
    let are_signed = matches!(signatures, (Some(_), Some(_)));
    // Both sets are fine while they agree; else a reader of the other set could be misled, even where only one of them is signed.
    for (a, b) in [
        (row.headers.signature, alias.signature),
        (row.headers.time, alias.time),
        (row.headers.id, alias.id),
    ] {
        if a.is_empty() {
            continue;
        }
        let (first, second) = both(a, b)?;
        let are_there = first.is_some() && second.is_some();
        if first != second && (are_signed || are_there) {
            return Err(Error::with_detail(ErrorCode::AmbiguousInput, b.to_owned()));
        }
    }
    match (signatures.0.is_some(), signatures.1.is_some()) {
        (false, true) => Ok(alias),
        _ => Ok(row.headers),
    }
}

/// Lists the texts of all signature headers, or of the path segment; none where a parameter has it.
#[inline]
fn signature_texts<'a>(context: &Context<'a>, list: &str, texts: &mut Few<&'a [u8]>) -> Result<()> {
    let request = context.request;
    match context.row.place {
        Place::PathSegment => {
            let (segment, _) = url::first_segment(request.url.unwrap_or_default()).ok_or(
                Error::with_detail(ErrorCode::MissingParameter, "signature in the path"),
            )?;
            texts.push(segment.as_bytes());
        }
        Place::Header if !context.plan.lists_headers => {
            let text = header::find(request.headers, list)?;
            texts.push(text.ok_or_else(|| header::missing(list))?);
        }
        Place::Header => {
            for name in names(list) {
                if name.ends_with('#') {
                    let numbered = header::numbered(request.headers, name)?;
                    for text in numbered {
                        texts.push(text);
                    }
                } else if let Some(text) = header::find(request.headers, name)? {
                    texts.push(text);
                }
            }
            if texts.is_empty() {
                return Err(header::missing(list));
            }
        }
        Place::Parameter(_) | Place::Mailgun | Place::AdyenItems => {}
    }
    Ok(())
}

fn check_expected(row: &Row<'_>, headers: &[WebhookHeader<'_>]) -> Result<()> {
    for Expect {
        header: name,
        required,
        value,
    } in row.expect
    {
        let unsupported =
            || Error::with_detail(ErrorCode::NoSupportedSignature, (*name).to_owned());
        match (header::find(headers, name)?, value) {
            (None, _) if *required => return Err(header::missing(name)),
            (None, _) => {}
            (Some(found), Expected::Is(text)) if found == text.as_bytes() => {}
            (Some(found), Expected::HttpsHost(hosts)) => {
                let host = found
                    .strip_prefix(b"https://")
                    .and_then(|rest| rest.split(|&byte| byte == b'/').next());
                if !hosts.iter().any(|pinned| host == Some(pinned.as_bytes())) {
                    return Err(unsupported());
                }
            }
            (Some(_), Expected::Is(_)) => return Err(unsupported()),
        }
    }
    Ok(())
}

/// Required parameters, and the time where it is one.
fn check_parameters(context: &mut Context<'_>) -> Result<()> {
    let Some(params) = &context.params else {
        return Ok(());
    };
    if let Place::Parameter(name) = context.row.place {
        params.require(name)?;
    }
    for name in names(context.row.required) {
        params.require(name)?;
    }
    if let TimeAt::Parameter(name) = context.row.time {
        context.timestamp = Cow::Owned(params.require(name)?.to_vec());
    }
    Ok(())
}

/// The topic in whatever header has it.
///
/// # Errors
/// `AMBIGUOUS_INPUT` for two topics, `MALFORMED_HEADER` for what no topic looks like: with something behind it, a copy would be new.
fn topic<'a>(row: &Row<'_>, headers: &[WebhookHeader<'a>]) -> Result<Option<&'a [u8]>> {
    let mut topic: Option<(&str, &[u8])> = None;
    for name in names(row.topic) {
        let Some(found) = header::find(headers, name)? else {
            continue;
        };
        let is_other = |(_, other): (_, &[u8])| !other.eq_ignore_ascii_case(found);
        if topic.is_some_and(is_other) {
            return Err(Error::with_detail(
                ErrorCode::AmbiguousInput,
                name.to_owned(),
            ));
        }
        topic = Some((name, found));
    }
    let Some((name, topic)) = topic else {
        return Ok(None);
    };
    let may_be = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
    if topic.len() > WEBHOOK_ID_MAX || !topic.iter().all(may_be) {
        return Err(Error::with_detail(
            ErrorCode::MalformedHeader,
            name.to_owned(),
        ));
    }
    Ok(Some(topic))
}

/// An id holds what its scheme allows.
pub(crate) fn check_id(context: &Context<'_>) -> Result<()> {
    let Some(forbidden) = &context.plan.not_in_id else {
        return Ok(());
    };
    let id = &context.id;
    let mark = |marks, byte: &u8| marks | forbidden[usize::from(*byte)];
    if (1..=WEBHOOK_ID_MAX).contains(&id.len()) && id.iter().fold(0, mark) == 0 {
        return Ok(());
    }
    Err(Error::with_detail(ErrorCode::MalformedHeader, "message id"))
}
