//! The request, and what the signed bytes are taken from.

use super::{
    border::Border,
    covered::Covered,
    custom::SignedField,
    header::WebhookHeader,
    params::{self, Params},
    plan::{Plan, RowRef},
    row::Place,
    template::Part,
    url,
};
use crate::error::{Error, ErrorCode, Result};
use alloc::{borrow::Cow, borrow::ToOwned, vec::Vec};

/// A received request. Neither it nor what is made of it has a `Debug`: it may hold a secret.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a [WebhookHeader<'a>],
    pub(crate) body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The query: that of the URL, unless another is given.
    pub(crate) fn query(&self) -> Option<&'a str> {
        self.query.or_else(|| self.url.and_then(url::query))
    }
}

/// What the parts of the signed bytes are taken from.
pub(crate) struct Context<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) row: RowRef<'a>,
    pub(crate) request: &'a Request<'a>,
    pub(crate) params: Option<Params<'a>>,
    pub(crate) id: Cow<'a, [u8]>,
    pub(crate) timestamp: Cow<'a, [u8]>,
}

impl<'a> Context<'a> {
    /// A context without parameters, id and time yet.
    #[inline]
    pub(crate) fn new(plan: &'a Plan, request: &'a Request<'a>) -> Self {
        Self {
            plan,
            row: plan.row(),
            request,
            params: None,
            id: Cow::Borrowed(&[]),
            timestamp: Cow::Borrowed(&[]),
        }
    }

    /// Reads the parameters, where the scheme signs some.
    ///
    /// # Errors
    /// `MISSING_CONTEXT` when the scheme signs something that was not given; `INVALID_ENCODING`, `TOO_LARGE`.
    #[inline]
    pub(crate) fn read(&mut self) -> Result<()> {
        let missing = |what| Error::with_detail(ErrorCode::MissingContext, what);
        let Self { plan, request, .. } = *self;
        if plan.needs_method && request.method.is_none_or(str::is_empty) {
            return Err(missing("method"));
        }
        if plan.needs_url && request.url.is_none_or(str::is_empty) {
            return Err(missing("url"));
        }
        if plan.needs_query {
            // A URL without a query has an empty one.
            let query = request.query().or(request.url.and(Some("")));
            let query = query.ok_or_else(|| missing("query"))?;
            if plan.reads_time_of_url
                && request.url.and_then(url::query).unwrap_or_default() != query
            {
                return Err(Error::with_detail(ErrorCode::AmbiguousInput, "query"));
            }
            self.params = Some(Params::parse(query.as_bytes())?);
        }
        if cfg!(feature = "custom") && plan.has_free_parts {
            self.check_free_parts()?;
        }
        Ok(())
    }

    /// No method and no query holds a byte that stands at its border, or bytes could move over. Where a path ends, the routes of a site say.
    #[cold]
    fn check_free_parts(&self) -> Result<()> {
        let parts = &self.plan.parts;
        for (at, part) in parts.iter().enumerate() {
            let text = match (part, &self.params) {
                (Part::Method, _) => self.request.method.unwrap_or_default().as_bytes().into(),
                (Part::Url | Part::UrlRest, _) => {
                    // As it is signed: a form of the URL may have some of its escapes decoded.
                    let url = self.request.url.unwrap_or_default();
                    let signed = url::forms(url, self.row.url).next().unwrap_or_default();
                    Cow::from(url::query(&signed).unwrap_or_default().as_bytes().to_vec())
                }
                (Part::Query, Some(params)) => {
                    Cow::from(params.join(&self.row.pairs, self.signature_name())?)
                }
                (Part::RawQuery, Some(_)) => Cow::from(self.raw_query()?),
                _ => continue,
            };
            let border = Border::of_own(parts, at);
            if text.iter().any(|byte| border.is_edge(*byte)) {
                return Err(params::holds_separator());
            }
        }
        Ok(())
    }

    /// The query as it arrived, without the parameter that is the signature, if one is.
    ///
    /// # Errors
    /// `MISSING_CONTEXT`
    pub(crate) fn raw_query(&self) -> Result<Vec<u8>> {
        let query = self.request.query();
        match (self.signature_name(), &self.params) {
            ("", _) => Ok(query.unwrap_or_default().as_bytes().to_vec()),
            (name, Some(params)) => Ok(params.raw_without(name)),
            (_, None) => Err(Error::with_detail(ErrorCode::MissingContext, "query")),
        }
    }

    /// Whether the same bytes may mean something new, so that a copy is no replay. Nothing but an empty body tells nothing.
    pub(crate) fn comes_again(&self) -> bool {
        self.row.comes_again
            || (self.request.body.is_empty() && *self.plan.covers == [Covered::Body])
    }

    /// The name of the parameter with the signature, or nothing.
    pub(crate) fn signature_name(&self) -> &'a str {
        if let Place::Parameter(name) = self.row.place {
            name
        } else {
            ""
        }
    }
}

/// The parameters that the signature covers. Forms are left to the caller: their body is handed back.
pub(crate) fn signed_fields(context: &Context<'_>) -> Result<Vec<SignedField>> {
    let mut fields = Vec::new();
    if context.row.place == Place::Mailgun {
        for (name, value) in [("timestamp", &context.timestamp), ("token", &context.id)] {
            fields.push(SignedField {
                name: name.to_owned(),
                value: value.to_vec(),
            });
        }
    }
    let Some(params) = &context.params else {
        return Ok(fields);
    };
    let mut push = |name: &[u8], value: &[u8]| -> Result<()> {
        let name = core::str::from_utf8(name)
            .map_err(|_| Error::with_detail(ErrorCode::InvalidEncoding, "name of a parameter"))?;
        fields.push(SignedField {
            name: name.to_owned(),
            value: value.to_vec(),
        });
        Ok(())
    };
    let signature = context.signature_name();
    for part in context.plan.parts.iter().flat_map(Part::flat) {
        match part {
            Part::Query => {
                let order = params.order(&context.row.pairs, signature)?;
                for pair in params.in_order(&order) {
                    push(pair.name(), pair.value())?;
                }
            }
            Part::RawQuery => {
                for pair in params
                    .all()
                    .iter()
                    .filter(|pair| pair.name() != signature.as_bytes())
                {
                    push(pair.name(), pair.value())?;
                }
            }
            Part::Parameter(name) => push(name.as_bytes(), params.require(name)?)?,
            _ => {}
        }
    }
    Ok(fields)
}
