//! Signing: the same rows read in the other direction.

mod body;

use super::{
    content::{self, Made},
    context::{Context, Request},
    custom, engine, header,
    key::{Material, Prepared},
    params::Params,
    plan::Plan,
    proof,
    row::{Digest, Expected, Place, TimeAt, names},
    template::Part,
    text, time, url,
};
use crate::{
    error::{Error, ErrorCode, Result},
    http::Header,
    percent::{self, Space},
    verify::small::Few,
};
use alloc::{borrow::Cow, borrow::ToOwned, format, string::String, vec::Vec};

/// What to send: the new headers, and those of URL, query and body that signing changes.
#[derive(Debug, Default)]
pub(crate) struct Signed {
    pub(crate) headers: Vec<Header>,
    pub(crate) url: Option<String>,
    pub(crate) query: Option<String>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Signed {
    fn add(&mut self, name: &str, value: String) {
        self.headers.push(Header {
            name: name.to_owned(),
            value,
        });
    }
}

/// Signs a request with every key.
///
/// # Errors
/// `MISSING_CONTEXT`, `MISSING_PARAMETER`, `MISSING_HEADER` for what the scheme needs, `UNSUPPORTED` for several keys
/// where the scheme has room for one, `INVALID_INPUT` for a time before 1970 or an id that the scheme cannot carry.
pub(crate) fn sign(
    plan: &Plan,
    keys: &[Prepared],
    request: &Request<'_>,
    message_id: Option<&str>,
    now_ms: i64,
) -> Result<Signed> {
    let row = plan.row();
    if !(1000..=time::MAX_MS).contains(&now_ms) {
        return Err(Error::with_detail(ErrorCode::InvalidInput, "now_ms"));
    }
    let now = time::write(now_ms, row.unit);
    let (unsigned_url, query) = prepare(plan, request, &now)?;
    let unsigned = Request {
        url: unsigned_url.as_deref(),
        query: query.as_deref(),
        ..*request
    };
    let context = content_of(plan, &unsigned, message_id, &now)?;
    let texts = |body: Option<&[u8]>| -> Result<Vec<String>> {
        let made = match body {
            Some(body) => Few::one(Made::Text(Cow::Borrowed(body))),
            None => content::make(&context)?,
        };
        let url = url::forms(unsigned.url.unwrap_or_default(), row.url).next();
        let url = url.unwrap_or_default();
        keys.iter()
            .map(|key| signature_text(&context, key, &made, &url))
            .collect()
    };
    let mut signed = Signed::default();
    headers_beside(&mut signed, &context, message_id, &now)?;
    match row.place {
        Place::Header => {
            headers(&mut signed, &context, &now, texts(None)?)?;
            // The time may be in them now.
            let changed = |new: &Option<String>, old: Option<&str>| {
                let is_new = |new: &&String| new.as_str() != old.unwrap_or_default();
                new.as_ref().filter(is_new).cloned()
            };
            signed.url = changed(&unsigned_url, request.url);
            signed.query = changed(&query, request.query());
        }
        Place::Parameter(name) => {
            let mut query = query.clone().unwrap_or_default();
            add_parameter(&mut query, name, &one(texts(None)?)?);
            signed.query = Some(query);
        }
        Place::PathSegment => {
            let url = unsigned_url.as_deref().unwrap_or_default();
            signed.url = Some(url.replacen(PLACEHOLDER, &one(texts(None)?)?, 1));
        }
        Place::Mailgun => {
            let signature = one(texts(None)?)?;
            signed.body = Some(body::mailgun(
                request.body,
                &now,
                message_id.unwrap_or_default(),
                &signature,
            )?);
        }
        Place::AdyenItems => {
            signed.body = Some(body::adyen(request.body, |item| one(texts(Some(item))?))?);
        }
    }
    Ok(signed)
}

/// Everything that the scheme signs, with the time and the id of this message.
fn content_of<'a>(
    plan: &'a Plan,
    request: &'a Request<'a>,
    message_id: Option<&'a str>,
    now: &'a str,
) -> Result<Context<'a>> {
    let row = plan.row();
    let mut context = Context::new(plan, request);
    context.read()?;
    context.timestamp = match (row.time, &context.params) {
        (TimeAt::Parameter(name), Some(params)) => Cow::Owned(params.require(name)?.to_vec()),
        _ => Cow::Borrowed(now.as_bytes()),
    };
    if let TimeAt::Json(member) = row.time {
        if custom::json(request.body)?.get(member).is_none() {
            return Err(Error::with_detail(
                ErrorCode::MalformedTimestamp,
                member.to_owned(),
            ));
        }
    }
    if plan.parts.contains(&Part::Id) {
        let id = message_id.ok_or(Error::with_detail(ErrorCode::MissingContext, "message id"))?;
        context.id = Cow::Borrowed(id.as_bytes());
        engine::check_id(&context)
            .map_err(|_| Error::with_detail(ErrorCode::InvalidInput, "message id"))?;
    }
    if let Some(params) = &context.params {
        for name in names(row.required) {
            params.require(name)?;
        }
    }
    Ok(context)
}

/// Stands where the signature will be in a path; its characters are not those of a base64 text.
const PLACEHOLDER: &str = "~signature~";

/// URL and query before the signature: a place for it in the path, the time among the parameters.
fn prepare(
    plan: &Plan,
    request: &Request<'_>,
    now: &str,
) -> Result<(Option<String>, Option<String>)> {
    let row = plan.row();
    let mut target = request.url.map(ToOwned::to_owned);
    if row.place == Place::PathSegment {
        let url = request
            .url
            .ok_or(Error::with_detail(ErrorCode::MissingContext, "url"))?;
        let at = url.len() - url::path_and_query(url).len();
        let (origin, path) = url.split_at_checked(at).unwrap_or((url, ""));
        // Without a slash behind it the signature would not be a segment that a verifier finds.
        if !path.starts_with('/') {
            let detail = "a URL without a path";
            return Err(Error::with_detail(ErrorCode::InvalidInput, detail));
        }
        target = Some(format!("{origin}/{PLACEHOLDER}{path}"));
    }
    if !plan.needs_query {
        return Ok((target, None));
    }
    let mut query = request.query().unwrap_or_default().to_owned();
    let params = Params::parse(query.as_bytes())?;
    if let Place::Parameter(name) = row.place {
        if params.find(name)?.is_some() {
            return Err(Error::with_detail(
                ErrorCode::InvalidInput,
                "the query is signed already",
            ));
        }
    }
    if let TimeAt::Parameter(name) = row.time {
        if params.find(name)?.is_none() {
            drop(params);
            add_parameter(&mut query, name, now);
            if let Some(url) = request.url.filter(|_| plan.reads_time_of_url) {
                let mut of_url = url::query(url).unwrap_or_default().to_owned();
                add_parameter(&mut of_url, name, now);
                target = Some(url::with_query(url, &of_url));
            }
        }
    }
    Ok((target, Some(query)))
}

fn add_parameter(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    percent::encode_into(query, name.as_bytes(), Space::Percent20);
    query.push('=');
    // The padding of base64 may stand in a query as it is, and senders leave it so.
    query.push_str(&percent::encode(value.as_bytes(), Space::Percent20).replace("%3D", "="));
}

fn one(texts: Vec<String>) -> Result<String> {
    let mut texts = texts.into_iter();
    match (texts.next(), texts.next()) {
        (Some(text), None) => Ok(text),
        _ => Err(Error::with_detail(
            ErrorCode::Unsupported,
            "this scheme carries one signature",
        )),
    }
}

/// The signature of one key as its element of the header: with prefix.
fn signature_text(
    context: &Context<'_>,
    key: &Prepared,
    made: &Few<Made<'_>>,
    url: &str,
) -> Result<String> {
    let row = &context.row;
    let unfit = || {
        Error::with_detail(
            ErrorCode::InvalidSecret,
            "the key cannot sign for this scheme",
        )
    };
    let prefix = if key.digest == row.digest {
        row.prefix
    } else {
        row.ed25519_prefix
    };
    let secret = if let Material::Secret(secret) = &key.material {
        secret.expose()
    } else {
        &[]
    };
    let fill = content::Fill {
        secret,
        companion: key.companion.expose(),
        url,
    };
    let signed = content::SignedBytes {
        context,
        made,
        fill,
    };
    let parts = &signed.parts();
    let bytes = match &key.material {
        Material::Mac(keys) => keys
            .first()
            .map(|(_, key)| key.tag(parts).to_vec())
            .ok_or_else(unfit),
        Material::Secret(_) => {
            let length = row.hash.first().map_or(0, |hash| hash.length());
            proof::plain_hash(length, parts)
                .map(|tag| tag.to_vec())
                .ok_or_else(unfit)
        }
        Material::Private(private) => private.sign(parts),
        Material::Public(_) => Err(unfit()),
    };
    match &key.material {
        Material::Secret(secret) if row.digest == Digest::Token => {
            core::str::from_utf8(secret.expose())
                .map(|token| format!("{prefix}{token}"))
                .map_err(|_| unfit())
        }
        _ => Ok(format!("{prefix}{}", text::encode(&bytes?, row.encoding))),
    }
}

/// The headers that go with a signature, wherever that is.
fn headers_beside(
    signed: &mut Signed,
    context: &Context<'_>,
    message_id: Option<&str>,
    now: &str,
) -> Result<()> {
    let row = &context.row;
    // A signature in the body has its id there.
    if context.plan.parts.contains(&Part::Id) && !row.headers.id.is_empty() {
        signed.add(row.headers.id, message_id.unwrap_or_default().to_owned());
    }
    if row.time == TimeAt::Header {
        signed.add(row.headers.time, now.to_owned());
    }
    for expect in row.expect {
        match expect.value {
            Expected::Is(value) => signed.add(expect.header, value.to_owned()),
            // Which certificate was used, only the caller knows.
            Expected::HttpsHost(_)
                if header::find(context.request.headers, expect.header)?.is_none() =>
            {
                return Err(header::missing(expect.header));
            }
            Expected::HttpsHost(_) => {}
        }
    }
    Ok(())
}

fn headers(
    signed: &mut Signed,
    context: &Context<'_>,
    now: &str,
    texts: Vec<String>,
) -> Result<()> {
    let row = &context.row;
    let names: Vec<&str> = names(row.headers.signature).collect();
    match (row.separator, names.as_slice()) {
        (separator, [name]) if !separator.is_empty() => {
            let mut elements = texts;
            if let TimeAt::Label(label) = row.time {
                elements.insert(0, format!("{label}{now}"));
            }
            signed.add(name, elements.join(separator));
        }
        (_, [name]) if name.ends_with('#') => {
            for (number, text) in (1..).zip(texts) {
                signed.add(
                    &format!("{}{number}", name.strip_suffix('#').unwrap_or(name)),
                    text,
                );
            }
        }
        (_, [name]) => signed.add(name, one(texts)?),
        (_, names) if texts.len() <= names.len() => {
            names
                .iter()
                .zip(texts)
                .for_each(|(name, text)| signed.add(name, text));
        }
        _ => {
            return Err(Error::with_detail(
                ErrorCode::Unsupported,
                "more keys than the scheme has headers",
            ));
        }
    }
    Ok(())
}
