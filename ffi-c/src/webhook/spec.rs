//! A scheme that the caller describes.

use crate::{
    boundary::view_opt,
    option::{name_opt, span_opt},
    view::countermark_str,
};
use countermark::{
    Result,
    facade::{
        Digest, HashKind, KeyEncoding, PairText, Repeats, SchemeSpec, SignatureEncoding, TimeUnit,
        UrlForm,
    },
};

/// A webhook scheme of your own. Fill it with zeros first: what is absent is as for HMAC-SHA256 of the body in hex in one header.
///
/// Exactly one of `signature_header` and `signature_parameter` is set, and at most one of the four time fields.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_scheme_spec {
    /// Your name for the scheme; part of every replay key. Required.
    pub id: countermark_str,
    /// Comma list of the headers with signatures; `Name-#` stands for `Name-1`, `Name-2` and so on.
    pub signature_header: countermark_str,
    /// The query parameter with the signature.
    pub signature_parameter: countermark_str,
    /// What stands before the signature, such as `sha256=`; in a list the label of the elements that count.
    pub prefix: countermark_str,
    /// The one ASCII character that splits a list of labelled elements.
    pub separator: countermark_str,
    /// How signature bytes are written: `hex`, `base64`, `base64url`, `base64url_padded`.
    pub encoding: countermark_str,
    /// What the signature is: `hmac`, `hash`, `token`, `ed25519`, `ecdsa_p256`, `rsa_sha256`.
    pub digest: countermark_str,
    /// The hash: `sha1`, `sha256`, `sha512`.
    pub hash: countermark_str,
    /// How keys are written unless a key says otherwise, such as `utf8`.
    pub key: countermark_str,
    /// The signed bytes as a template, such as `{id}.{timestamp}.{body}`.
    pub signed_parts: countermark_str,
    /// How `{url}` is written: `exact`, `any_port`, `hubspot`.
    pub url: countermark_str,
    /// The header with the message id.
    pub id_header: countermark_str,
    /// The header with the time.
    pub time_header: countermark_str,
    /// The label of the time in the signature header, such as `t=`.
    pub time_label: countermark_str,
    /// The query parameter with the time.
    pub time_parameter: countermark_str,
    /// The member of the JSON body with the time; read after the signature has matched.
    pub time_json: countermark_str,
    /// How the time is written: `seconds`, `milliseconds`, `rfc3339`, `imf_fixdate`.
    pub time_unit: countermark_str,
    /// `{query}` and `{form}`: only names that start so.
    pub pairs_only: countermark_str,
    /// `{query}` and `{form}`: comma list of names that are left out.
    pub pairs_except: countermark_str,
    /// `{query}` and `{form}`: how names and values are written: `decoded`, `percent`, `form`, `url_standard`, `underscore`.
    pub pairs_text: countermark_str,
    /// `{query}` and `{form}`: what stands between name and value. An empty text means that nothing stands there, an absent one the default.
    pub pairs_equals: countermark_str,
    /// `{query}` and `{form}`: what stands between pairs. An empty text means that nothing stands there, an absent one the default.
    pub pairs_join: countermark_str,
    /// `{query}` and `{form}`: what happens to repeated names: `refuse`, `arrays`, `comma`, `unique`.
    pub pairs_repeats: countermark_str,
    /// Oldest accepted time in seconds. `COUNTERMARK_DEFAULT`: the library's.
    pub max_age_s: i64,
    /// Newest accepted time in seconds ahead of the clock. `COUNTERMARK_DEFAULT`: the library's.
    pub max_future_s: i64,
}

/// # Safety
/// `view` is absent or readable.
unsafe fn set<T>(
    place: &mut T,
    view: countermark_str,
    setting: &'static str,
    from_name: fn(&str) -> Option<T>,
) -> Result<()> {
    // SAFETY: the caller's promise.
    if let Some(value) = unsafe { name_opt(view, setting, from_name)? } {
        *place = value;
    }
    Ok(())
}

impl countermark_scheme_spec {
    /// # Safety
    /// Every view is absent or readable.
    pub(super) unsafe fn read(&self) -> Result<SchemeSpec> {
        let mut spec = SchemeSpec::new("", "");
        // SAFETY: the caller's promise.
        unsafe {
            for (place, view) in [
                (&mut spec.id, self.id),
                (&mut spec.signature_header, self.signature_header),
                (&mut spec.signature_parameter, self.signature_parameter),
                (&mut spec.prefix, self.prefix),
                (&mut spec.separator, self.separator),
                (&mut spec.signed, self.signed_parts),
                (&mut spec.id_header, self.id_header),
                (&mut spec.time_header, self.time_header),
                (&mut spec.time_label, self.time_label),
                (&mut spec.time_parameter, self.time_parameter),
                (&mut spec.time_json, self.time_json),
                (&mut spec.pairs_only, self.pairs_only),
                (&mut spec.pairs_except, self.pairs_except),
                (&mut spec.pairs_equals, self.pairs_equals),
                (&mut spec.pairs_join, self.pairs_join),
            ] {
                if let Some(text) = view_opt(view)? {
                    *place = text.into();
                }
            }
            set(
                &mut spec.encoding,
                self.encoding,
                "encoding",
                SignatureEncoding::from_name,
            )?;
            set(&mut spec.digest, self.digest, "digest", Digest::from_name)?;
            set(&mut spec.hash, self.hash, "hash", HashKind::from_name)?;
            set(&mut spec.key, self.key, "key", KeyEncoding::from_name)?;
            set(&mut spec.url, self.url, "url", UrlForm::from_name)?;
            set(
                &mut spec.time_unit,
                self.time_unit,
                "time_unit",
                TimeUnit::from_name,
            )?;
            set(
                &mut spec.pairs_text,
                self.pairs_text,
                "pairs_text",
                PairText::from_name,
            )?;
            set(
                &mut spec.pairs_repeats,
                self.pairs_repeats,
                "pairs_repeats",
                Repeats::from_name,
            )?;
        }
        if let Some(seconds) = span_opt(self.max_age_s, "max_age_s")? {
            spec.max_age_s = seconds;
        }
        if let Some(seconds) = span_opt(self.max_future_s, "max_future_s")? {
            spec.max_future_s = seconds;
        }
        Ok(spec)
    }
}
