//! Why a webhook failed, for operators.

use super::{
    config::countermark_webhook_config,
    request::{Headers, countermark_webhook_request},
};
use crate::{
    boundary::{bytes, guard, guard_value, object, output},
    handle,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::facade;
use std::{
    ffi::c_char,
    ptr::{null, null_mut},
};

/// Finds out why webhooks of one configuration fail. For operators and their tools, never for the answer to a sender.
///
/// Ownership: yours; free it with `countermark_webhook_explainer_free`. Threads: immutable, may be shared.
pub struct countermark_webhook_explainer(facade::WebhookExplainer);

/// What an explainer found.
///
/// Ownership: yours; free it with `countermark_webhook_explanation_free`. Threads: immutable, may be shared.
pub struct countermark_webhook_explanation {
    /// What the views of `causes` point to.
    explanation: facade::WebhookExplanation,
    causes: Vec<countermark_webhook_cause>,
    checks: Vec<countermark_webhook_check>,
}

/// A row of the table of causes: static text.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_cause_row {
    /// The stable name, such as `body_newline_added`.
    pub name: countermark_str,
    /// What the amount of a cause counts; empty if there is none.
    pub unit: countermark_str,
    /// What happened.
    pub happened: countermark_str,
    /// What to do about it.
    pub remedy: countermark_str,
    /// The stable number.
    pub number: u32,
}

/// One possible cause of a failure.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_cause {
    /// Its row.
    pub row: countermark_webhook_cause_row,
    /// How sure it is: `proved`, `likely` or `possible`.
    pub certainty: countermark_str,
    /// What it happened to: the name of a header or parameter, the id of a key; may be empty.
    pub subject: countermark_str,
    /// What would fit: a key encoding, a scheme id, a port, the header with the host; may be empty.
    pub fits: countermark_str,
    /// How much, in the unit of the row; 0 without a unit. Causes of one body that are named together share the amount of all.
    pub amount: i64,
}

/// One line of the checklist.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_check {
    /// The check: `secret`, `context`, `presence`, `form`, `time_form`, `signature` or `time_window`.
    pub step: countermark_str,
    /// How it went: `passed`, `failed` or `not_reached`.
    pub state: countermark_str,
}

/// What an explainer found. Its views belong to the explanation.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_explanation_view {
    /// What the verifier says: 0 when it accepts the request.
    pub error: countermark_status,
    /// 1 if every idea was tried; 0 for a body that is too long, or when the work took too long.
    pub complete: i32,
    /// The id of the key that matched; empty when the request is refused.
    pub key_id: countermark_str,
    /// The causes, the surest first.
    pub causes: *const countermark_webhook_cause,
    /// How many.
    pub causes_len: usize,
    /// The checks of the verifier in their order.
    pub checks: *const countermark_webhook_check,
    /// How many.
    pub checks_len: usize,
    /// The length of the body that arrived, in bytes.
    pub body_len: usize,
    /// SHA-256 of the body that arrived, in lower-case hex. That of the body that was sent tells whether something on the way changed it.
    pub body_sha256: countermark_str,
}

/// Takes the configuration of the verifier. Keys that cannot be used are no error here but a cause.
///
/// Errors: UNKNOWN_SCHEME, INVALID_CONFIG.
///
/// # Safety
/// `config` is readable with its keys, texts and scheme; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_explainer_new(
    config: *const countermark_webhook_config,
    out: *mut *mut countermark_webhook_explainer,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let explainer = facade::WebhookExplainer::new(object(config)?.read()?)?;
            *out = handle::into_raw(countermark_webhook_explainer(explainer));
            Ok(())
        })
    }
}

/// Explains what the verifier says about a request. Far more work than a verification.
///
/// # Safety
/// `explainer` is live; request and body are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_explainer_explain(
    explainer: *const countermark_webhook_explainer,
    request: *const countermark_webhook_request,
    body: *const c_char,
    body_len: usize,
    now_ms: i64,
    out: *mut *mut countermark_webhook_explanation,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let mut headers = Headers::EMPTY;
            let request = object(request)?.read(&mut headers)?;
            let explanation =
                object(explainer)?
                    .0
                    .explain(&request, bytes(body, body_len)?, now_ms);
            *out = handle::into_raw(explanation.into());
            Ok(())
        })
    }
}

impl From<facade::WebhookExplanation> for countermark_webhook_explanation {
    fn from(explanation: facade::WebhookExplanation) -> Self {
        let cause = |cause: &facade::WebhookCause| countermark_webhook_cause {
            row: cause.kind.info().into(),
            certainty: cause.certainty.name().into(),
            subject: cause.subject.as_str().into(),
            fits: cause.fits.as_str().into(),
            amount: cause.amount,
        };
        let check = |check: &facade::WebhookCheck| countermark_webhook_check {
            step: check.step.name().into(),
            state: check.state.name().into(),
        };
        Self {
            causes: explanation.causes.iter().map(cause).collect(),
            checks: explanation.checks.iter().map(check).collect(),
            explanation,
        }
    }
}

impl From<&facade::CauseInfo> for countermark_webhook_cause_row {
    fn from(info: &facade::CauseInfo) -> Self {
        Self {
            name: info.name.into(),
            unit: info.unit.into(),
            happened: info.happened.into(),
            remedy: info.remedy.into(),
            number: info.number,
        }
    }
}

/// Reads an explanation, all of it in one call.
///
/// # Safety
/// `explanation` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_explanation_read(
    explanation: *const countermark_webhook_explanation,
    out: *mut countermark_webhook_explanation_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_webhook_explanation_view {
        error: 0,
        complete: 0,
        key_id: countermark_str::ABSENT,
        causes: null(),
        causes_len: 0,
        checks: null(),
        checks_len: 0,
        body_len: 0,
        body_sha256: countermark_str::ABSENT,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let it = object(explanation)?;
            *out = countermark_webhook_explanation_view {
                error: it
                    .explanation
                    .error
                    .map_or(0, |code| code.number() as countermark_status),
                complete: i32::from(it.explanation.complete),
                key_id: it.explanation.key_id.as_str().into(),
                causes: it.causes.as_ptr(),
                causes_len: it.causes.len(),
                checks: it.checks.as_ptr(),
                checks_len: it.checks.len(),
                body_len: it.explanation.body_len,
                body_sha256: it.explanation.body_sha256.as_str().into(),
            };
            Ok(())
        })
    }
}

/// The number of rows of the table of causes.
#[unsafe(no_mangle)]
pub extern "C" fn countermark_webhook_cause_table_len() -> usize {
    guard_value(0, || facade::list_causes().len())
}

/// Row `index` of the table of causes, in order of number.
///
/// Errors: INVALID_INPUT beyond the last row.
///
/// # Safety
/// `out` points to a writable row; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_cause_table_row(
    index: usize,
    out: *mut countermark_webhook_cause_row,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_webhook_cause_row {
        name: countermark_str::ABSENT,
        unit: countermark_str::ABSENT,
        happened: countermark_str::ABSENT,
        remedy: countermark_str::ABSENT,
        number: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            *out = facade::list_causes()
                .get(index)
                .ok_or_else(crate::boundary::no_such_row)?
                .into();
            Ok(())
        })
    }
}

/// Frees an explanation. NULL is allowed.
///
/// # Safety
/// `explanation` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_explanation_free(
    explanation: *mut countermark_webhook_explanation,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(explanation) });
}

/// Frees an explainer. NULL is allowed.
///
/// # Safety
/// `explainer` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_explainer_free(
    explainer: *mut countermark_webhook_explainer,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(explainer) });
}
