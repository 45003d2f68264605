//! How long a webhook is remembered.

use crate::error::{Error, ErrorCode, Result};

/// Until when to keep the replay key of a webhook, Unix milliseconds: the later of its
/// [`replay_until_ms`](super::VerifiedWebhook::replay_until_ms) and `keep_s` from now.
///
/// `keep_s` is needed where no time was checked. It is worth giving, too, where messages have an id (Standard Webhooks, Svix): their senders
/// send a message again under its id with a new time, which would be new once the key of the first copy is forgotten. As long as they go on
/// trying is long enough, a day or some. A key that a killed process leaves taken is kept as long, too, and with it its message is lost.
///
/// # Errors
/// `INVALID_CONFIG` when nothing says how long a copy could come, and for a `keep_s` of zero, which would keep nothing.
///
/// ```
/// # use countermark::{ErrorCode, facade::webhook_keep_until_ms};
/// assert_eq!(webhook_keep_until_ms(Some(5_000), None, 1_000)?, 5_000);
/// assert_eq!(webhook_keep_until_ms(Some(5_000), Some(60), 1_000)?, 61_000);
/// assert_eq!(webhook_keep_until_ms(None, Some(60), 1_000)?, 61_000);
/// for keep_s in [None, Some(0)] {
///     let refused = webhook_keep_until_ms(None, keep_s, 1_000).unwrap_err();
///     assert_eq!(refused.code(), ErrorCode::InvalidConfig);
/// }
/// # Ok::<(), countermark::Error>(())
/// ```
pub fn webhook_keep_until_ms(
    replay_until_ms: Option<i64>,
    keep_s: Option<u32>,
    now_ms: i64,
) -> Result<i64> {
    if keep_s == Some(0) {
        return Err(Error::with_detail(
            ErrorCode::InvalidConfig,
            "no time to keep a key",
        ));
    }
    let from_now_ms = keep_s.map(|span_s| now_ms.saturating_add(i64::from(span_s) * 1000));
    replay_until_ms.max(from_now_ms).ok_or(Error::with_detail(
        ErrorCode::InvalidConfig,
        "a scheme without signed time needs a time to keep its keys",
    ))
}
