//! Links to the phone app, and the check of addresses to return to.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::{APP_SCHEME_MAX, RETURN_URL_MAX},
    percent::{Space, encode_into},
    proto::{host, ident, response},
};
use alloc::{format, string::String};

/// The URL scheme of the vendor's app (the vendor's browser client).
const APP_SCHEME: &str = "com.secsign.secsignid";

/// Makes links that open the phone app on a login, for a page that is read on the phone itself.
#[derive(Debug, Clone)]
pub struct AppLink {
    scheme: String,
    id_server: String,
}

impl AppLink {
    /// `scheme`: that of a branded app, in the reverse-domain form of app schemes; absent: `com.secsign.secsignid`.
    /// `id_server`: `host[:port]` of the server that the phone talks to, such as `id1.secsign.com`; another than the one that
    /// a service talks to.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a scheme that is no app's, such as `javascript`; `INVALID_URL` for a server with more than host and port.
    pub fn new(scheme: Option<&str>, id_server: &str) -> Result<Self> {
        let scheme = scheme.unwrap_or(APP_SCHEME);
        let allowed =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+');
        let sound = scheme.len() <= APP_SCHEME_MAX
            && scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.contains('.')
            && scheme.bytes().all(allowed);
        if !sound {
            return Err(Error::with_detail(ErrorCode::InvalidInput, "scheme"));
        }
        host::split_authority(id_server)
            .ok_or_else(|| Error::with_detail(ErrorCode::InvalidUrl, "id_server"))?;
        Ok(Self {
            scheme: String::from(scheme),
            id_server: String::from(id_server),
        })
    }

    /// The link that opens the session `auth_session_id` of `secsign_id` in the app and returns to `return_url` afterwards.
    /// The link holds no request id, so it gives nobody the session.
    ///
    /// # Errors
    /// `INVALID_SECSIGN_ID`; `INVALID_INPUT` for an invalid session number, or a return URL that is not absolute https.
    pub fn authenticate(
        &self,
        secsign_id: &str,
        auth_session_id: &str,
        return_url: &str,
    ) -> Result<String> {
        let secsign_id = ident::normalize(secsign_id)?;
        if !response::is_auth_session_id(auth_session_id) {
            return Err(Error::with_detail(
                ErrorCode::InvalidInput,
                "auth_session_id",
            ));
        }
        if !is_printable(return_url)
            || split_origin(return_url).is_none_or(|(origin, _)| host::origin(origin).is_err())
        {
            return Err(Error::with_detail(ErrorCode::InvalidInput, "return_url"));
        }
        let mut link = format!("{}://authenticate", self.scheme);
        let mut separator = '?';
        for (name, value) in [
            ("secsignid", secsign_id.as_str()),
            ("authsessionid", auth_session_id),
            ("returnurl", return_url),
            ("idserverurl", &self.id_server),
        ] {
            link.push(separator);
            link.push_str(name);
            link.push('=');
            encode_into(&mut link, value.as_bytes(), Space::Percent20);
            separator = '&';
        }
        Ok(link)
    }
}

/// Where to go after a login: `candidate`, if it stays on the site `base`, else `default`.
///
/// `base` is the site's own origin, from configuration. A candidate stays on it if it is a path (`/…`), or an absolute URL of
/// exactly that origin. Candidates that browsers read otherwise than they look are refused: `//host`, backslashes, control
/// characters, blanks, text outside ASCII, and more than 2048 bytes.
///
/// # Errors
/// `INVALID_URL` if `base` is no origin; `INVALID_CONFIG` if `default` does not stay on it.
pub fn safe_return_url(base: &str, candidate: &str, default: &str) -> Result<String> {
    let base = host::origin(base)?;
    if !stays_on(&base, default) {
        return Err(Error::with_detail(
            ErrorCode::InvalidConfig,
            "the default return url leaves the site",
        ));
    }
    Ok(String::from(if stays_on(&base, candidate) {
        candidate
    } else {
        default
    }))
}

fn stays_on(base: &str, url: &str) -> bool {
    if !is_printable(url) {
        return false;
    }
    let path = match split_origin(url) {
        Some((origin, path)) if host::origin(origin).is_ok_and(|origin| origin == base) => path,
        Some(_) => return false,
        None => url,
    };
    let plain = path.split(['?', '#']).next().unwrap_or_default();
    let is_relative = path.len() == url.len();
    // A double slash anywhere in a path may become the start of one when something in between tidies it up.
    (plain.starts_with('/') || (plain.is_empty() && !is_relative)) && !plain.contains("//")
}

/// Splits `scheme://host[:port]` from what follows.
fn split_origin(url: &str) -> Option<(&str, &str)> {
    let scheme_end = url.find("://")?;
    if !url[..scheme_end].bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let authority = scheme_end + 3;
    let end = url[authority..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |at| authority + at);
    Some(url.split_at(end))
}

fn is_printable(url: &str) -> bool {
    !url.is_empty()
        && url.len() <= RETURN_URL_MAX
        && url.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}
